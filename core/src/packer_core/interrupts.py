"""SIGINT, SIGTERM and SIGHUP while a build runs (CLI-011).

The first one asks every build to stop and to clean up. HashiCorp's Packer swallows all that
follow, so that a clean-up that hangs can only be killed from outside; here the second one stops
waiting. A terminal that is closed (SIGHUP) counts as a first one, never as a second: the kernel and
the shell both send it, and nobody meant it twice. Under ``nohup`` it is ignored, as it should be.

Python runs a handler in the main thread, in the middle of whatever that does, and **not at all**
while that waits for a lock: a signal that comes right before the wait is heard after it, which may
be never. So the handlers here do nothing. The number of the signal goes through a pipe, written in
C the moment it arrives, to a thread that waits for nothing else.
"""

from __future__ import annotations

import contextlib
import os
import signal
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError
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

TOLD_S = 1.0
"""How long a cancel waits for the message about it: nobody may read what is shown just then."""


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
        reader, self._pipe = os.pipe()
        os.set_blocking(self._pipe, False)  # asked for by set_wakeup_fd
        self._listener = spawn("signals", self._listen, reader)
        self._pipe_before = signal.set_wakeup_fd(self._pipe, warn_on_full_buffer=False)
        for number in _NAMES:
            if number != _HANGUP or signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, _leave_it_to_the_pipe)
        return self

    def __exit__(self, *failure: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._pipe_before)
        os.close(self._pipe)
        self._listener.join()

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

    def _listen(self, reader: int) -> None:
        with os.fdopen(reader, "rb", buffering=0) as pipe:
            while received := pipe.read(1):
                if received[0] in self._before:
                    self._receive(signal.Signals(received[0]))

    def _receive(self, which: signal.Signals) -> None:
        if which == _HANGUP and self._count:
            return
        self._count += 1
        name = _NAMES[which]
        if self._count == 1:
            self._tell(which, f"Cancelling {self._work} after receiving {name}")
            self._cancel.cancel()
        elif self._count == 2:
            self._tell(which, f"Received {name} again: stopping without waiting for the clean-up")
            self._cancel.cancel()
            self._abort.cancel()

    def _tell(self, which: signal.Signals, text: str) -> None:
        self._monitor.tell(Interrupted(signal=which.name, count=self._count))
        with contextlib.suppress(PackerError):  # without a thread to be had it is not told
            spawn("interrupt", self._ui.error, text).join(TOLD_S)


def _leave_it_to_the_pipe(number: int, frame: FrameType | None) -> None:
    """Be a handler: without one in Python, nothing would be written into the pipe."""
