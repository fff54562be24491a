"""What an author subclasses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_sdk.components import (
    Builder,
    Component,
    Datasource,
    PostProcessor,
    Processed,
    Provisioner,
)
from packer_sdk.config import config, field
from packer_sdk.testing.doubles import MemoryArtifact

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Artifact, Communicator, Hook, Ui


@config
class NoteConfig:
    text: str = field(doc="x", default="")


@config
class NoteOutput:
    text: str = field(doc="x", default="")


class NoteBuilder(Builder[NoteConfig]):
    def run(self, config: NoteConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> None:
        return None


class BetterNoteBuilder(NoteBuilder):
    generated = ("NoteSize",)


class NoteProvisioner(Provisioner[NoteConfig]):
    def provision(
        self,
        config: NoteConfig,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        return None


class NotePostProcessor(PostProcessor[NoteConfig]):
    def post_process(
        self, config: NoteConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        return Processed(artifact)


class NoteDatasource(Datasource[NoteConfig, NoteOutput]):
    def execute(self, config: NoteConfig, cancel: CancelToken) -> NoteOutput:
        return NoteOutput(text=config.text)


@pytest.mark.parametrize(
    ("component", "kind"),
    [
        (NoteBuilder, "builder"), (BetterNoteBuilder, "builder"),
        (NoteProvisioner, "provisioner"), (NotePostProcessor, "post-processor"),
        (NoteDatasource, "datasource"),
    ],
)  # fmt: skip
def test_component_knows_its_kind_and_its_config_class(
    component: type[Component[NoteConfig]], kind: str
) -> None:
    assert (component.kind, component.config_class) == (kind, NoteConfig)
    assert list(component().check(NoteConfig())) == []


def test_a_data_source_knows_its_output_class() -> None:
    class Better(NoteDatasource):
        pass

    assert NoteDatasource.output_class is Better.output_class is NoteOutput


def test_generated_values_are_declared_by_the_class() -> None:
    assert (NoteBuilder.generated, BetterNoteBuilder.generated) == ((), ("NoteSize",))


def test_component_without_its_method_cannot_be_made() -> None:
    class Unfinished(Builder[NoteConfig]):
        pass

    with pytest.raises(TypeError, match="abstract"):
        Unfinished()  # type: ignore[abstract]


def test_processed_keeps_nothing_unless_told() -> None:
    processed = Processed(MemoryArtifact())
    assert (processed.keep_input, processed.force_keep) == (False, False)
