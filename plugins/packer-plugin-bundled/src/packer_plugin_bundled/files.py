"""Files that are either whole or not there: written aside, then moved into place; and locks."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress

from packer_sdk import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from packer_sdk import CancelToken, Ui

_LOCK_POLL_S = 0.05
_LOCK_QUIET_S = 2.0


@contextmanager
def in_words(what: str, path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn an error of the operating system into one for the user.

    Raises:
        ComponentError: ``cannot WHAT: PATH: REASON``.
    """
    try:
        yield
    except OSError as error:
        raise ComponentError(
            f"cannot {what}: {error.filename or path}: {error.strerror or error}"
        ) from error


@contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Iterator[BinaryIO]:
    """Write a file aside and move it into place at the end; on any failure nothing has changed.

    Folders on the way are made. A link is followed, and something that is no regular file (a
    device, a pipe) is written directly.

    Args:
        path: Where the file shall be.
        mode: Its permission bits; None keeps those of the file that is there, or takes the
            usual ones.

    Raises:
        ComponentError: it cannot be written.
    """
    with in_words("write", path):
        target = path.resolve()
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(20, "is no folder", error.filename) from error
        if target.is_dir():
            raise IsADirectoryError(21, "is a folder", str(path))
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                yield file
            return
        with _aside(target, mode) as file:
            yield file


@contextmanager
def _aside(target: Path, mode: int | None) -> Iterator[BinaryIO]:
    aside = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        number = os.open(aside, flags, 0o666 if mode is None else mode)
    except OSError as error:
        error.filename = str(target)  # the other name means nothing to anybody
        raise
    try:
        with os.fdopen(number, "wb") as file:
            yield file
        final = _mode_of(target) if mode is None else mode
        if final is not None:
            aside.chmod(final)
        aside.replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            aside.unlink()
        raise


def _mode_of(path: Path) -> int | None:
    return path.stat().st_mode & 0o777 if path.exists() else None


@contextmanager
def locked(path: Path, ui: Ui, cancel: CancelToken) -> Iterator[None]:
    """Hold the lock that belongs to a file: ``PATH.lock``.

    The kernel holds the lock for this process and drops it when the process ends, however it
    ends: a lock file that was left behind does not stop anybody. Packer waits for 0.6 seconds and
    then writes all the same; here the wait lasts until the lock is free or the build is cancelled.

    Raises:
        ComponentError: the lock file cannot be made.
        Cancelled: the token went up while waiting.
    """
    lock = path.with_name(f"{path.name}.lock")
    with in_words("lock", lock):
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _lock(lock, ui, cancel)
    try:
        yield
    finally:
        # Removed while it is still held: who waits looks whether its file is the one that is
        # there, and starts over if not.
        with suppress(FileNotFoundError):
            lock.unlink()
        os.close(descriptor)


def _lock(lock: Path, ui: Ui, cancel: CancelToken) -> int:
    waited_s, is_told = 0.0, False
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        if _try_lock(descriptor, lock):
            return descriptor
        os.close(descriptor)
        if waited_s >= _LOCK_QUIET_S and not is_told:
            ui.say(f"Waiting for another build to release {lock}")
            is_told = True
        cancel.wait(_LOCK_POLL_S)
        cancel.check()
        waited_s += _LOCK_POLL_S


def _try_lock(descriptor: int, lock: Path) -> bool:
    import fcntl  # noqa: PLC0415 - only on the systems that run us

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(descriptor), lock.stat())
    except (BlockingIOError, FileNotFoundError):
        return False
