"""Post-processor `artifice`: these files are the artifact now (PPM-005)."""

from __future__ import annotations

import glob

from packer_sdk import ComponentError, PackerKeys, PostProcessor, Problem, Processed, config, field

from .outcome import MadeArtifact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packer_sdk import Artifact, CancelToken, Ui

BUILDER_ID = "packer.post-processor.artifice"
"""The id other plugins know these artifacts by."""


@config
class ArtificeConfig(PackerKeys):
    """Options of the post-processor."""

    files: list[str] = field(doc="Paths and patterns (`*`, `?`, `[…]`) of the new artifact.")


class ArtificePostProcessor(PostProcessor[ArtificeConfig]):
    """Replace the list of files, usually of what a shell-local before it has made."""

    def check(self, config: ArtificeConfig) -> Iterator[Problem]:
        """An empty list would be an artifact of nothing."""
        if not config.files:
            yield Problem("is empty", path="files", hint='for example files = ["output/*.img"]')

    def post_process(
        self,
        config: ArtificeConfig,
        ui: Ui,
        artifact: Artifact,
        cancel: CancelToken,  # noqa: ARG002 - there is nothing to wait for
    ) -> Processed:
        """Look up the patterns.

        Raises:
            ComponentError: not one file matches.
        """
        files = _matching(config.files, ui)
        if not files:
            raise ComponentError(
                f"no file matches: {', '.join(config.files)}",
                hint="paths are seen from the folder packer was started in",
            )
        made = MadeArtifact(BUILDER_ID, files, "Files", artifact)
        return Processed(made, keep_input=True)


def _matching(patterns: Sequence[str], ui: Ui) -> list[str]:
    """Every match once, in the order of the patterns, and sorted within each."""
    found: dict[str, None] = {}
    for pattern in patterns:
        matches = sorted(glob.glob(pattern))  # noqa: PTH207 - paths of artifacts are text
        if not matches:
            ui.error(f"No file matches: {pattern}")
        found.update(dict.fromkeys(matches))
    return list(found)
