"""What the engine tells of artifacts and errors."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from packer_core.events.model import (
    MOST_FILES,
    ArtifactDestroyed,
    ArtifactKept,
    ArtifactMade,
    ErrorFound,
)
from packer_core.events.monitor import SILENT
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from packer_core.events.monitor import Monitor
    from packer_sdk.interfaces import Artifact


class Findings:
    """The artifacts of one build, as events.

    Asking an artifact is a call to another process, so nothing is asked unless somebody listens;
    and a process that has died since spoils the event, not the build.

    Args:
        build: Name of the build.
        builder: Type of its builder.
        monitor: Told.
    """

    def __init__(self, build: str, builder: str = "", monitor: Monitor = SILENT) -> None:
        self._build = build
        self._builder = builder
        self._monitor = monitor

    def made(self, artifact: Artifact, kind: str, name: str) -> None:
        """Tell that a component has handed over an artifact."""
        if self._monitor.listens:
            self._monitor.tell(ArtifactMade(kind=kind, name=name, **self._described(artifact)))

    def kept(self, artifacts: Iterable[Artifact]) -> None:
        """Tell what exists at the end."""
        if self._monitor.listens:
            for artifact in artifacts:
                self._monitor.tell(ArtifactKept(**self._described(artifact)))

    def destroy(self, artifact: Artifact, kind: str, name: str) -> None:
        """Delete an artifact that a component has made; without a name, the builder has.

        Raises:
            PackerError: it could not be deleted.
        """
        if not self._monitor.listens:
            artifact.destroy()
            return
        known = self._described(artifact)["id"]
        try:
            with self._monitor.calling(self._build, kind, name or self._builder, "Destroy"):
                artifact.destroy()
        except PackerError as error:
            self._tell_destroyed(known, str(error))
            raise
        self._tell_destroyed(known, None)

    def _tell_destroyed(self, known: str, error: str | None) -> None:
        self._monitor.tell(ArtifactDestroyed(build=self._build, id=known, error=error))

    def _described(self, artifact: Artifact) -> dict[str, Any]:
        known: dict[str, Any] = {
            "build": self._build,
            "builder_id": "",
            "id": "",
            "text": "",
            "files": (),
            "file_count": 0,
        }
        with contextlib.suppress(PackerError):
            known["builder_id"] = artifact.builder_id
            known["id"] = artifact.id
            known["text"] = str(artifact)
            files = artifact.files
            known |= {"files": tuple(files[:MOST_FILES]), "file_count": len(files)}
        return known


def error_found(error: PackerError, build: str | None = None) -> ErrorFound:
    """An error as an event."""
    return ErrorFound(
        build=build,
        reference=error.reference,
        message=error.message,
        hint=error.hint,
        last_lines=tuple(getattr(error, "last_lines", ())),
        report=getattr(error, "report", None) or None,
    )
