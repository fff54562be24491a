"""Builder, provisioner and post-processor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk import (
    Builder,
    ComponentError,
    PostProcessor,
    Problem,
    Processed,
    Provisioner,
    RecordArtifact,
)

from .options import Options, published
from .steps import Stage, hold_specs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_sdk import Artifact, CancelToken, Communicator, Hook, Ui

hold_specs()


def check(options: Options) -> Iterable[Problem]:
    """Warn, and take the steps of this phase."""
    for warning in options.warnings:
        yield Problem(warning, severity="warning")
    try:
        Stage(options).take(options.prepare_steps)
    except ComponentError as error:
        yield Problem(str(error))


def artifact(options: Options) -> Artifact:
    """What the options say it is."""

    def destroy() -> None:
        if options.destroy_error:
            raise ComponentError(options.destroy_error)
        if options.destroy_file:
            Path(options.destroy_file).write_text("destroyed", encoding="utf-8")

    everything = ["text", 7, 1.5, True, None, b"\x00\xff", {"k": "v"}]
    return RecordArtifact(
        "packer.peer",
        options.artifact,
        f"Artifact: {options.artifact}",
        files=options.files,
        state={"generated_data": published(options), "everything": everything, **options.state},
        on_destroy=destroy,
    )


class PeerBuilder(Builder[Options]):
    """Builds nothing, on this machine."""

    generated = ("PeerText", "PeerNumber")

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def run(self, config: Options, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        Stage(config, ui=ui, hook=hook, cancel=cancel).take(config.steps)
        return artifact(config) if config.artifact else None


class PeerProvisioner(Provisioner[Options]):
    """Does what it is told."""

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def provision(
        self,
        config: Options,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        stage = Stage(config, ui=ui, communicator=communicator, data=data, cancel=cancel)
        stage.take(config.steps)


class PeerPostProcessor(PostProcessor[Options]):
    """Makes an artifact of an artifact."""

    def check(self, config: Options) -> Iterable[Problem]:
        return check(config)

    def post_process(
        self, config: Options, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed | None:
        Stage(config, ui=ui, artifact=artifact, cancel=cancel).take(config.steps)
        if config.result == "none":
            return None
        made = artifact if config.result == "input" else _artifact(config)
        return Processed(made, keep_input=config.keep, force_keep=config.force)


_artifact = artifact
