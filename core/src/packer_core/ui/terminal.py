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

    from .progress import StatusLine
    from .secrets import SecretFilter


class TerminalUi:
    """Writes whole lines from any thread.

    Args:
        stream: Where to, usually stdout.
        secrets: Masks what is written.
        journal: Gets what was shown, and the records for programs (UI-006).
        cancelled: Looked at while a question waits; true ends it.
    """

    def __init__(
        self,
        stream: TextIO,
        secrets: SecretFilter,
        *,
        journal: Journal | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> None:
        self._output = Output(stream)
        self._secrets = secrets
        self._journal = journal
        self._cancelled = cancelled
        self._lock = RLock()
        self._questions = allocate_lock()
        self._status: StatusLine | None = None

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
            return read_answer(self._secrets.apply(query), self._write, self._cancelled)

    def machine(self, category: str, *values: str) -> None:
        """Leave a record for programs to the log."""
        if self._journal:
            self._journal.record(category, *map(self._secrets.apply, values))

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        """Show a bar on a terminal, nothing elsewhere."""
        from .progress import NO_PROGRESS  # noqa: PLC0415

        if not self._output.interactive:
            return NO_PROGRESS
        return self._status_line().bar(self._secrets.apply(label), total, current)

    def _write(self, text: str) -> None:
        with self._lock:
            if self._status:
                self._status.hide()
            self._output.write(text)
            if self._status and text.endswith("\n"):
                self._status.show()

    def _status_line(self) -> StatusLine:
        import shutil  # noqa: PLC0415

        from .progress import StatusLine  # noqa: PLC0415

        with self._lock:
            if self._status is None:
                self._status = StatusLine(
                    self._output.write,
                    self._lock,
                    columns=lambda: shutil.get_terminal_size().columns,
                )
            return self._status
