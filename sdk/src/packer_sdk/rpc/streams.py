"""Byte streams as files, and the one loop that copies between them.

A relayed upload goes through three processes; in the middle one it is this loop and nothing
else: what one stream had buffered is handed to the other, in pieces as large as they come, and
memory stays at one flow-control window on each side.
"""

from __future__ import annotations

import io

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from packer_sdk.wire.stream import Stream

COPY_BYTES = 256 * 1024
"""A whole window of a stream (protocol section 2.2); larger pieces would only wait."""


def copy(source: BinaryIO, destination: BinaryIO) -> None:
    """Copy until ``source`` ends. Neither is closed.

    Raises:
        OSError: one of them failed, and so for whatever else their methods raise.
    """
    # A buffered reader's read() waits for the full amount, which would hold back a pipe's bytes.
    read: Callable[[int], bytes] = getattr(source, "read1", source.read)
    write = destination.write
    while data := read(COPY_BYTES):
        written = write(data)
        if written < len(data):
            _write_rest(write, memoryview(data)[written:])


def drain(source: BinaryIO) -> None:
    """Read to the end and forget, so that the writer is not held up."""
    read: Callable[[int], bytes] = getattr(source, "read1", source.read)
    while read(COPY_BYTES):
        pass


def _write_rest(write: Callable[[memoryview], int], rest: memoryview) -> None:
    """Unbuffered files take as much as they like and say so."""
    while rest:
        rest = rest[write(rest) :]


def reader_of(stream: Stream) -> BinaryIO:
    """The reading half of ``stream`` as a file. Closing it closes the stream."""
    return StreamReader(stream)  # type: ignore[return-value]  # has what is asked of a reader


def writer_of(stream: Stream) -> BinaryIO:
    """The writing half of ``stream`` as a file. Closing it closes the stream."""
    return StreamWriter(stream)  # type: ignore[return-value]  # likewise of a writer


class _StreamFile(io.RawIOBase):
    """A stream as a file. It is closed by whoever says so, never by being forgotten.

    A file closes itself when it is collected, and that can happen in the middle of anything: in a
    thread that holds the lock of the very connection that closing would wait for.
    """

    def __del__(self) -> None:
        """Leave the stream as it is."""


class StreamReader(_StreamFile):
    """What arrives on a stream. ``read1`` gives what is there, ``read`` waits for all it wants."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def read1(self, size: int = COPY_BYTES) -> bytes:
        """Return between 1 and ``size`` bytes as soon as there are any; ``b""`` at the end."""
        return self._stream.read(size)

    def read(self, size: int = -1) -> bytes:
        """Return ``size`` bytes, or all that come before the end."""
        if size < 0:
            return self.readall()
        pieces: list[bytes] = []
        while size > 0 and (data := self._stream.read(size)):
            pieces.append(data)
            size -= len(data)
        return b"".join(pieces)

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill as much of ``buffer`` as is there."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream."""
        if not self.closed:
            self._stream.close()
        super().close()


class StreamWriter(_StreamFile):
    """What leaves on a stream. Writing waits while the reader is behind."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Send all of ``data``."""
        self._stream.write(data if isinstance(data, bytes) else bytes(data))
        return len(data)

    def close(self) -> None:
        """Close the stream: the reader sees the end."""
        if not self.closed:
            self._stream.close()
        super().close()
