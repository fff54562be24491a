"""Reading what the user pointed at: a file, a pipe or standard input, and never for ever.

A template may come through a pipe (``packer build <(make-template)``), so a pipe is read, but only
while something comes out of it. Devices are refused: ``/dev/zero`` has no end and a terminal no
hurry.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError
from packer_core.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

MOST_BYTES = 8 * 1024 * 1024
"""Size up to which a file is read. Large templates have some hundred kilobytes."""

SILENCE_S = 30.0
"""Seconds a pipe may stay silent."""

_CHUNK_BYTES = 65536
_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.EACCES: "reading it is not allowed",
    errno.EPERM: "reading it is not allowed",
    errno.ENOTDIR: "a part of the path is no folder",
    errno.ENAMETOOLONG: "the path is too long",
    errno.ELOOP: "its symbolic links go in a circle",
    errno.ENXIO: "it is a socket",
}


def read_file(path: Path, what: str, *, silence_s: float = SILENCE_S) -> bytes:
    """Return everything in a file.

    Args:
        path: A regular file or a pipe.
        what: For messages: ``template``, ``variable file``.
        silence_s: Seconds to wait for a pipe to say something.

    Raises:
        TemplateError: it cannot be read, is of the wrong kind, silent or too large.
    """
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        hint = _nearby(path) if isinstance(error, FileNotFoundError) else None
        raise _refusal(f"cannot read {what}: {path}", _reason(error), hint) from error
    try:
        return _read_open(descriptor, path, what, silence_s)
    except OSError as error:
        raise _refusal(f"cannot read {what}: {path}", _reason(error)) from error
    finally:
        os.close(descriptor)


def read_standard_input(what: str, stream: BinaryIO | None = None) -> bytes:
    """Return everything that comes through standard input.

    Raises:
        TemplateError: it is closed, cannot be read, or gives too much.
    """
    if stream is None and sys.stdin is None:
        raise _refusal(f"cannot read {what} from standard input", "it is closed")
    try:
        data = (stream or sys.stdin.buffer).read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        summary = f"cannot read {what} from standard input"
        raise _refusal(summary, _reason(error)) from error
    return _bounded([data], f"{what} from standard input")


def _read_open(descriptor: int, path: Path, what: str, silence_s: float) -> bytes:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        chunks = iter(lambda: os.read(descriptor, _CHUNK_BYTES), b"")
    elif stat.S_ISFIFO(mode):
        chunks = _from_pipe(descriptor, path, what, silence_s)
    else:
        kind = "a folder" if stat.S_ISDIR(mode) else "a device"
        raise _refusal(f"cannot read {what}: {path}", f"it is {kind}, not a file")
    return _bounded(chunks, f"{what}: {path}")


def _from_pipe(descriptor: int, path: Path, what: str, silence_s: float) -> Iterator[bytes]:
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    while waiting.poll(silence_s * 1000):
        if not (chunk := os.read(descriptor, _CHUNK_BYTES)):
            return
        yield chunk
    raise _refusal(
        f"cannot read {what}: {path}", f"it is a pipe, and was silent for {silence_s:g} seconds"
    )


def _bounded(chunks: Iterator[bytes] | list[bytes], what: str) -> bytes:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            limit = f"it is larger than {MOST_BYTES // 1024**2} MiB"
            raise _refusal(f"cannot read {what}", limit)
    return bytes(data)


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        known = _REASONS.get(error.errno or 0)
        return known or (error.strerror or str(error)).lower()
    # What `open` says of a NUL differs from one Python to the next.
    return "no path contains a NUL character" if "null" in str(error) else str(error)


def _refusal(summary: str, reason: str, hint: str | None = None) -> TemplateError:
    return TemplateError([Diagnostic(f"{summary}: {reason}", hint=hint)])


def _nearby(path: Path) -> str:
    """A file of nearly that name in the same folder, or else where we are."""
    try:
        names = os.listdir(path.parent)  # noqa: PTH208 - names are all that is needed
    except OSError:
        names = []
    alike = {name.removesuffix(path.suffix): name for name in names if name.endswith(path.suffix)}
    near = [alike[stem] for stem in nearest(path.stem, alike, limit=1)]
    return (
        f'did you mean "{path.parent / near[0]}"?'
        if near
        else f"the working folder is {_working_folder()}"
    )


def _working_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - only shown
    except OSError:
        return "deleted"
