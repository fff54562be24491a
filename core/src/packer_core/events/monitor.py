"""The way of an event: from whoever sees something happen to whoever listens.

Engine and plugins are handed a `Monitor` and tell it what happened; what becomes of that is the
listeners' business. With nobody listening a `Monitor` costs a truth test.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import TYPE_CHECKING, Protocol

from packer_sdk.errors import Cancelled

from .model import CallFinished, CallStarted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from .model import Event

    Result = Literal["succeeded", "failed", "cancelled"]


class Listener(Protocol):
    """Whoever wants to know."""

    def notice(self, event: Event) -> None:
        """Take an event, in the thread it happened in. Never raises, and does not dawdle."""


class Monitor:
    """Tells listeners what happens. Safe from several threads.

    Args:
        listeners: All of them get every event, in this order.
    """

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners
        self._calls = itertools.count(1)

    @property
    def listens(self) -> bool:
        """Whether anybody does; if not, nothing needs to be found out for them."""
        return bool(self._listeners)

    def tell(self, event: Event) -> None:
        """Hand an event to every listener."""
        for listener in self._listeners:
            listener.notice(event)

    @contextlib.contextmanager
    def calling(self, build: str, kind: str, name: str, method: str) -> Iterator[None]:
        """Tell that a call begins, and, when the context ends, how it ended."""
        if not self._listeners:
            yield
            return
        number = next(self._calls)
        self.tell(CallStarted(build=build, kind=kind, name=name, method=method, call=number))
        started = time.monotonic()
        result: Result = "failed"
        text: str | None = None
        try:
            yield
            result = "succeeded"
        except BaseException as error:
            result = "cancelled" if isinstance(error, Cancelled) else "failed"
            text = str(error) or type(error).__name__
            raise
        finally:
            self.tell(
                CallFinished(
                    build=build,
                    kind=kind,
                    name=name,
                    method=method,
                    call=number,
                    result=result,
                    duration_s=round(time.monotonic() - started, 6),
                    error=text,
                )
            )


SILENT = Monitor()
"""Nobody listens."""
