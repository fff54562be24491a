"""Ready-made artifacts: files on this machine, and things that live elsewhere."""

from __future__ import annotations

import os

from .errors import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence


class FileArtifact:
    """Files on this machine.

    Args:
        builder_id: Names the kind of artifact, the same for all builds of one builder.
        files: Paths of what was made.
        id: Names this artifact; a digest, for example.
        description: What the user reads; without one, the files are listed.
        state: Further values by name. Those under ``generated_data`` travel to
            post-processors; values in it must be str, bool, int, float or bytes.
    """

    def __init__(
        self,
        builder_id: str,
        files: Iterable[str | os.PathLike[str]],
        *,
        id: str = "",  # noqa: A002 - the word of the protocol
        description: str | None = None,
        state: Mapping[str, object] | None = None,
    ) -> None:
        self._builder_id = builder_id
        self._files = tuple(os.fspath(path) for path in files)
        self._id = id
        self._description = description
        self._state = dict(state or {})

    @property
    def builder_id(self) -> str:
        """Names the kind of artifact."""
        return self._builder_id

    @property
    def id(self) -> str:
        """Names this artifact; may be empty."""
        return self._id

    @property
    def files(self) -> Sequence[str]:
        """Paths of the files."""
        return self._files

    def state(self, name: str) -> object:
        """A further value by name, None if unknown."""
        return self._state.get(name)

    def destroy(self) -> None:
        """Delete the files. One that is gone already is fine.

        Raises:
            ComponentError: one or more cannot be deleted; all others are.
        """
        failures = [failure for path in self._files if (failure := _delete(path))]
        if failures:
            raise ComponentError("cannot delete " + "; ".join(failures))

    def __str__(self) -> str:
        if self._description is not None:
            return self._description
        if not self._files:
            return "No files"
        if len(self._files) == 1:
            return f"File: {self._files[0]}"
        return "\n".join(["Files:", *(f"  {path}" for path in self._files)])

    def __repr__(self) -> str:
        return f"FileArtifact({self._builder_id!r}, {list(self._files)!r})"


def _delete(path: str) -> str | None:
    try:
        os.unlink(path)  # noqa: PTH108 - strings all the way
    except FileNotFoundError:
        return None
    except OSError as error:
        return f"{path}: {error.strerror or error}"
    return None


class RecordArtifact:
    """Something that lives elsewhere: an image in a registry, a snapshot in a cloud.

    Args:
        builder_id: Names the kind of artifact, the same for all builds of one builder.
        id: Names this artifact.
        description: What the user reads.
        files: Paths of files that belong to it; they are not deleted with it.
        state: Further values by name; see `FileArtifact`.
        on_destroy: Deletes what the artifact stands for; without it, nothing is deleted.
    """

    def __init__(
        self,
        builder_id: str,
        id: str,  # noqa: A002 - the word of the protocol
        description: str,
        *,
        files: Iterable[str | os.PathLike[str]] = (),
        state: Mapping[str, object] | None = None,
        on_destroy: Callable[[], None] | None = None,
    ) -> None:
        self._builder_id = builder_id
        self._id = id
        self._description = description
        self._files = tuple(os.fspath(path) for path in files)
        self._state = dict(state or {})
        self._on_destroy = on_destroy

    @property
    def builder_id(self) -> str:
        """Names the kind of artifact."""
        return self._builder_id

    @property
    def id(self) -> str:
        """Names this artifact."""
        return self._id

    @property
    def files(self) -> Sequence[str]:
        """Paths of files that belong to it."""
        return self._files

    def state(self, name: str) -> object:
        """A further value by name, None if unknown."""
        return self._state.get(name)

    def destroy(self) -> None:
        """Delete what the artifact stands for."""
        if self._on_destroy is not None:
            self._on_destroy()

    def __str__(self) -> str:
        return self._description

    def __repr__(self) -> str:
        return f"RecordArtifact({self._builder_id!r}, {self._id!r})"
