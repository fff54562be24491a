"""The live view: what every build does right now, below the output (UI-007).

`Live` keeps the state of the builds and may be told of it from any thread; `live_lines` makes lines
of the state, `area` puts them onto the terminal.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from .area import Area
from .live_lines import Build, Shape, Transfer, live_lines, summary

if TYPE_CHECKING:
    from _thread import RLock
    from collections.abc import Callable, Mapping
    from typing import Self

    from .output import Output

PREPARING = "preparing"


class Live:
    """The state of all builds, visible while its context is open. Safe from several threads.

    Contexts may be nested and may overlap; the last one to end takes the view away.

    Args:
        output: The terminal.
        lock: Guards it, and everything in here.
        mask: Takes out what must not be read.
        cancelled: Whether the builds have been told to stop.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        output: Output,
        lock: RLock,
        *,
        mask: Callable[[str], str] = str,
        cancelled: Callable[[], bool] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.area = Area(output, lock, self._lines, clock)
        self._output = output
        self._lock = lock
        self._mask = mask
        self._cancelled = cancelled or (lambda: False)
        self._clock = clock
        self._color = False
        self._users = 0
        self._began = clock()
        self._started = False
        self._builds: dict[str, Build] = {}
        self._transfers: list[Transfer] = []
        self._encoding = output.encoding

    def __enter__(self) -> Self:
        with self._lock:
            self._users += 1
            if self._users == 1:
                self.area.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        with self._lock:
            self._users -= 1
            is_last = self._users == 0
        if is_last:
            self.area.__exit__(*failure)

    def plan(self, colors: Mapping[str, int | None]) -> None:
        """Say which builds there are, with the colour of each; they are being prepared."""
        with self._lock:
            self._began = self._clock()
            self._color = any(colors.values())
            self._started = False
            self._builds = {
                name: Build(name, color, PREPARING, self._began) for name, color in colors.items()
            }

    def start(self, name: str, step: str) -> None:
        """Note that a build begins with a step, from which on its time counts.

        Builds start when all are prepared: with the first one, the others wait for their turn.
        """
        with self._lock:
            if not self._started:
                self._started = True
                for waiting in self._builds.values():
                    waiting.step = ""
            if build := self._builds.get(name):
                build.step, build.since, build.said = step, self._clock(), ""

    def step(self, name: str, step: str) -> None:
        """Note that a build has come to another step."""
        with self._lock:
            if build := self._builds.get(name):
                build.step, build.said = step, ""

    def said(self, name: str, message: str) -> None:
        """Note what a build has put out."""
        with self._lock:
            if build := self._builds.get(name):
                build.said = message

    def end(self, name: str, how: str) -> None:
        """Note that a build has ended; ``how`` is one of `live_lines.ENDS`."""
        with self._lock:
            if build := self._builds.get(name):
                build.end = how

    def bar(self, build: str, label: str, total: int, current: int = 0) -> Bar:
        """Make a bar; it is shown while its context is open, in the line of a build or alone."""
        return Bar(self, build, Transfer(label, total, current))

    def summary(self) -> str:
        """How all builds ended, in a line; empty if there was but one."""
        with self._lock:
            builds = list(self._builds.values())
            return summary(builds, self._clock() - self._began) if len(builds) > 1 else ""

    def add(self, name: str, transfer: Transfer) -> None:
        """Show a transfer."""
        with self._lock:
            self._transfers_of(name).append(transfer)

    def remove(self, name: str, transfer: Transfer) -> None:
        """Show it no longer."""
        with self._lock:
            self._transfers_of(name).remove(transfer)

    def _transfers_of(self, name: str) -> list[Transfer]:
        build = self._builds.get(name)
        return self._transfers if build is None else build.transfers

    def _lines(self, columns: int, rows: int) -> list[str]:
        shape = Shape(columns, rows, self._encoding, self._color)
        cancelling = self._cancelled()
        now = self._clock()
        builds = list(self._builds.values())
        return live_lines(
            builds, self._transfers, shape, now, mask=self._mask, cancelling=cancelling
        )


class Bar:
    """One transfer. Safe from several threads."""

    def __init__(self, live: Live, build: str, transfer: Transfer) -> None:
        self._live = live
        self._build = build
        self._transfer = transfer

    def add(self, count: int) -> None:
        """Note that ``count`` more bytes have passed."""
        self._transfer.current += count

    def __enter__(self) -> Self:
        self._live.__enter__()
        self._live.add(self._build, self._transfer)
        return self

    def __exit__(self, *failure: object) -> None:
        self._live.remove(self._build, self._transfer)
        self._live.__exit__()
