"""The artifacts that post-processors here make of other artifacts."""

from __future__ import annotations

import os
from contextlib import suppress

from .files import in_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk import Artifact


class MadeArtifact:
    """Files that were made from an artifact; its build values stay readable (CTX-002).

    Packer's own post-processors drop them, so that what comes next in a chain knows nothing of
    the build any more.

    Args:
        builder_id: Kind of the artifact.
        files: Paths.
        title: What the user reads, before the paths.
        origin: What it was made from.
        id: Names it; empty if the files are all there is to it.
    """

    def __init__(
        self,
        builder_id: str,
        files: Sequence[str],
        title: str,
        origin: Artifact,
        *,
        id: str = "",  # noqa: A002 - the word of the interface
    ) -> None:
        self.builder_id = builder_id
        self.id = id
        self.files = tuple(files)
        self._title = title
        self._data = origin.state("generated_data")

    def __str__(self) -> str:
        return f"{self._title}: {', '.join(self.files)}"

    def state(self, name: str) -> object:
        """Values of the build under ``generated_data``, nothing else."""
        return self._data if name == "generated_data" else None

    def destroy(self) -> None:
        """Delete the files, and folders with all that is in them.

        Raises:
            ComponentError: something cannot be deleted; the rest is deleted.
        """
        failed: OSError | None = None
        for path in self.files:
            try:
                _delete(path)
            except OSError as error:
                failed = error
        if failed:
            with in_words("delete", failed.filename):
                raise failed


def _delete(path: str) -> None:
    if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
        import shutil  # noqa: PLC0415 - it is slow to import, and starting must be quick

        shutil.rmtree(path)
        return
    with suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108 - paths of artifacts are text


def build_values(artifact: Artifact) -> dict[str, object]:
    """Values of the build an artifact came from, as far as it still knows them."""
    data = artifact.state("generated_data")
    return data if isinstance(data, dict) else {}
