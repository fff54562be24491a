"""Text onto a stream that may be narrow, slow or gone: whole lines, and never an exception.

What builds print comes from other machines in whatever bytes they like (as lone surrogates, see
PEP 383), and goes to terminals that may know ASCII only, to pipes that were closed (`packer … |
head`), to pipes that do not block (some CI systems) and into files on full disks. A build must not
fail for any of these: it may be the work of hours, and what it makes is not what it prints.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

_GONE = frozenset({errno.EPIPE, errno.EINVAL, errno.EBADF, errno.EIO, errno.ESHUTDOWN})


class Output:
    """A text stream that is written to until nobody reads it any more.

    Not locked: whoever shares one between threads brings the lock.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._gone = False
        self.is_incomplete = False
        """Whether something was lost that somebody wanted to have."""

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees what is written."""
        try:
            return self._stream.isatty()
        except ValueError:  # closed
            return False

    @property
    def interactive(self) -> bool:
        """Whether a person sees it on a terminal that understands ANSI."""
        return self.is_terminal and os.environ.get("TERM", "") != "dumb"

    @property
    def is_addressable(self) -> bool:
        """Whether the cursor can be moved on it, as far as anybody has said."""
        return self.interactive and (os.name == "nt" or bool(os.environ.get("TERM")))

    @property
    def in_front(self) -> bool:
        """Whether the terminal is ours, and not that of whoever put us into the background."""
        if os.name != "posix":
            return True
        try:
            return os.tcgetpgrp(self._stream.fileno()) == os.getpgrp()
        except (OSError, ValueError):
            return True  # no terminal, or not the one that controls us

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the terminal, now."""
        try:
            columns, rows = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            columns, rows = 0, 0
        if columns > 0 and rows > 0:
            return columns, rows
        import shutil  # noqa: PLC0415 - what it looks at first does not notice a resize

        columns, rows = shutil.get_terminal_size()
        return columns, rows

    @property
    def encoding(self) -> str:
        """What to write in: ``utf-8`` only if the locale says so, too.

        Python writes UTF-8 in the locale C, where the terminal may be anything.
        """
        encoding = (self._stream.encoding or "utf-8").lower().replace("_", "-")
        if encoding not in ("utf-8", "utf8") or os.name == "nt":
            return encoding
        names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG"))
        locale = next(filter(None, names), "")
        return "utf-8" if "utf8" in locale.lower().replace("-", "") else "ascii"

    def write(self, text: str) -> None:
        """Write and flush; nothing happens once the reader is gone."""
        if self._gone:
            return
        try:
            self._write(text)
        except OSError as error:
            if error.errno in _GONE:
                self._gone = True
            else:
                self._complain(error)
        except ValueError:  # closed under us, as at the end of an interpreter
            self._gone = True

    def _complain(self, error: OSError) -> None:
        """Say once, where it may still be read, that output is lost; later lines may get out."""
        if not self.is_incomplete:
            self.is_incomplete = True
            from contextlib import suppress  # noqa: PLC0415 - hardly ever needed

            with suppress(OSError, ValueError):
                sys.stderr.write(f"output is lost: {error.strerror}; the work goes on\n")

    def _write(self, text: str) -> None:
        binary = getattr(self._stream, "buffer", None)
        if binary is None:
            self._stream.write(text)
            self._stream.flush()
            return
        data = memoryview(encode(text, self._stream.encoding or "utf-8"))
        while data:
            try:
                data = data[binary.write(data) :]
            except BlockingIOError as error:
                data = data[error.characters_written :]
                self._wait()
        self._flush()

    def _flush(self) -> None:
        while True:
            try:
                return self._stream.flush()
            except BlockingIOError:
                self._wait()

    def _wait(self) -> None:
        import select  # noqa: PLC0415

        select.select([], [self._stream], [])


def encode(text: str, encoding: str) -> bytes:
    r"""Encode, giving undecodable bytes back as they came, and the rest as ``\\xe9`` if need be."""
    try:
        return text.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:
        return text.encode(encoding, "backslashreplace")
