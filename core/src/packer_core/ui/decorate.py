"""Ui wrappers that say which build a line belongs to, and when it was said (UI-001 to UI-003)."""

from __future__ import annotations

import threading
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from packer_core.events.monitor import SILENT

from .machine import escape
from .noted import NotedUi

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from contextlib import AbstractContextManager

    from packer_core.events.monitor import Monitor
    from packer_sdk.interfaces import Progress, Ui

    from .live import Live

RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN = range(31, 37)

CYCLE = (GREEN, CYAN, MAGENTA, YELLOW, BLUE)
"""Colours of builds, in their order; red is for errors alone (UI-002)."""


class TargetedUi:
    """Puts ``==> TARGET: `` before every line.

    Args:
        ui: Where the lines go.
        target: Name of a build; for a post-processor ``BUILD (TYPE)``.
        color: ANSI number from 31 to 36; None leaves errors uncoloured too.
        bar: Makes a bar that is seen to belong to the target; without it the label says so.
    """

    def __init__(
        self,
        ui: Ui,
        target: str,
        color: int | None = None,
        bar: Callable[[str, int, int], AbstractContextManager[Progress]] | None = None,
    ) -> None:
        self._ui = ui
        self._target = target
        self._color = color
        self._bar = bar

    def say(self, message: str) -> None:
        """Show lines in the colour of the build."""
        self._ui.say(self._lines(message, self._color))

    def error(self, message: str) -> None:
        """Show lines in red."""
        self._ui.error(self._lines(message, RED if self._color else None))

    def ask(self, query: str) -> str:
        """Put a question."""
        return self._ui.ask(self._lines(query, self._color))

    def machine(self, category: str, *values: str) -> None:
        """Emit a record with the target in it (UI-004)."""
        self._ui.machine(f"{escape(self._target)},{category}", *values)

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        """Show a bar that names the target."""
        if self._bar:
            return self._bar(label, total, current)
        return self._ui.progress(f"{self._target}: {label}", total=total, current=current)

    def _lines(self, text: str, color: int | None) -> str:
        # Split at line feeds only: other separators are the business of the terminal.
        lines = text.rstrip().split("\n")
        return "\n".join(paint(f"==> {self._target}: {line}".rstrip(), color) for line in lines)


class TimestampedUi:
    """Puts the local time before every line; questions and records stay as they are (UI-003)."""

    def __init__(self, ui: Ui, clock: Callable[[], datetime] | None = None) -> None:
        self._ui = ui
        self._clock = clock or _now

    def say(self, message: str) -> None:
        """Show lines with the time."""
        self._ui.say(self._lines(message))

    def error(self, message: str) -> None:
        """Show lines with the time."""
        self._ui.error(self._lines(message))

    def ask(self, query: str) -> str:
        """Put a question."""
        return self._ui.ask(query)

    def machine(self, category: str, *values: str) -> None:
        """Emit a record."""
        self._ui.machine(category, *values)

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        """Show a bar."""
        return self._ui.progress(label, total=total, current=current)

    def _lines(self, text: str) -> str:
        stamp = rfc3339(self._clock())
        return "\n".join(f"{stamp}: {line}" for line in text.split("\n"))


class BuildUis:
    """Makes the Ui of each build, and keeps to the colour it has first given one.

    Args:
        ui: Where the lines go.
        color: Whether builds have colours at all.
        monitor: Told what builds say.
        live: Where their transfers are shown, if there is a live view.
    """

    def __init__(
        self, ui: Ui, *, color: bool, monitor: Monitor = SILENT, live: Live | None = None
    ) -> None:
        self._ui = ui
        self._color = color
        self._monitor = monitor
        self._live = live
        self._lock = threading.Lock()
        self._colors: dict[str, int] = {}

    def __call__(self, name: str, kind: str | None = None) -> Ui:
        """Return the Ui of a build, or of a post-processor of that ``kind`` in it."""
        bar = partial(self._live.bar, name) if self._live else None
        target = f"{name} ({kind})" if kind else name
        ui = TargetedUi(self._ui, target, self.color_of(name), bar)
        return NotedUi(ui, self._monitor, name, kind) if self._monitor.listens else ui

    def color_of(self, name: str) -> int | None:
        """The ANSI number of a build's colour, None without colours."""
        if not self._color:
            return None
        with self._lock:
            return self._colors.setdefault(name, CYCLE[len(self._colors) % len(CYCLE)])

    def announce(self, names: Iterable[str]) -> None:
        """Show which build speaks in which colour, then an empty line; nothing without colours."""
        lines = [
            paint(f"{name}: output will be in this color.", self.color_of(name)) for name in names
        ]
        if self._color and lines:
            self._ui.say("\n".join([*lines, ""]))


def paint(text: str, color: int | None) -> str:
    """Make a text bold and coloured; None returns it as it is."""
    return text if color is None else f"\x1b[1;{color}m{text}\x1b[0m"


def rfc3339(moment: datetime) -> str:
    """Format a time with its zone, as RFC 3339 has it: ``2013-06-10T21:44:43+02:00``, or ``Z``."""
    text = moment.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _now() -> datetime:
    return datetime.now().astimezone()
