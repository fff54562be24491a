"""Output for programs: one record a line, ``time,target,type,data…`` (UI-004, UI-005)."""

from __future__ import annotations

import time
from _thread import allocate_lock  # as in secrets.py

from .output import Output
from .progress import NO_PROGRESS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TextIO

    from packer_core.logs import Journal
    from packer_sdk.interfaces import Progress

    from .secrets import SecretFilter


class MachineUi:
    """Writes everything as records; nobody is there to answer questions.

    Args:
        stream: Where to, usually stdout.
        secrets: Masks what is written.
        journal: Gets what a person would have seen, for the log.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        stream: TextIO,
        secrets: SecretFilter,
        *,
        journal: Journal | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._output = Output(stream)
        self._secrets = secrets
        self._journal = journal
        self._clock = clock
        self._lock = allocate_lock()

    @property
    def is_incomplete(self) -> bool:
        """Whether output was lost that somebody wanted to have: the disk below it is full."""
        return self._output.is_incomplete

    def say(self, message: str) -> None:
        """Write a ``ui,say`` record."""
        self._tell("say", message)

    def error(self, message: str) -> None:
        """Write a ``ui,error`` record."""
        self._tell("error", message)

    def ask(self, query: str) -> str:
        """Refuse.

        Raises:
            PackerError: always; a program reads along, and it cannot answer.
        """
        from packer_sdk.errors import PackerError  # noqa: PLC0415

        raise PackerError(
            f"cannot ask while the output is machine-readable: {query}",
            hint="run again without -machine-readable",
            reference="cannot-ask",
        )

    def machine(self, category: str, *values: str) -> None:
        """Write a record; ``TARGET,CATEGORY`` as category says what it belongs to."""
        masked = [self._secrets.apply(value) for value in values]
        line = record(int(self._clock()), category, *masked)
        with self._lock:
            self._output.write(line)

    def progress(
        self,
        label: str,  # noqa: ARG002
        *,
        total: int,  # noqa: ARG002
        current: int = 0,  # noqa: ARG002
    ) -> AbstractContextManager[Progress]:
        """Show nothing."""
        return NO_PROGRESS

    live = None
    """There is no live view."""

    def end_questions(self) -> None:
        """Do nothing: there are none."""

    def _tell(self, how: str, message: str) -> None:
        self.machine("ui", how, message)
        if self._journal:
            self._journal.shown(self._secrets.apply(message))


def record(timestamp: int, category: str, *values: str) -> str:
    """Format one line, its end included.

    A target holds no comma (`escape` it first), so the last one parts it from the category.
    """
    target, _, kind = category.rpartition(",")
    return ",".join([str(timestamp), target, kind, *map(escape, values)]) + "\n"


def escape(value: str) -> str:
    """Make a value fit between commas on one line. Backslashes stay, so it cannot be undone."""
    value = value.replace(",", "%!(PACKER_COMMA)")
    return value.replace("\r", "\\r").replace("\n", "\\n")
