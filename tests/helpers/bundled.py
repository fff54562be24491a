"""What the tests of the bundled components add to the doubles of the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.testing import MemoryArtifact, RecordingHook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def an_artifact(
    files: Sequence[str] = (),
    id: str = "given",  # noqa: A002 - as in the artifact
    data: Mapping[str, object] | None = None,
) -> MemoryArtifact:
    """What a builder might have made."""
    states = {"generated_data": dict(data)} if data else {}
    return MemoryArtifact("given.builder", id, files, "a given artifact", states)


class ActingHook(RecordingHook):
    """A hook that does what ``actions`` say for a name."""

    def __init__(self) -> None:
        super().__init__(lambda name, *_: self.actions.get(name, lambda: None)())
        self.actions: dict[str, Callable[[], None]] = {}

    @property
    def names(self) -> list[str]:
        return [call.name for call in self.calls]
