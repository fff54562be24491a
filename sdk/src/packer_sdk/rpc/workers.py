"""Threads for the calls of one stream: as many as are needed at once, used again and again.

Calls nest (run → hook → provision → upload), so nobody may ever wait for a thread: a call gets one
that is idle, or a new one. Starting a thread takes longer than all the rest of a short call, so a
few that have done their work stay, until the stream ends.
"""

from __future__ import annotations

import contextvars
import queue
import threading

from packer_sdk.threads import spawn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MOST_IDLE = 4
"""Threads that wait for further calls; more go when their call has ended."""


class Workers:
    """Runs calls, each in a thread that no other call has at the time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._idle = 0
        self._ended = False

    def run(self, role: str, call: Callable[..., object], *arguments: object) -> None:
        """Have a thread called ``packer:ROLE`` run ``call(*arguments)`` at once.

        It sees the context variables of the caller, and what it sets is gone with it.

        Raises:
            PackerError: a thread is needed, and the system gives none.
        """
        context = contextvars.copy_context()

        def named() -> None:
            threading.current_thread().name = f"packer:{role}"
            context.run(call, *arguments)

        with self._lock:
            is_idle = self._idle > 0
            self._idle -= is_idle
        if is_idle:
            self._calls.put(named)
        else:
            spawn(role, self._work, named)

    def end(self) -> None:
        """Let the idle threads go, and every other one after its call."""
        with self._lock:
            self._ended = True
            idle, self._idle = self._idle, 0
        for _ in range(idle):
            self._calls.put(None)

    def _work(self, call: Callable[[], object] | None) -> None:
        while call:
            call()
            del call  # an idle thread keeps nothing of its last call alive
            if not self._become_idle():
                return
            call = self._calls.get()

    def _become_idle(self) -> bool:
        with self._lock:
            if self._ended or self._idle >= MOST_IDLE:
                return False
            self._idle += 1
        threading.current_thread().name = "packer:rpc-idle"
        return True
