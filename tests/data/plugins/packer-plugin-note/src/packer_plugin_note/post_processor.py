"""Post-processor `note`: write down which files an artifact has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk import FileArtifact, PostProcessor, Processed, config, field

if TYPE_CHECKING:
    from packer_sdk import Artifact, CancelToken, Ui


@config
class NotePostProcessorConfig:
    """Where to write it."""

    output: Path = field(doc="File to write.")


class NotePostProcessor(PostProcessor[NotePostProcessorConfig]):
    """Makes a list of files, and keeps the artifact that it was given."""

    def post_process(
        self, config: NotePostProcessorConfig, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        """Write the list."""
        cancel.check()
        ui.say(f"Listing {len(artifact.files)} files of {artifact.builder_id}")
        config.output.write_text("".join(f"{name}\n" for name in artifact.files), encoding="utf-8")
        return Processed(FileArtifact("packer.note.list", [config.output]), keep_input=True)
