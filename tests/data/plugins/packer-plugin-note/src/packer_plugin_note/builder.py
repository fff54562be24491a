"""Builder `note`: write a file, let it be provisioned, and call it an image."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk import PROVISION_HOOK, Builder, FileArtifact, Problem, config, field
from packer_sdk.communicators.local import LocalCommunicator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_sdk import Artifact, CancelToken, Hook, Ui


@config
class NoteConfig:
    """What to write, and where."""

    target: Path = field(doc="File to write.")
    content: str = field(doc="What to write in it.", default="")


class NoteBuilder(Builder[NoteConfig]):
    """Writes a file; this very machine stands in for the one that a builder would make."""

    generated = ("NoteSize",)

    def check(self, config: NoteConfig) -> Iterable[Problem]:
        """Refuse to write over a folder."""
        if config.target.is_dir():
            yield Problem("is a folder", path="target")

    def run(self, config: NoteConfig, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        """Write the note and have it provisioned."""
        ui.say(f"Writing {config.target}")
        config.target.write_text(config.content, encoding="utf-8")
        data = {"ID": config.target.name, "NoteSize": len(config.content)}
        with LocalCommunicator() as communicator:
            hook.run(PROVISION_HOOK, ui, communicator, data, cancel)
        return FileArtifact("packer.note", [config.target])
