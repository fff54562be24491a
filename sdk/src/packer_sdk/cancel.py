"""Asking running work to stop: what Go calls a context, as far as Python needs it."""

from __future__ import annotations

import logging
import threading

from .errors import Cancelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


class CancelToken:
    """A flag that goes up once and stays up; work looks at it, waits on it or is called by it.

    Safe to use from any number of threads. A token made with a parent goes up with the parent.
    """

    def __init__(self, parent: CancelToken | None = None) -> None:
        self._flag = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._release = parent.on_cancel(self.cancel) if parent else None

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._flag.is_set()

    def check(self) -> None:
        """Go on, or stop here.

        Raises:
            Cancelled: if somebody asked to stop.
        """
        if self._flag.is_set():
            raise Cancelled

    def wait(self, timeout: float | None = None) -> bool:
        """Sleep for at most ``timeout`` seconds (for ever without one); true once cancelled."""
        return self._flag.wait(timeout)

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back once when cancelled, at once if that has happened already.

        The callback runs in the thread that cancels and must not block.

        Returns:
            A function that takes the callback back; harmless when it has run.
        """
        with self._lock:
            if not self._flag.is_set():
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def cancel(self) -> None:
        """Ask to stop. Only the first call does anything."""
        with self._lock:
            if self._flag.is_set():
                return
            self._flag.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception:  # one bad callback must not keep the others from stopping
                logger.exception("a callback of a cancelled token failed")

    def close(self) -> None:
        """Detach from the parent, so that a long-lived parent does not keep this token alive."""
        if self._release:
            self._release()

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)
