"""What a component does, in this process and in one of its own: there is no difference."""

from __future__ import annotations

import io
import sys
from contextlib import ExitStack
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from helpers import wonder
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, RemoteError, RemoteProtocolError
from packer_sdk.interfaces import RemoteCommand
from packer_sdk.testing import (
    MemoryArtifact,
    PluginProcess,
    RecordingHook,
    RecordingUi,
    Reply,
    ScriptedCommunicator,
)
from packer_sdk.wire.forms import decode_spec, decode_value
from packer_sdk.wire.specs import implied_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from packer_sdk.interfaces import Communicator, Ui

    Start = Callable[[str], Any]


@pytest.fixture(params=["loopback", "process"])
def start(request: pytest.FixtureRequest) -> Iterator[Start]:
    """Start a component and give its client; everything is stopped afterwards."""
    with ExitStack() as stack:
        make: Callable[[str], Any] = getattr(wonder, request.param)
        yield lambda kind: stack.enter_context(make(kind))


def build(
    start: Start, hook: RecordingHook | None = None, **options: object
) -> tuple[Any, RecordingUi]:
    builder, ui = start("builder"), RecordingUi()
    builder.prepare([options])
    return builder.run(ui, hook or RecordingHook(), CancelToken()), ui


def test_prepare_answers_names_and_warnings(start: Start) -> None:
    prepared = start("builder").prepare([{"do": "warn"}])
    assert (prepared.generated, prepared.warnings) == (("WonderSize",), ("do: is odd",))


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor", "datasource"])
def test_a_configuration_is_refused_with_every_problem(start: Start, kind: str) -> None:
    component = start(kind)
    prepare = getattr(component, "configure", None) or component.prepare
    with pytest.raises(RemoteError) as caught:
        prepare([{"do": "refuse"}])
    text = str(caught.value)
    assert "do: cannot be done" in text
    assert "do nothing" in text
    assert "text: cannot be said either" in text
    with pytest.raises(RemoteError, match='did you mean "text"'):
        prepare([{"txt": "x"}])
    prepare([{"text": "fine"}])


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor", "datasource"])
def test_every_kind_gives_its_schema(start: Start, kind: str) -> None:
    assert start(kind).config_spec().startswith(b"\x0a")


def test_a_build_gives_an_artifact_that_lives_on(start: Start) -> None:
    artifact, ui = build(start, text="hello")
    assert ui.said == ["hello"]
    assert (artifact.builder_id, artifact.id, artifact.files) == ("wonder", "w-1", ("/etc/name",))
    assert str(artifact) == "a wonder"
    assert artifact.state("generated_data") == {"ID": "i-1"}
    assert artifact.state("odd") == {1: [b"\x00", None]}
    with pytest.raises(RemoteError, match="cannot travel"):
        artifact.state("path")
    artifact.destroy()


def test_a_build_may_give_nothing(start: Start) -> None:
    assert build(start, do="make nothing")[0] is None


def test_an_artifact_that_is_stuck_says_so(start: Start) -> None:
    artifact, _ = build(start, do="be stuck")
    with pytest.raises(RemoteError, match="it is stuck"):
        artifact.destroy()
    assert artifact.id == "w-1"


@pytest.mark.parametrize(
    ("do", "message", "hint"),
    [
        ("fail", "it went wrong: 7", "try 8"),
        ("crash", "KeyError: 'lost' (see PACKER_LOG=1)", None),
        ("exit", "SystemExit: bye (see PACKER_LOG=1)", None),
        ("fail without a word", "ComponentError('')", None),
    ],
)
def test_failures_arrive_as_text(start: Start, do: str, message: str, hint: str | None) -> None:
    with pytest.raises(RemoteError) as caught:
        build(start, do=do)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_check_that_crashes_is_told(start: Start) -> None:
    with pytest.raises(RemoteError, match=r"^TypeError: no check today \(see PACKER_LOG=1\)$"):
        start("builder").prepare([{"do": "crash at check"}])


