"""Doubles for the tests of the bundled components: small, real objects."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packer_sdk import PackerError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from packer_sdk import CancelToken, Communicator, Ui


class RecordedBar:
    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = total
        self.moved = 0
        self.is_open = True

    def add(self, count: int) -> None:
        self.moved += count


class RecordedUi:
    """Remembers everything; answers questions from ``answers``, blocks while ``blocks``."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.errors: list[str] = []
        self.asked: list[str] = []
        self.bars: list[RecordedBar] = []
        self.answers: list[str] = []
        self.unblock: threading.Event | None = None

    @property
    def text(self) -> str:
        return "\n".join([*self.said, *self.errors])

    def say(self, message: str) -> None:
        self.said.append(message)

    def error(self, message: str) -> None:
        self.errors.append(message)

    def ask(self, query: str) -> str:
        self.asked.append(query)
        if self.unblock:
            self.unblock.wait()
        if not self.answers:
            raise PackerError("no terminal to ask on")
        return self.answers.pop(0)

    def machine(self, category: str, *values: str) -> None:
        raise AssertionError((category, values))

    @contextlib.contextmanager
    def progress(self, label: str, *, total: int, current: int = 0) -> Iterator[RecordedBar]:
        bar = RecordedBar(label, total)
        self.bars.append(bar)
        try:
            yield bar
        finally:
            bar.is_open = False


@dataclass
class GivenArtifact:
    """What a builder might have made."""

    files: Sequence[str] = ()
    id: str = "given"
    builder_id: str = "given.builder"
    data: Mapping[str, object] | None = None
    destroyed: bool = False

    def state(self, name: str) -> object:
        return self.data if name == "generated_data" else None

    def destroy(self) -> None:
        self.destroyed = True

    def __str__(self) -> str:
        return "a given artifact"


@dataclass
class RecordedHook:
    """Remembers its calls; does what ``actions`` say for a name."""

    calls: list[tuple[str, Communicator | None, dict[str, object]]] = field(default_factory=list)
    actions: dict[str, Callable[[], None]] = field(default_factory=dict)

    def run(
        self,
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        self.calls.append((name, communicator, dict(data)))
        self.actions.get(name, lambda: None)()

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.calls]
