"""From a stream of bytes to lines a person can read.

What programs print is not tidy: a progress bar rewrites its line with carriage returns, the last
line has no end, and some of it is no text at all. Nothing of that may stop a build.
"""

from __future__ import annotations

import codecs
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

# A line longer than this is shown in pieces, so that a stream without ends cannot eat memory.
_LINE_MAX = 64 * 1024
# Lines that are shown together: enough to make the way to core worth it, and read at a glance.
_TOGETHER_MAX = 32 * 1024


class LineWriter:
    """A binary file to write to; every complete line goes to ``show``, without its end.

    Of a line that was rewritten with carriage returns only the last version is shown; bytes that
    are no UTF-8 become replacement characters. Safe to write to from several threads.

    Args:
        show: Called with every line, in order.
        together: Lines that arrive in one piece are shown in one call, parted by line feeds. For
            a Ui: each call there is a way to core and back, and a program that prints thousands of
            lines a second would wait for every one of them.
    """

    def __init__(self, show: Callable[[str], None], *, together: bool = False) -> None:
        self._show = show
        self._together = together
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._partial = ""
        self._lock = threading.Lock()

    def write(self, data: bytes) -> int:
        """Take bytes, cut anywhere."""
        with self._lock:
            self._take(self._decoder.decode(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: half a line stays until the other half comes, or the end."""

    def close(self) -> None:
        """Show what is left of the last line. Writing may start anew afterwards."""
        with self._lock:
            self._take(self._decoder.decode(b"", final=True))
            self._decoder.reset()
            left, self._partial = self._partial, ""
            if left:
                self._show(_last_version(left))

    def as_file(self) -> BinaryIO:
        """Return this object, for those who declare a binary file and only write to it."""
        return self  # type: ignore[return-value]  # write, flush and close are all they use

    def _take(self, text: str) -> None:
        # The lock is held while showing: only so do lines of two writers keep their order.
        *lines, self._partial = (self._partial + text).split("\n")
        self._show_all([_last_version(line) for line in lines])
        while len(self._partial) > _LINE_MAX:
            piece, self._partial = self._partial[:_LINE_MAX], self._partial[_LINE_MAX:]
            self._show(_last_version(piece))

    def _show_all(self, lines: list[str]) -> None:
        if not self._together:
            for line in lines:
                self._show(line)
            return
        while lines:
            count, size = 0, 0
            while count < len(lines) and (count == 0 or size + len(lines[count]) < _TOGETHER_MAX):
                size += len(lines[count]) + 1
                count += 1
            self._show("\n".join(lines[:count]))
            del lines[:count]


def _last_version(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]