def test_the_hook_gets_the_machine_and_the_values(start: Start) -> None:
    def behave(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        assert communicator
        output = io.BytesIO()
        command = RemoteCommand("cat", stdin=io.BytesIO(b"i" * 600_000), stdout=output)
        assert communicator.start(command).wait(30) == 0
        ui.say(f"{len(output.getvalue())} {sorted(data.items())}")
        communicator.upload("/new", io.BytesIO(b"n" * 600_000))
        with pytest.raises(RemoteError, match="cannot start: never"):
            communicator.start(RemoteCommand("never"))

    artifact, ui = build(start, RecordingHook(behave), do="provision")
    data = {"ID": "i-1", "Port": 22, "SSHAgentAuth": True, "WonderSize": 4.5}
    assert ui.said == [f"600000 {sorted(data.items())}"]
    assert artifact.files == ("/etc/name", "/new")


def test_a_list_among_the_values_is_refused(start: Start) -> None:
    with pytest.raises(RemoteError, match="templates cannot hold: Disks"):
        build(start, do="publish a list")


def test_cancel_in_the_middle_lets_the_component_clean_up(start: Start) -> None:
    token = CancelToken()

    class CancellingUi(RecordingUi):
        def say(self, message: str) -> None:
            super().say(message)
            if message == "waiting":
                token.cancel()

    builder, ui = start("builder"), CancellingUi()
    builder.prepare([{"do": "wait"}])
    with pytest.raises(Cancelled):
        builder.run(ui, RecordingHook(), token)
    assert ui.said == ["waiting", "cleaned up"]


def test_provisioning_through_core(start: Start) -> None:
    provisioner, ui = start("provisioner"), RecordingUi()
    machine = ScriptedCommunicator({"fail": Reply(3, b"some output", b"some complaint")})
    provisioner.prepare([{"do": "use the machine"}])
    provisioner.provision(ui, machine, {}, CancelToken())
    assert ui.said == ["3 b'some output' b'some complaint'", "1000000 bytes"]
    assert len(machine.files["/tmp/wonder"]) == 1_000_000


def test_provisioning_sees_the_values_of_the_build(start: Start) -> None:
    provisioner, ui = start("provisioner"), RecordingUi()
    placeholders = {"PackerRunUUID": "Build_PackerRunUUID. x", "ID": "Build_ID. y"}
    provisioner.prepare([{"do": "show the data", "text": "at {{ build `ID` }}"}, placeholders])
    provisioner.provision(ui, None, {"ID": "i-1", "Port": 22}, CancelToken())
    assert ui.said == ["at i-1", "ID='i-1'", "Port=22"]


def test_two_plugins_with_core_between_them(start: Start) -> None:
    """Builder → core → provisioner → core → the builder's machine."""
    provisioner, ui = start("provisioner"), RecordingUi()
    provisioner.prepare([{"do": "use the machine"}])

    def behave(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        provisioner.provision(ui, communicator, data, cancel)

    builder = start("builder")
    builder.prepare([{"do": "provision"}])
    artifact = builder.run(ui, RecordingHook(behave), CancelToken())
    assert ui.said == ["3 b'some output' b'some complaint'", "1000000 bytes"]
    assert artifact.files == ("/etc/name", "/tmp/wonder")


def test_post_processing(start: Start) -> None:
    post_processor = start("post-processor")
    post_processor.configure([{}])
    given = MemoryArtifact("note", "n-1")
    processed = post_processor.post_process(RecordingUi(), given, CancelToken())
    assert (processed.artifact.id, processed.keep_input) == ("packed n-1", True)
    post_processor.configure([{"do": "give back"}])
    processed = post_processor.post_process(RecordingUi(), given, CancelToken())
    assert (processed.artifact.id, processed.force_keep) == ("n-1", True)
    processed.artifact.destroy()
    assert given.destroyed
    post_processor.configure([{"do": "make nothing"}])
    assert post_processor.post_process(RecordingUi(), given, CancelToken()) is None


def test_looking_something_up(start: Start) -> None:
    datasource = start("datasource")
    type_ = implied_type(decode_spec(datasource.output_spec(), protobuf=True))
    for do, names, sizes in (("fill", ["a", "b"], [1, 2]), ("nothing", [], [])):
        datasource.configure([{"do": do, "text": "x"}])
        value = decode_value(datasource.execute(CancelToken()), protobuf=True)
        assert value.content == {
            "text": "x", "number": Decimal("0.1"), "maybe": None, "names": names,
            "disks": [{"size": size} for size in sizes],
        }  # fmt: skip
        assert value.type == type_
    datasource.configure([{"do": "fail"}])
    with pytest.raises(RemoteError, match="it went wrong: 7"):
        datasource.execute(CancelToken())


def test_a_process_that_prints_something_else_is_named() -> None:
    process = PluginProcess([sys.executable, "-c", "print('hello')"], "builder")
    with pytest.raises(RemoteProtocolError, match="not a plugin's first line: 'hello'"):
        process.start()


def test_a_process_that_prints_nothing_is_shown_with_its_last_words() -> None:
    process = PluginProcess([sys.executable, "-c", "raise SystemExit('no licence')"], "builder")
    with pytest.raises(RemoteProtocolError, match="no handshake line; it said: no licence"):
        process.start()
