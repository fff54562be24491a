"""Artifacts that live in plugin processes, which may be gone by the time somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.interfaces import Artifact

    from .process import PluginProcess


class GuardedArtifact:
    """An artifact in a process; each question is a call, and a lost one is explained.

    Args:
        process: Where it lives.
        artifact: The way to it.
    """

    def __init__(self, process: PluginProcess, artifact: Artifact) -> None:
        self._process = process
        self._artifact = artifact

    @property
    def builder_id(self) -> str:
        """See `packer_sdk.interfaces.Artifact`."""
        with self._process.explaining("Artifact.BuilderId"):
            return self._artifact.builder_id

    @property
    def id(self) -> str:
        """See `packer_sdk.interfaces.Artifact`."""
        with self._process.explaining("Artifact.Id"):
            return self._artifact.id

    @property
    def files(self) -> Sequence[str]:
        """See `packer_sdk.interfaces.Artifact`."""
        with self._process.explaining("Artifact.Files"):
            return [str(path) for path in self._artifact.files]

    def state(self, name: str) -> object:
        """See `packer_sdk.interfaces.Artifact`."""
        with self._process.explaining("Artifact.State"):
            return self._artifact.state(name)

    def destroy(self) -> None:
        """See `packer_sdk.interfaces.Artifact`."""
        with self._process.explaining("Artifact.Destroy"):
            self._artifact.destroy()

    def __str__(self) -> str:
        with self._process.explaining("Artifact.String"):
            return str(self._artifact)
