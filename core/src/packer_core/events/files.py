"""Where events are written: a path of the user's choice, and a folder that keeps the last runs.

A file that cannot be opened is an error before anything has started. One that cannot be written
to later (the disk is full, the reader of a pipe is gone) is given up with one warning: no build
fails for want of its events.

A kept file is bounded: once it holds ``MOST_BYTES``, output and progress are left out of it and
everything else is still written. The numbers of the events show the gap.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packer_sdk.errors import PackerError

from .model import OutputLine, ProgressMoved

if TYPE_CHECKING:
    from collections.abc import Callable

_locks: Any
try:
    import fcntl as _locks
except ImportError:  # Windows has none; there a run that goes on looks like one that was killed
    _locks = None

KEPT_RUNS = 20
MOST_BYTES = 8 * 1024 * 1024
"""Of a kept file; 20 of them stay below 200 MB even with long lists of errors."""

READER_PATIENCE_S = 10.0
"""How long a pipe may have no reader, or one that does not read, before it is given up."""

_ENDING = ".jsonl"
_BULKY = frozenset({OutputLine.type, ProgressMoved.type})


class EventFile:
    """One file, opened for writing. Not locked: the stream is.

    Args:
        descriptor: Is closed by :meth:`close`.
        path: What the user calls it.
        say: Gets the one warning.
        most_bytes: Size from which bulky events are left out; None for no limit.
    """

    def __init__(
        self,
        descriptor: int,
        path: str,
        say: Callable[[str], None],
        *,
        most_bytes: int | None = None,
    ) -> None:
        self._descriptor = descriptor
        self._path = path
        self._say = say
        self._most_bytes = most_bytes
        self._size_bytes = 0
        self._open = True
        self._warning: str | None = None

    def write(self, kind: str, line: bytes) -> None:
        """Write a line, all of it, now."""
        if not self._open:
            return
        if kind in _BULKY and self._is_full(len(line)):
            return
        self._size_bytes += len(line)
        try:
            self._write(memoryview(line))
        except OSError as error:
            self._warning = (
                f"Warning: events are no longer written to {self._path}: {error.strerror}."
                " The run goes on."
            )
            self.close()

    def warn(self) -> None:
        """Tell the user, once, that the file was given up; apart from `write`, which is locked."""
        warning, self._warning = self._warning, None
        if warning:
            self._say(warning)

    def close(self) -> None:
        """Let go of it. May be called again."""
        if self._open:
            self._open = False
            with contextlib.suppress(OSError):  # a network's last chance to tell of a full disk
                os.close(self._descriptor)

    def _is_full(self, more_bytes: int) -> bool:
        most = self._most_bytes
        return most is not None and self._size_bytes + more_bytes > most

    def _write(self, data: memoryview) -> None:
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                # A pipe that is full. Waiting for ever would let its reader stop the build.
                _, ready, _ = select.select([], [self._descriptor], [], READER_PATIENCE_S)
                if not ready:
                    raise OSError(errno.ETIMEDOUT, "nobody reads it") from None


def open_file(path: str, say: Callable[[str], None]) -> EventFile:
    """Open what the user has named: a file, which is emptied, or a named pipe.

    Raises:
        PackerError: it cannot be written, or is a pipe that nobody reads.
    """
    if path == "-":
        raise PackerError(
            "events cannot go to standard output, where the output of the build is",
            hint="name a file or a named pipe: -events=events.jsonl",
            reference="events-unwritable",
        )
    try:
        descriptor = _opened(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    return EventFile(descriptor, path, say)


def _opened(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NONBLOCK", 0)
    give_up = time.monotonic() + READER_PATIENCE_S
    while True:
        try:
            return os.open(path, flags, 0o666)
        except OSError as error:
            # A pipe without a reader; it may be about to come.
            if error.errno != errno.ENXIO or not _is_pipe(path) or time.monotonic() > give_up:
                raise
        time.sleep(0.02)


def _is_pipe(path: str) -> bool:
    return stat.S_ISFIFO(Path(path).stat().st_mode)


def _unwritable(path: str, error: OSError) -> PackerError:
    if error.errno == errno.ENXIO:
        return PackerError(
            f"events cannot be written: nobody reads the pipe: {path}",
            hint="start its reader first",
            reference="events-unwritable",
        )
    return PackerError(
        f"events cannot be written: {path}: {error.strerror}",
        hint="name a file in a folder that exists: -events=PATH or PACKER_EVENTS=PATH",
        reference="events-unwritable",
    )


# --- the runs that are kept


def open_kept(folder: Path, run: str, say: Callable[[str], None]) -> EventFile | None:
    """Open a new file among those of the last runs, and delete the oldest.

    Nobody has asked for it, so nobody is told if it cannot be: then there is none.
    """
    # Sorted by name they are in the order of their start.
    name = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime())}.{time.time_ns() % 10**9:09d}-{run}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    path = folder / f"{name}{_ENDING}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Masked or not, it is nobody else's business.
        descriptor = os.open(path, flags, 0o600)
    except OSError:
        return None
    _hold(descriptor)
    for old in kept_files(folder)[KEPT_RUNS:]:
        if not is_written(old):
            with contextlib.suppress(OSError):
                old.unlink()
    return EventFile(descriptor, str(path), say, most_bytes=MOST_BYTES)


def kept_files(folder: Path) -> list[Path]:
    """Files of the last runs, the newest first."""
    try:
        return sorted(folder.glob(f"*{_ENDING}"), reverse=True)
    except OSError:
        return []


def run_of(path: Path) -> str:
    """Id of the run that a kept file is of, by its name."""
    return path.name.removesuffix(_ENDING).partition("-")[2]


def is_written(path: Path) -> bool:
    """Whether a kept file is still being written, by a packer that runs."""
    if _locks is None:
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        _locks.flock(descriptor, _locks.LOCK_SH | _locks.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _hold(descriptor: int) -> None:
    # Released by the system however this process ends. Some network disks know no locks.
    if _locks is not None:
        with contextlib.suppress(OSError):
            _locks.flock(descriptor, _locks.LOCK_EX | _locks.LOCK_NB)
