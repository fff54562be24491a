"""The Ui of a person at a terminal: lines on stdout, errors too (CLI-005)."""

from __future__ import annotations

from _thread import RLock, allocate_lock  # as in secrets.py

from .output import Output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import TextIO

    from packer_core.logs import Journal
    from packer_sdk.interfaces import Progress

    from .live import Live
    from .secrets import SecretFilter


class TerminalUi:
    """Writes whole lines from any thread.

    Args:
        stream: Where to, usually stdout.
        secrets: Masks what is written.
        journal: Gets what was shown, and the records for programs (UI-006).
        cancelled: Looked at while a question waits; true ends it.
        wants_live: Whether the view below the output is wanted, where a terminal can show it.
    """

    def __init__(
        self,
        stream: TextIO,
        secrets: SecretFilter,
        *,
        journal: Journal | None = None,
        cancelled: Callable[[], bool] | None = None,
        wants_live: Callable[[], bool] = lambda: True,
    ) -> None:
        self._output = Output(stream)
        self._secrets = secrets
        self._journal = journal
        self._cancelled = cancelled
        self._lock = RLock()
        self._questions = allocate_lock()
        self._is_over = False
        self._live: Live | None = None
        self._wants_live = wants_live

    @property
    def is_incomplete(self) -> bool:
        """Whether output was lost that somebody wanted to have: the disk below it is full."""
        return self._output.is_incomplete

    def say(self, message: str) -> None:
        """Show a line, or several."""
        message = self._secrets.apply(message)
        self._write(f"{message}\n")
        if self._journal:
            self._journal.shown(message)

    def error(self, message: str) -> None:
        """Show a line that tells of a failure, on the same stream."""
        self.say(message)

    def ask(self, query: str) -> str:
        """Put a question and wait for a line of answer, one question at a time.

        Raises:
            PackerError: there is no terminal, or we are in its background (CLI-013).
            Cancelled: somebody asked to stop while the answer was awaited.
        """
        from .answers import read_answer  # noqa: PLC0415

        with self._questions:
            return read_answer(
                self._secrets.apply(query),
                self._asked,
                self._gives_up,
                # Whoever has sent the output into a file must still see what is asked.
                also_there=not self._output.is_terminal,
            )

    def machine(self, category: str, *values: str) -> None:
        """Leave a record for programs to the log."""
        if self._journal:
            self._journal.record(category, *map(self._secrets.apply, values))

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        """Show a bar on a terminal, nothing elsewhere."""
        from .progress import NO_PROGRESS  # noqa: PLC0415

        live = self.live
        return live.bar("", label, total, current) if live else NO_PROGRESS

    @property
    def live(self) -> Live | None:
        """The view below the output; None where there is none."""
        if not self._output.is_addressable or not self._wants_live():
            return None
        from .live import Live  # noqa: PLC0415

        with self._lock:
            if self._live is None:
                self._live = Live(
                    self._output, self._lock, mask=self._secrets.apply, cancelled=self._cancelled
                )
            return self._live

    def end_questions(self) -> None:
        """Give up what is being asked: whoever wanted to know is no more."""
        self._is_over = True
        with self._questions:
            pass  # it has been taken away now

    def _gives_up(self) -> bool:
        return self._is_over or (self._cancelled is not None and self._cancelled())

    def _write(self, text: str) -> None:
        with self._lock:
            (self._live.area if self._live else self._output).write(text)

    def _asked(self, text: str) -> AbstractContextManager[None]:
        """Show a question for as long as the context is open."""
        from .area import Area  # noqa: PLC0415

        area = self.live.area if self.live else Area(self._output, self._lock, lambda *_: [])
        return area.question(text)
