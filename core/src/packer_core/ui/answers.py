"""Reading an answer from the person at the terminal, if there is one (CLI-013)."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from packer_sdk.errors import Cancelled, PackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

_LOOK_UP_S = 0.05

_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_TARGET = re.compile(r"^==> [^:]*: ", re.MULTILINE)


def read_answer(
    query: str,
    asked: Callable[[str], AbstractContextManager[None]],
    cancelled: Callable[[], bool] | None,
    *,
    also_there: bool = False,
) -> str:
    """Show a question and return the line that answers it, without its end.

    Args:
        query: The question.
        asked: Shows it while its context is open.
        cancelled: Looked at while the answer is awaited.
        also_there: Show it on the terminal that the answer comes from, too.

    Raises:
        PackerError: nobody can answer.
        Cancelled: somebody asked to stop first.
    """
    with _terminal(query) as descriptor, asked(f"{query} "):
        if also_there:
            with _shown(descriptor, query):
                return _read_line(descriptor, query, cancelled)
        return _read_line(descriptor, query, cancelled)


@contextmanager
def _terminal(query: str) -> Iterator[int]:
    """Stdin if it is a terminal, else the terminal that controls us."""
    if sys.stdin is not None and sys.stdin.isatty():
        yield _in_front(sys.stdin.fileno(), query)
        return
    try:
        descriptor = os.open("CONIN$" if os.name == "nt" else "/dev/tty", os.O_RDWR)
    except OSError as error:
        raise _nobody(query, "no terminal") from error
    try:
        yield _in_front(descriptor, query)
    finally:
        os.close(descriptor)


def _in_front(descriptor: int, query: str) -> int:
    """Refuse in the background: a job that reads from there is stopped by the kernel."""
    if not _is_in_front(descriptor):
        raise _nobody(query, "running in the background")
    return descriptor


def _is_in_front(descriptor: int) -> bool:
    return os.name != "posix" or os.tcgetpgrp(descriptor) == os.getpgrp()


@contextmanager
def _shown(descriptor: int, query: str) -> Iterator[None]:
    """Put the question onto the terminal itself."""
    with suppress(OSError):  # one that can only be read from
        os.write(descriptor, f"{query} ".encode("utf-8", "replace"))
    try:
        yield
    except BaseException:
        with suppress(OSError):
            os.write(descriptor, b"\n")  # nobody has pressed enter
        raise


def _read_line(descriptor: int, query: str, cancelled: Callable[[], bool] | None) -> str:
    line = b""
    try:
        while not line.endswith(b"\n"):
            _wait_for_input(descriptor, cancelled)
            data = os.read(descriptor, 1024)
            if not data:
                raise _nobody(query, "end of input")
            line += data
    except OSError as error:  # its window was closed
        raise _nobody(query, "the terminal is gone") from error
    return line.decode("utf-8", "surrogateescape").rstrip("\r\n")


def _wait_for_input(descriptor: int, cancelled: Callable[[], bool] | None) -> None:
    """Wait in small steps, because a thread that reads from a terminal cannot be woken."""
    if os.name == "nt":  # its select knows sockets only
        return
    import select  # noqa: PLC0415

    while not select.select([descriptor], [], [], _LOOK_UP_S)[0] or not _is_in_front(descriptor):
        if cancelled and cancelled():
            raise Cancelled
        if not _is_in_front(descriptor):
            time.sleep(_LOOK_UP_S)  # what is typed now is for somebody else


def _nobody(query: str, reason: str) -> PackerError:
    bare = _TARGET.sub("", _COLOR.sub("", query)).strip()
    return PackerError(
        f"cannot ask ({reason}): {bare}",
        hint="run packer in the foreground of a terminal",
        reference="cannot-ask",
    )
