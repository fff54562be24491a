"""A Ui that tells the monitor what the user is shown, before it is decorated."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from packer_core.events.model import OutputLine, ProgressMoved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from packer_core.events.monitor import Monitor
    from packer_sdk.interfaces import Progress, Ui

PROGRESS_EVERY_S = 1.0


class NotedUi:
    """Hands everything on, and tells of it.

    Args:
        ui: Shows it.
        monitor: Told.
        build: Name of the build that speaks, None for packer itself.
        post_processor: Type of the post-processor that speaks.
    """

    def __init__(
        self,
        ui: Ui,
        monitor: Monitor,
        build: str | None = None,
        post_processor: str | None = None,
    ) -> None:
        self._ui = ui
        self._monitor = monitor
        self._build = build
        self._post_processor = post_processor

    def say(self, message: str) -> None:
        """Show a line, or several."""
        self._tell("say", message)
        self._ui.say(message)

    def error(self, message: str) -> None:
        """Show a line that tells of a failure."""
        self._tell("error", message)
        self._ui.error(message)

    def ask(self, query: str) -> str:
        """Put a question; the answer is nobody's business."""
        self._tell("ask", query)
        return self._ui.ask(query)

    def machine(self, category: str, *values: str) -> None:
        """Emit a record, which is for those who read the output."""
        self._ui.machine(category, *values)

    @contextmanager
    def progress(self, label: str, *, total: int, current: int = 0) -> Iterator[Progress]:
        """Show a bar, and tell now and again how far it is."""
        with self._ui.progress(label, total=total, current=current) as bar:
            noted = _NotedProgress(
                bar, current, lambda count, done: self._tell_progress(label, total, count, done)
            )
            try:
                yield noted
            finally:
                noted.finish()

    def _tell(self, stream: Literal["say", "error", "ask"], text: str) -> None:
        self._monitor.tell(
            OutputLine(
                build=self._build, post_processor=self._post_processor, stream=stream, text=text
            )
        )

    def _tell_progress(self, label: str, total: int, current: int, done: bool) -> None:
        self._monitor.tell(
            ProgressMoved(
                build=self._build,
                label=label,
                current_bytes=current,
                total_bytes=total,
                done=done,
            )
        )


class _NotedProgress:
    """One bar. Safe from several threads."""

    def __init__(self, bar: Progress, current: int, tell: Callable[[int, bool], None]) -> None:
        self._bar = bar
        self._current = current
        self._tell = tell
        self._lock = threading.Lock()
        self._next = time.monotonic() + PROGRESS_EVERY_S
        tell(current, False)

    def add(self, count: int) -> None:
        """Note that ``count`` more bytes have passed."""
        self._bar.add(count)
        with self._lock:
            self._current += count
            due = time.monotonic() >= self._next
            if due:
                self._next = time.monotonic() + PROGRESS_EVERY_S
        if due:
            self._tell(self._current, False)

    def finish(self) -> None:
        """Tell the last word."""
        self._tell(self._current, True)


def noted(ui: Ui, monitor: Monitor) -> Ui:
    """The Ui of packer itself, told of if somebody listens."""
    return NotedUi(ui, monitor) if monitor.listens else ui
