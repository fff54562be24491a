from __future__ import annotations

import json
import logging
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from packer_sdk import (
    PROVISION_HOOK,
    Builder,
    ComponentError,
    Datasource,
    PostProcessor,
    Problem,
    Processed,
    Provisioner,
    config,
    field,
)
from packer_sdk.adapters import (
    BuilderAdapter,
    BuildHook,
    DatasourceAdapter,
    PostProcessorAdapter,
    ProvisionerAdapter,
    adapter_for,
)
from packer_sdk.cancel import CancelToken
from packer_sdk.config import config_spec
from packer_sdk.config.schema import spec_of
from packer_sdk.errors import ConfigProblems, PackerError
from packer_sdk.testing import MemoryArtifact, RecordingHook, RecordingUi, ScriptedCommunicator
from packer_sdk.wire.forms import decode_spec, decode_value
from packer_sdk.wire.specs import implied_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_sdk import Artifact, Communicator, Hook, Ui


@config
class NoteConfig:
    text: str = field(doc="What to say.")
    size: int = field(doc="How often.", default=1)


class Checked:
    checks = 0

    def check(self, config: NoteConfig) -> Iterable[Problem]:
        self.checks += 1
        if config.size == 0:
            yield Problem("is nothing", path="size")
            yield Problem("is said in vain", path="text")
        if config.size > 100:
            yield Problem("is much", path="size", severity="warning")


