"""Work side by side: at most so many at once, a thread for each, results in order."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


class Crew:
    """Runs functions in threads named after ``role``.

    Args:
        role: What the threads do, for their names.
        limit: How many at once; None for no limit.
    """

    def __init__(self, role: str, limit: int | None) -> None:
        self._role = role
        self._slots = threading.Semaphore(limit) if limit else None

    def submit(
        self, function: Callable[P, T], *arguments: P.args, **options: P.kwargs
    ) -> Future[T]:
        """Wait for a free place, then start; the future holds the result or what was raised."""
        if self._slots:
            self._slots.acquire()
        future: Future[T] = Future()

        def work() -> None:
            try:
                future.set_result(function(*arguments, **options))
            except BaseException as error:  # noqa: BLE001 - handed to whoever asks the future
                future.set_exception(error)
            finally:
                if self._slots:
                    self._slots.release()

        spawn(self._role, work)
        return future
