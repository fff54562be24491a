"""A few lines that stay below the output of a terminal, and the output that scrolls above them.

The life of an area: entering it starts a thread, leaving it takes the lines away, writes what is
left and ends the thread. In between everything that goes to the terminal goes through `write`.

Two decisions keep this simple and hard to break:

- **The cursor rests on an empty line between output and area.** To redraw, nothing has to be known
  about where the area is: it is everything from the cursor on, however the terminal was resized
  meanwhile. The cursor is never hidden and no mode of the terminal is changed, so there is nothing
  to be restored, not even after SIGKILL.
- **Output is written in batches.** A redraw for every line would let through less than a thousand
  lines a second. The first line after a pause is written at once, the others follow within
  `BATCH_S`; whoever has put more than `MOST` characters aside writes them himself, so that a slow
  terminal slows down the builds and not the other way round.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Event

from packer_sdk.threads import spawn

from .cells import clean, width

TYPE_CHECKING = False
if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from typing import Self

    from .output import Output

BATCH_S = 0.05
"""Output waits this long at most."""

MOST = 1 << 16
"""Characters that may wait."""

DELAY_S = 0.5
"""What takes less than a moment needs no view."""

_CLEAR = "\r\x1b[J"
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"


class Area:
    """The lower end of a terminal.

    Args:
        output: The terminal.
        lock: Guards it; also held while ``render`` runs.
        render: The lines for a terminal of so many columns and rows.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        output: Output,
        lock: AbstractContextManager[object],
        render: Callable[[int, int], list[str]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._output = output
        self._lock = lock
        self._render = render
        self._clock = clock
        self._waiting: list[str] = []
        self._waiting_size = 0
        self._written_at = float("-inf")
        self._visible_from = float("inf")
        self._drawn: list[str] = []
        self._question: str | None = None
        self._ended = Event()
        self._ticker: threading.Thread | None = None  # noqa: TID251 - made by spawn

    def __enter__(self) -> Self:
        self._visible_from = self._clock() + DELAY_S
        self._ended.clear()
        self._ticker = spawn("live", self._tick)
        return self

    def __exit__(self, *failure: object) -> None:
        self._ended.set()
        assert self._ticker is not None, "left without having been entered"
        self._ticker.join()
        self._ticker = None

    def write(self, text: str) -> None:
        """Show text above the area, whole lines of it."""
        with self._lock:
            self._waiting.append(text)
            self._waiting_size += len(text)
            if (
                self._ticker is None
                or self._waiting_size > MOST
                or self._clock() - self._written_at >= BATCH_S
            ):
                self._flush()

    @contextmanager
    def question(self, text: str) -> Iterator[None]:
        """Show a question in place of the area for as long as the context is open.

        The cursor stays behind it. Other output appears above it, which takes away what has been
        typed so far, though only from sight.
        """
        with self._lock:
            self._question = ""
            self._flush()
            self._output.write(text)
            self._question = text.rpartition("\n")[2]
        try:
            yield
        except BaseException:
            self._output.write("\n")  # nobody has pressed enter
            raise
        finally:
            with self._lock:
                self._question = None

    # --- with the lock held ---------------------------------------------------------------

    def _flush(self) -> None:
        """Write what waits, and draw the area below it; nothing happens if neither has changed."""
        text = "".join(self._waiting)
        self._waiting.clear()
        self._waiting_size = 0
        lines = self._lines()
        if text:
            self._written_at = self._clock()
            before = _CLEAR if self._drawn else ""
            if self._question is not None:
                before = self._unasked()
            self._output.write(before + text + _below(lines) + (self._question or ""))
        elif lines != self._drawn:
            self._output.write(_instead(lines))
        self._drawn = lines

    def _unasked(self) -> str:
        """Takes the question away, which may have been wrapped."""
        columns, _ = self._output.size
        above = max(0, width(clean(self._question or "")) - 1) // columns
        return f"\r\x1b[{above}A\x1b[J" if above else _CLEAR

    def _lines(self) -> list[str]:
        if self._ticker is None and not self._drawn:
            return []
        if not self._output.in_front:
            self._drawn = []  # the terminal is somebody else's now: there is nothing to erase
            return []
        if self._ticker is None or self._question is not None:
            return []
        if self._clock() < self._visible_from:
            return []
        return self._render(*self._output.size)

    # --- the thread -----------------------------------------------------------------------

    def _tick(self) -> None:
        try:
            while not self._ended.wait(BATCH_S):
                with self._lock:
                    self._flush()
        finally:
            with self._lock:
                self._ticker = None  # from now on everybody writes for themselves
                self._flush()


def _below(lines: list[str]) -> str:
    """Draws lines below the cursor, and leaves it where it was."""
    if not lines:
        return ""
    # Without wrapping: what we take for narrow may be wide for this terminal.
    body = "".join(f"\r\n{line}\x1b[K" for line in lines)
    return f"{_NO_WRAP}{body}\x1b[J{_WRAP}\x1b[{len(lines)}A\r"


def _instead(lines: list[str]) -> str:
    """The same in place of what was drawn before: overwritten, for that does not flicker."""
    return f"\r\x1b[K{_below(lines)}" if lines else _CLEAR