class NoteBuilder(Checked, Builder[NoteConfig]):
    generated = ("NoteSize",)

    def run(self, config: NoteConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        ui.say(config.text * config.size)
        hook.run(PROVISION_HOOK, ui, None, {"NoteSize": config.size}, CancelToken())
        return None


class NoteProvisioner(Checked, Provisioner[NoteConfig]):
    def provision(
        self,
        config: NoteConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        ui.say(f"{config.text} {type(communicator).__name__}")


class NotePostProcessor(Checked, PostProcessor[NoteConfig]):
    def post_process(
        self, config: NoteConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed | None:
        ui.say(config.text)
        return Processed(artifact)


@config
class NoteOutput:
    text: str = field(doc="What was said.")
    size: float = field(doc="How often.")
    maybe: str | None = field(doc="Said by nobody.", default=None)


class NoteDatasource(Checked, Datasource[NoteConfig, NoteOutput]):
    def execute(self, config: NoteConfig, cancel: CancelToken) -> NoteOutput:
        if config.text == "nothing":
            return None  # type: ignore[return-value] # an author's mistake
        return NoteOutput(text=config.text, size=config.size / 2)


def cty(**values: str) -> bytes:
    types = dict.fromkeys(values, "string")
    return json.dumps({"value": values, "type": ["object", types]}).encode()


def test_prepare_gives_the_generated_names_and_the_warnings() -> None:
    prepared = BuilderAdapter(NoteBuilder).prepare([{"text": "x", "size": 101}])
    assert prepared.generated == ("NoteSize",)
    assert prepared.warnings == ("size: is much",)


def test_prepare_reports_everything_the_check_found() -> None:
    with pytest.raises(ConfigProblems) as caught:
        BuilderAdapter(NoteBuilder).prepare([{"text": "x", "size": 0}])
    assert [problem.path for problem in caught.value.problems] == ["size", "text"]


def test_prepare_reports_everything_decoding_found() -> None:
    with pytest.raises(ConfigProblems) as caught:
        BuilderAdapter(NoteBuilder).prepare([{"size": "many", "txet": "x"}])
    assert {problem.path for problem in caught.value.problems} == {"text", "size", "txet"}


def test_prepare_starts_from_nothing_each_time() -> None:
    adapter, ui = BuilderAdapter(NoteBuilder), RecordingUi()
    adapter.prepare([{"text": "a", "size": 3}])
    adapter.prepare([{"text": "b"}])
    adapter.run(ui, RecordingHook(), CancelToken())
    assert ui.said == ["b"]


def test_work_after_a_refused_prepare_is_refused() -> None:
    adapter = BuilderAdapter(NoteBuilder)
    adapter.prepare([{"text": "a"}])
    with pytest.raises(ConfigProblems):
        adapter.prepare([{}])
    with pytest.raises(PackerError, match="before it was configured"):
        adapter.run(RecordingUi(), RecordingHook(), CancelToken())


@pytest.mark.parametrize("adapter_class", [ProvisionerAdapter, PostProcessorAdapter])
def test_warnings_that_have_no_way_to_core_are_logged(
    adapter_class: type[ProvisionerAdapter | PostProcessorAdapter],
    caplog: pytest.LogCaptureFixture,
) -> None:
    if adapter_class is ProvisionerAdapter:
        ProvisionerAdapter(NoteProvisioner).prepare([{"text": "x", "size": 101}])
    else:
        PostProcessorAdapter(NotePostProcessor).configure([{"text": "x", "size": 101}])
    assert [record.getMessage() for record in caplog.records] == ["configuration: size: is much"]
    assert caplog.records[0].levelno == logging.WARNING


@pytest.mark.parametrize("configs", [[{"text": "at {{ build `ID` }}"}], [cty(text="at {{.ID}}")]])
def test_provision_renders_options_with_the_values_of_the_build(configs: list[object]) -> None:
    adapter, ui = ProvisionerAdapter(NoteProvisioner), RecordingUi()
    placeholders = {"PackerRunUUID": "Build_PackerRunUUID. x", "ID": "Build_ID. y"}
    adapter.prepare([*configs, placeholders])
    adapter.provision(ui, ScriptedCommunicator(), {"ID": "i-1"}, CancelToken())
    adapter.provision(ui, ScriptedCommunicator(), {"ID": "i-2"}, CancelToken())
    assert ui.said == ["at i-1 ScriptedCommunicator", "at i-2 ScriptedCommunicator"]


def test_provision_without_templates_decodes_once() -> None:
    adapter = ProvisionerAdapter(NoteProvisioner)
    adapter.prepare([{"text": "plain"}, None, cty(text="plainer")])
    adapter.provision(RecordingUi(), ScriptedCommunicator(), {"ID": "i-1"}, CancelToken())
    assert getattr(adapter.component, "checks") == 1  # noqa: B009 - the adapter knows the base class only


def test_provision_without_a_communicator_hands_over_one_that_refuses() -> None:
    adapter, ui = ProvisionerAdapter(NoteProvisioner), RecordingUi()
    adapter.prepare([{"text": "x"}])
    adapter.provision(ui, None, {}, CancelToken())
    assert ui.said == ["x NoCommunicator"]


def test_post_process_renders_options_with_the_values_of_the_artifact() -> None:
    adapter, ui = PostProcessorAdapter(NotePostProcessor), RecordingUi()
    placeholders = {"PackerRunUUID": "Build_PackerRunUUID. x", "ID": "Build_ID. y"}
    adapter.configure([{"text": "of {{ build `ID` }}"}, placeholders])
    artifact = MemoryArtifact(states={"generated_data": {"ID": "i-1"}})
    processed = adapter.post_process(ui, artifact, CancelToken())
    assert processed == Processed(artifact)
    assert ui.said == ["of i-1"]


def test_config_spec_is_that_of_the_config_class() -> None:
    assert BuilderAdapter(NoteBuilder).config_spec() == config_spec(NoteConfig)


def test_the_hook_of_a_run_carries_only_what_templates_can_hold() -> None:
    hook = RecordingHook()
    with pytest.raises(ComponentError, match="templates cannot hold: Disks"):
        BuildHook(hook, CancelToken()).run(
            PROVISION_HOOK, RecordingUi(), None, {"Disks": []}, CancelToken()
        )
    assert hook.calls == []


@pytest.mark.parametrize("which", ["run", "call"])
def test_the_hook_of_a_run_ends_with_either_token(which: str) -> None:
    tokens = {"run": CancelToken(), "call": CancelToken()}
    seen: list[bool] = []

    def behave(_name: str, _ui: Ui, _door: object, _data: object, cancel: CancelToken) -> None:
        seen.append(cancel.cancelled)
        tokens[which].cancel()
        seen.append(cancel.cancelled)

    hook = BuildHook(RecordingHook(behave), tokens["run"])
    hook.run(PROVISION_HOOK, RecordingUi(), None, {}, tokens["call"])
    assert seen == [False, True]


@pytest.mark.parametrize(
    ("kind", "component", "adapter"),
    [
        ("builder", NoteBuilder, BuilderAdapter),
        ("provisioner", NoteProvisioner, ProvisionerAdapter),
        ("post-processor", NotePostProcessor, PostProcessorAdapter),
        ("datasource", NoteDatasource, DatasourceAdapter),
    ],
)
def test_adapter_for_every_kind(kind: str, component: type, adapter: type) -> None:
    assert type(adapter_for(kind, component)) is adapter


@pytest.mark.parametrize(
    ("component", "reason"),
    [
        (NoteProvisioner, "not a builder: NoteProvisioner (it is a provisioner)"),
        (int, "not a builder: int (it does not derive from Builder)"),
        (7, "not a builder: 7 (it does not derive from Builder)"),
    ],
)
def test_adapter_for_the_wrong_kind_says_which_it_is(component: object, reason: str) -> None:
    with pytest.raises(ComponentError) as caught:
        adapter_for("builder", component)
    assert caught.value.message == reason


@pytest.mark.parametrize("protobuf", [True, False])
def test_a_data_source_answers_a_value_of_the_type_of_its_schema(protobuf: bool) -> None:
    adapter = DatasourceAdapter(NoteDatasource, protobuf=protobuf)
    adapter.configure([cty(text="x")])
    value = decode_value(adapter.execute(CancelToken()), protobuf=protobuf)
    spec = decode_spec(adapter.output_spec(), protobuf=protobuf)
    assert value.content == {"text": "x", "size": Decimal("0.5"), "maybe": None}
    assert value.type == implied_type(spec)
    assert decode_spec(adapter.config_spec(), protobuf=protobuf) == spec_of(NoteConfig)


def test_a_data_source_that_returns_something_else_is_a_bug_of_its_author() -> None:
    adapter = DatasourceAdapter(NoteDatasource)
    adapter.configure([{"text": "nothing"}])
    with pytest.raises(TypeError, match="not a NoteOutput: NoneType"):
        adapter.execute(CancelToken())


def test_a_data_source_refuses_and_warns_as_others_do(caplog: pytest.LogCaptureFixture) -> None:
    adapter = DatasourceAdapter(NoteDatasource)
    with pytest.raises(ConfigProblems):
        adapter.configure([{"text": "x", "size": 0}])
    with pytest.raises(PackerError, match="before it was configured"):
        adapter.execute(CancelToken())
    adapter.configure([{"text": "x", "size": 101}])
    assert [record.getMessage() for record in caplog.records] == ["configuration: size: is much"]


def test_a_data_source_without_an_output_class_is_refused() -> None:
    class Bare(Datasource):  # type: ignore[type-arg] # what is tested
        config_class = NoteConfig

        def execute(self, config: NoteConfig, cancel: CancelToken) -> None: ...

    with pytest.raises(ComponentError, match="data source without an output class: Bare"):
        adapter_for("datasource", Bare)
