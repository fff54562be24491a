"""Bars that move while bytes do: one status line below the output, for all of them together.

A terminal has one last line. It is drawn at most ten times a second, taken away before any other
output and put back after it, so that a bar never ends up between the lines of a build.
"""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Self

REDRAW_S = 0.1
ERASE = "\r\x1b[K"

_UNITS = ("B", "kB", "MB", "GB", "TB")


class NoProgress:
    """Where nobody watches."""

    def add(self, count: int) -> None:
        """Forget it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        pass


NO_PROGRESS = NoProgress()


class StatusLine:
    """The last line of a terminal, shared by every bar.

    Not locked by itself: ``lock`` is the one of the terminal, and :meth:`hide` and :meth:`show`
    are called by its holder.

    Args:
        write: Puts text onto the terminal.
        lock: Guards the terminal.
        columns: Asked for the width at each drawing.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        lock: AbstractContextManager[object],
        *,
        columns: Callable[[], int],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._write = write
        self._lock = lock
        self._columns = columns
        self._clock = clock
        self._bars: list[Bar] = []
        self._drawn_at = float("-inf")
        self._visible = False

    def bar(self, label: str, total: int, current: int) -> Bar:
        """Make a bar; it is shown while its context is open."""
        return Bar(self, label, total, current)

    def hide(self) -> None:
        """Take the line away before something else is written."""
        if self._visible:
            self._write(ERASE)
            self._visible = False

    def show(self) -> None:
        """Draw the line, if there is a bar."""
        if self._bars:
            text = " · ".join(str(bar) for bar in self._bars)
            # The last column stays free: writing into it makes some terminals wrap.
            self._write(ERASE + text[: max(self._columns() - 1, 10)])
            self._visible = True
            self._drawn_at = self._clock()

    def opened(self, bar: Bar) -> None:
        """Add a bar."""
        with self._lock:
            self._bars.append(bar)
            self.show()

    def closed(self, bar: Bar) -> None:
        """Drop a bar."""
        with self._lock:
            self._bars.remove(bar)
            self.hide()
            self.show()

    def moved(self, bar: Bar, count: int) -> None:
        """Add to a bar, and draw if the last drawing is old enough."""
        with self._lock:
            bar.current += count
            if self._clock() - self._drawn_at >= REDRAW_S:
                self.show()


class Bar:
    """One transfer. Safe from several threads."""

    def __init__(self, line: StatusLine, label: str, total: int, current: int) -> None:
        self._line = line
        self._label = label
        self._total = total
        self.current = current

    def add(self, count: int) -> None:
        """Note that ``count`` more bytes have passed."""
        self._line.moved(self, count)

    def __enter__(self) -> Self:
        self._line.opened(self)
        return self

    def __exit__(self, *failure: object) -> None:
        self._line.closed(self)

    def __str__(self) -> str:
        if self._total <= 0:
            return f"{self._label} {size(self.current)}"
        share = min(100, 100 * self.current // self._total)
        return f"{self._label} {share}% of {size(self._total)}"


def size(count: float) -> str:
    """Bytes for people, in powers of a thousand: ``512 B``, ``1.4 GB``."""
    for unit in _UNITS[:-1]:
        if round(count, 1) < 1000:
            return f"{count:.1f} {unit}" if unit != "B" else f"{count:.0f} B"
        count /= 1000
    return f"{count:.1f} {_UNITS[-1]}"
