"""SIGINT, SIGTERM and SIGHUP while a build runs (CLI-011).

The first one asks every build to stop and to clean up. HashiCorp's Packer swallows all that
follow, so that a clean-up that hangs can only be killed from outside; here the second one stops
waiting. A terminal that is closed (SIGHUP) counts as a first one, never as a second: the kernel and
the shell both send it, and nobody meant it twice. Under ``nohup`` it is ignored, as it should be.

A handler runs in the middle of whatever the main thread does, with its locks held, so it
does nothing but start a thread.
"""

from __future__ import annotations

import contextlib
import signal
from typing import TYPE_CHECKING

from packer_sdk.threads import spawn

from .events.model import Interrupted
from .events.monitor import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any, Self

    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Ui

    from .events.monitor import Monitor

_NAMES = {signal.SIGINT: "interrupt", signal.SIGTERM: "terminated"}
_HANGUP = getattr(signal, "SIGHUP", None)  # not on Windows
if _HANGUP:
    _NAMES[_HANGUP] = "hangup"


class Interrupts:
    """Takes the signals over while its context is open. For the main thread only.

    Args:
        ui: Told about each signal.
        cancel: Goes up with the first.
        abort: Goes up with the second.
        work: What is being cancelled, for the message.
        monitor: Told as well.
    """

    def __init__(
        self,
        ui: Ui,
        cancel: CancelToken,
        abort: CancelToken,
        work: str,
        monitor: Monitor = SILENT,
    ) -> None:
        self._ui = ui
        self._work = work
        self._cancel = cancel
        self._abort = abort
        self._monitor = monitor
        self._count = 0
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        for number in _NAMES:
            if number != _HANGUP or signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._received)
        return self

    def __exit__(self, *failure: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """While this context is open, the first signal is as good as the second.

        For what leaves nothing to clean up, such as asking plugins about their configuration:
        there is no call that would cancel it.
        """
        take_back = self._cancel.on_cancel(self._abort.cancel)
        try:
            yield
        finally:
            take_back()

    def _received(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if number == _HANGUP and self._count:
            return
        self._count += 1
        which = signal.Signals(number)
        if self._count == 1:
            spawn("interrupt", self._first, which)
        elif self._count == 2:
            spawn("interrupt", self._second, which)

    def _first(self, which: signal.Signals) -> None:
        name = _NAMES[which]
        self._monitor.tell(Interrupted(signal=which.name, count=1))
        self._ui.error(f"Cancelling {self._work} after receiving {name}")
        self._cancel.cancel()

    def _second(self, which: signal.Signals) -> None:
        name = _NAMES[which]
        self._monitor.tell(Interrupted(signal=which.name, count=2))
        self._ui.error(f"Received {name} again: stopping without waiting for the clean-up")
        self._cancel.cancel()
        self._abort.cancel()
