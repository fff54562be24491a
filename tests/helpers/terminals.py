"""A program on a terminal that is emulated, so that a test sees what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from typing import TYPE_CHECKING

import pyte
import pyte.modes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Self

PATIENCE_S = 60


class Terminal:
    """A terminal and the program on it. A context manager, whose end kills the program.

    Args:
        argv: What to start.
        folder: Its working folder.
        environ: Its environment.
        columns: Width.
        rows: Height.

    Attributes:
        written: All bytes that were written onto it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        *,
        columns: int = 80,
        rows: int = 24,
    ) -> None:
        self.written = b""
        self._screen = pyte.HistoryScreen(columns, rows, history=100_000)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self._descriptor = pty.fork()
        if self.pid == 0:
            # The size is set before the program can ask for it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(folder)
            os.execve(argv[0], list(argv), dict(environ))
        self._status: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._descriptor)

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, without trailing blanks."""
        return [line.rstrip() for line in self._screen.display]

    @property
    def transcript(self) -> list[str]:
        """The same, with what has scrolled away in front."""
        above = [
            "".join(row[column].data for column in range(self._screen.columns)).rstrip()
            for row in self._screen.history.top
        ]
        return above + self.lines

    @property
    def text(self) -> str:
        """The screen, trailing empty lines left out."""
        return "\n".join(self.lines).rstrip("\n")

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row, from 0."""
        return self._screen.cursor.x, self._screen.cursor.y

    @property
    def is_as_before(self) -> bool:
        """Whether cursor and modes are those of a new terminal."""
        modes = {pyte.modes.DECAWM, pyte.modes.DECTCEM}
        return modes <= self._screen.mode and not self._screen.cursor.hidden

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._descriptor, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """As when somebody draws at the window."""
        self._screen.resize(rows, columns)
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self._descriptor, termios.TIOCSWINSZ, size)

    def until(self, condition: Callable[[], bool]) -> None:
        """Take what is written until the screen is as wanted."""
        give_up = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < give_up, f"waited in vain:\n{self.text}"
            if not self._take():
                assert condition(), f"ended too early:\n{self.text}"

    def shows(self, text: str) -> None:
        """Wait until a text stands on the screen."""
        self.until(lambda: text in self.text)

    def ends(self) -> int:
        """Wait for the end of the program and return its exit status."""
        give_up = time.monotonic() + PATIENCE_S
        while self._take():
            assert time.monotonic() < give_up, f"does not end:\n{self.text}"
        self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self._status

    def _take(self) -> bool:
        """Show what was written meanwhile; says whether the program is still there."""
        if not select.select([self._descriptor], [], [], 0.1)[0]:
            return True
        try:
            data = os.read(self._descriptor, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)
