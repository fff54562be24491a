"""A blocking byte stream with flow control: one of many on a connection.

Safe to use from several threads; each `Stream.write` goes out in one piece. A stream ends in
steps: `close_write` says "I send no more", `close` also "I read no more"; `reset` drops it.
Whatever a thread waits for here ends when the stream or the connection does.
"""

from __future__ import annotations

import threading
from collections import deque

from packer_sdk.errors import ConnectionLost, LocalProtocolError, RpcError
from packer_sdk.threads import Deadline

from .session import JOINED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from .link import Link
    from .session import Buffer


class StreamTimeout(RpcError, TimeoutError):
    """The other side did not send, or not dial, in time."""

    reference = "stream-timeout"


class Stream:
    """One stream of a connection, which is who makes them.

    Args:
        link: What the streams of a connection share.
        stream_id: The yamux id.
    """

    def __init__(self, link: Link, stream_id: int) -> None:
        self.stream_id = stream_id
        self._link = link
        self._lock = link.lock
        self._readable = threading.Condition(link.lock)
        self._writable = threading.Condition(link.lock)
        self._write_turn = threading.Lock()
        self._chunks: deque[bytes] = deque()
        self._at_eof = False
        self._write_closed = False
        self._closed = False
        self._reset: ConnectionLost | None = None

    def __repr__(self) -> str:
        return f"<Stream {self.stream_id} of {self._link.name}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, limit: int = 65536, *, timeout_s: float | None = None) -> bytes:
        """Wait for data; returns 1 to ``limit`` bytes, or ``b""`` at the end of the stream.

        What arrived before the connection was lost is still handed out.

        Args:
            limit: The most bytes to return, at least 1.
            timeout_s: How long to wait; for ever without it.

        Raises:
            ConnectionLost: if the stream was reset or the connection ended.
            StreamTimeout: if nothing came in time.
        """
        with self._lock:
            if not self._chunks and not self._wait_readable(timeout_s):
                return b""
            pieces, size = self._take_pieces(limit)
            self._link.session.consume(self.stream_id, size)
            batch = self._link.take()
        if batch:
            self._link.transmit(batch)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def read_exactly(self, size: int, *, timeout_s: float | None = None) -> bytes:
        """Wait for ``size`` bytes; fewer only at the end of the stream. Raises as `read` does."""
        deadline = Deadline(timeout_s)
        data = b""
        while len(data) < size:
            piece = self.read(size - len(data), timeout_s=deadline.left())
            if not piece:
                break
            data += piece
        return data

    def write(self, data: Buffer) -> None:
        """Send all of ``data``; blocks while the peer's window is full.

        Bytes may still be on their way when this returns, but the memory is the caller's again.

        Raises:
            ConnectionLost: if the stream was closed or reset, or the connection ended.
            LocalProtocolError: after `close_write`.
        """
        view = memoryview(data).cast("B")
        with self._write_turn:
            while view:
                view = view[self._write_some(view) :]

    def close_write(self) -> None:
        """Say that no more data follows; reading goes on. Harmless when done before."""
        with self._lock:
            batch = self._finish_writing()
        if batch:
            self._link.transmit(batch)

    def close(self) -> None:
        """Send no more, read no more. Harmless when done before.

        What the peer still sends is swallowed, with credit, so that it never waits for a reader.
        """
        with self._lock:
            self._closed = True
            self._drop_unread()
            self._link.session.discard(self.stream_id)
            batch = self._finish_writing()
            self.wake()
        if batch:
            self._link.transmit(batch)

    def reset(self) -> None:
        """Drop the stream at once, in both directions: the peer sees an error, not an end."""
        with self._lock:
            self._link.session.send_reset(self.stream_id)
            self.receive_reset(f"stream {self.stream_id} of {self._link.name} was reset")
            self._chunks.clear()
            batch = self._link.take()
        if batch:
            self._link.transmit(batch)

    # What the connection's reader tells; the lock is held.

    def receive_data(self, data: bytes) -> None:
        """Data arrived."""
        self._chunks.append(data)
        self._readable.notify()

    def receive_fin(self) -> None:
        """The peer sends no more."""
        self._at_eof = True
        self._readable.notify_all()
        self._leave_if_done()

    def receive_reset(self, reason: str) -> None:
        """The stream was dropped."""
        if self._reset is None:
            self._reset = ConnectionLost(reason)
        self._link.streams.pop(self.stream_id, None)
        self.wake()

    def receive_window(self) -> None:
        """The peer takes more."""
        self._writable.notify()

    def wake(self) -> None:
        """Something ended: everybody who waits looks again."""
        self._readable.notify_all()
        self._writable.notify_all()

    # Steps of the above; the lock is held, except in _write_some.

    def _wait_readable(self, timeout_s: float | None) -> bool:
        """True when there is data, false at the end of the stream."""
        deadline = Deadline(timeout_s)
        while not self._chunks:
            if not self._reset and (self._closed or self._at_eof):
                return False
            self._check_alive()
            if not self._readable.wait(deadline.left()) and deadline.passed:
                raise StreamTimeout(
                    f"nothing arrived on stream {self.stream_id} of {self._link.name} "
                    f"for {timeout_s:g} s"
                )
        return True

    def _take_pieces(self, limit: int) -> tuple[list[bytes], int]:
        pieces: list[bytes] = []
        size = 0
        chunks = self._chunks
        while chunks and size < limit:
            chunk = chunks.popleft()
            if size + len(chunk) > limit:
                rest = limit - size
                chunks.appendleft(chunk[rest:])
                chunk = chunk[:rest]
            pieces.append(chunk)
            size += len(chunk)
        return pieces, size

    def _write_some(self, view: memoryview) -> int:
        """Send as much as one frame holds; returns how much that was."""
        link = self._link
        with self._lock:
            self._wait_writable()
            size = link.session.send_data(self.stream_id, view)
            batch = link.take()
            if batch is None and size > JOINED:
                link.wait_sent()  # another thread sends it, out of our caller's memory
        if batch:
            link.transmit(batch)
        return size

    def _wait_writable(self) -> None:
        while True:
            self._check_alive()
            if self._closed:
                raise ConnectionLost(f"stream {self.stream_id} of {self._link.name} was closed")
            if self._write_closed:
                raise LocalProtocolError(f"stream {self.stream_id}: a write after close_write")
            if self._link.session.send_window(self.stream_id):
                return
            self._writable.wait()

    def _check_alive(self) -> None:
        if self._reset:
            raise ConnectionLost(self._reset.message)
        if self._link.ended:
            raise self._link.lost()

    def _finish_writing(self) -> list[Buffer] | None:
        if self._write_closed or self._reset or self._link.ended:
            return None
        self._write_closed = True
        self._link.session.send_fin(self.stream_id)
        self._writable.notify_all()
        self._leave_if_done()
        return self._link.take()

    def _drop_unread(self) -> None:
        unread = sum(map(len, self._chunks))
        self._chunks.clear()
        self._link.session.consume(self.stream_id, unread)

    def _leave_if_done(self) -> None:
        if self._at_eof and self._write_closed:
            self._link.streams.pop(self.stream_id, None)
