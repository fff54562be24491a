"""The only place where a thread is made, and the clock of everything that waits.

A thread here is always a daemon (a stuck author must not keep a process alive), is named after
its role (``packer:ROLE``, readable in any debugger) and carries the context variables of the
thread that made it, so that a log line knows the job it belongs to.
"""

from __future__ import annotations

import contextvars
import logging
import threading
import time

from .errors import PackerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)


def spawn(role: str, target: Callable[..., object], *arguments: object) -> threading.Thread:
    """Run ``target(*arguments)`` in a new daemon thread named ``packer:ROLE``.

    An exception that escapes the target is a bug: it is logged with its traceback, and the
    thread ends.

    Raises:
        PackerError: the system gives no further thread.
    """
    context = contextvars.copy_context()

    def run() -> None:
        try:
            context.run(target, *arguments)
        except Exception:  # the last frame of a thread: there is nobody left to tell
            logger.exception("thread packer:%s failed", role)

    thread = threading.Thread(target=run, name=f"packer:{role}", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        raise PackerError(
            f"the system gives no further thread: {threading.active_count()} are running",
            hint="raise `ulimit -u`, or the limit of memory, or build fewer at once "
            "with -parallel-builds and -only",
            reference="no-thread",
        ) from error
    return thread


class Deadline:
    """One point in time that several waits in a row share.

    Args:
        seconds: From now; None never passes.
    """

    def __init__(self, seconds: float | None) -> None:
        self._at = None if seconds is None else time.monotonic() + seconds

    def left(self) -> float | None:
        """Seconds to go, never negative; None if there is no end."""
        return None if self._at is None else max(0.0, self._at - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether the point in time is over."""
        return self._at is not None and time.monotonic() >= self._at
