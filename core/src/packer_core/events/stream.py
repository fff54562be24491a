"""Events as lines of JSON, each written at once and whole.

A line is the event's fields behind an envelope: version of the form, number, time, seconds since
the start of the run, the run's id, type. Texts are masked one by one before they become JSON: a
secret that looks like a number or a quotation mark must not be cut out of the syntax.
"""

from __future__ import annotations

import json
import re
import time
from _thread import allocate_lock
from typing import TYPE_CHECKING

from .model import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .files import EventFile
    from .model import Event

_SURROGATES = re.compile("[\ud800-\udfff]")


class EventStream:
    """Writes events, in the order of their numbers. Safe from several threads.

    Args:
        run: Id of the run.
        files: Each gets every line.
        mask: Takes what is secret out of a text.
        now: Seconds since the epoch.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        run: str,
        files: Sequence[EventFile],
        mask: Callable[[str], str],
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._files = tuple(files)
        self._mask = mask
        self._now = now
        self._clock = clock
        self._started = clock()
        self._number = 0
        self._lock = allocate_lock()

    @property
    def age_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

    def notice(self, event: Event) -> None:
        """Write an event."""
        details = self._details(event)
        with self._lock:
            # Numbers, times and lines are in one order only if one thread at a time makes them.
            self._number += 1
            line = encoded({**self._envelope(event.type), **details})
            for file in self._files:
                file.write(event.type, line)
        for file in self._files:
            file.warn()

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            for file in self._files:
                file.close()

    def _envelope(self, kind: str) -> dict[str, object]:
        return {
            "schema": SCHEMA,
            "seq": self._number,
            "time": rfc3339(self._now()),
            "offset_s": round(self._clock() - self._started, 6),
            "run": self._run,
            "type": kind,
        }

    def _details(self, event: Event) -> dict[str, object]:
        return {name: self._masked(getattr(event, name)) for name in event.written}

    def _masked(self, value: object) -> object:
        if isinstance(value, str):
            return self._mask(value)
        if isinstance(value, tuple):
            return [self._masked(item) for item in value]
        return value


def encoded(record: dict[str, object]) -> bytes:
    """A line of JSON in UTF-8, its end included; what is no text becomes U+FFFD."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    try:
        return f"{text}\n".encode()
    except UnicodeEncodeError:  # bytes of other machines, kept as lone surrogates
        return _SURROGATES.sub("\ufffd", f"{text}\n").encode()


def rfc3339(seconds: float) -> str:
    """A time in UTC with microseconds: ``2013-06-10T21:44:43.000125Z``."""
    whole, micro = divmod(round(seconds * 1_000_000), 1_000_000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{micro:06d}Z"
