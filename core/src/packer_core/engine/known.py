"""What is known of an artifact for good: asked when its build ends, shown when all builds have.

The process that an artifact lives in may die in between, or be killed by a second Ctrl-C that was
meant for another build. Then the artifact is there all the same, and so is what it said of itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packer_sdk.interfaces import Artifact


@dataclass(frozen=True, eq=False)
class KnownArtifact:
    """An artifact and its answers; whatever else is asked goes to the artifact itself."""

    builder_id: str
    id: str
    files: tuple[str, ...]
    text: str
    live: Artifact

    @classmethod
    def ask(cls, artifact: Artifact) -> KnownArtifact:
        """Ask an artifact for all that is shown of it.

        Raises:
            PackerError: it does not answer.
        """
        return cls(
            builder_id=artifact.builder_id,
            id=artifact.id,
            files=tuple(artifact.files),
            text=str(artifact),
            live=artifact,
        )

    def state(self, name: str) -> object:
        """See `packer_sdk.interfaces.Artifact`."""
        return self.live.state(name)

    def destroy(self) -> None:
        """See `packer_sdk.interfaces.Artifact`."""
        self.live.destroy()

    def __str__(self) -> str:
        return self.text
