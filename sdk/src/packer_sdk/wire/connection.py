"""The two threads that drive a yamux session over a socket.

Life: the constructor takes a connected socket over and starts a reader and a writer. The reader
reads, tells the session and wakes whoever waits; it never writes and never runs anybody else's
code, so a ping is noticed while every handler blocks. The writer sends what nobody else sent,
keeps the connection alive, and buries it: whatever ends a connection (the peer, silence, an
error, `Connection.close`) marks the link as ended, which wakes every waiting thread, and the writer
then says the last words, shuts the socket down, waits for the reader and closes the descriptor.
"""

from __future__ import annotations

import logging
import socket
import threading
import time

from packer_sdk.errors import ConnectionLost, PeerSilent
from packer_sdk.threads import spawn

from .link import Link
from .session import (
    DataReceived,
    Ended,
    PongReceived,
    Session,
    StreamFinished,
    StreamOpened,
    StreamReset,
    WindowOpened,
)
from .stream import Stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .frames import Frame
    from .session import Buffer, Event

logger = logging.getLogger(__name__)

RECEIVE_SIZE = 262144
SOCKET_BUFFER = 1024 * 1024

# How long `close` waits for data of other threads to leave before it closes anyway.
_LINGER_S = 1.0


class Connection:
    """A yamux connection; owns the socket.

    Args:
        sock: Connected stream socket (Unix or TCP).
        client: Whether this side dialled: the core is the client, the plugin the server.
        name: Who the peer is, for messages.
        keep_alive_s: Seconds between pings; None for none.
        pong_timeout_s: Seconds a ping may stay unanswered, or a write may be stuck.
        log_frames: Whether to log every frame at DEBUG.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        client: bool,
        name: str = "peer",
        keep_alive_s: float | None = 30.0,
        pong_timeout_s: float = 10.0,
        log_frames: bool = False,
    ) -> None:
        self.name = name
        _prepare(sock)
        self._sock = sock
        session = Session(client, trace=self._log_frame if log_frames else None)
        self._link = Link(sock, session, name=name, write_timeout_s=pong_timeout_s)
        self._pong_timeout_s = pong_timeout_s
        self._keep_alive = _KeepAlive(keep_alive_s, pong_timeout_s)
        self._closed = threading.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._reader = spawn(f"wire-reader-{name}", self._read)
        self._writer = spawn(f"wire-writer-{name}", self._write)

    @property
    def closed(self) -> bool:
        """Whether the connection ended; nothing can be opened or sent any more."""
        return self._link.ended

    @property
    def error(self) -> Exception | None:
        """Why the connection ended; None while it lives and when either side just closed it."""
        return self._link.error

    def open_stream(self) -> Stream:
        """Open a stream; it can be written to at once.

        Raises:
            ConnectionLost: if the connection ended or the peer accepts no new streams.
        """
        link = self._link
        with link.lock:
            if link.ended:
                raise link.lost()
            stream = self._add_stream(link.session.open_stream())
            batch = link.take()
        if batch:
            link.transmit(batch)
        return stream

    def accept_stream(self) -> Stream:
        """Wait for a stream that the peer opens.

        Raises:
            ConnectionLost: when the connection ends.
        """
        link = self._link
        with link.lock:
            while not link.ended:
                stream_id = link.session.accept_stream()
                if stream_id is not None:
                    return link.streams[stream_id]
                link.arrived.wait()
            raise link.lost()

    def close(self) -> None:
        """End the connection and wait until both threads are gone. Harmless when done before.

        What other threads have queued is sent first, unless the peer is too slow for that.
        """
        link = self._link
        with link.lock:
            link.wait_flushed(_LINGER_S)
            link.end(None)
        self._writer.join()

    def wait_closed(self, timeout_s: float | None = None) -> bool:
        """Wait until the connection is gone, socket and threads; whether that came in time."""
        return self._closed.wait(timeout_s)

    def on_closed(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` run, in a thread of its own, when the connection is gone."""
        with self._link.lock:
            if not self._closed.is_set():
                self._callbacks.append(callback)
                return
        spawn(f"wire-closed-{self.name}", callback)

    # The reader.

    def _read(self) -> None:
        view = memoryview(bytearray(RECEIVE_SIZE))
        try:
            while not self._link.ended:
                self._read_some(view)
        finally:  # whatever happened, nobody may wait for a reader that is gone
            with self._link.lock:
                self._link.end(ConnectionLost("the reader failed"))

    def _read_some(self, view: memoryview) -> None:
        size, failure = self._receive(view)
        link = self._link
        with link.lock:
            session = link.session
            events = session.receive_data(view[:size]) if size else session.receive_eof()
            for event in events:
                self._handle(event, failure)
            link.wake_writer()

    def _receive(self, view: memoryview) -> tuple[int, Exception | None]:
        try:
            return self._sock.recv_into(view), None
        except ConnectionResetError:
            return 0, None  # closed with something unread: an end like any other
        except OSError as error:
            return 0, error

    def _handle(self, event: Event, failure: Exception | None) -> None:
        """Pass one event on; the lock is held."""
        link = self._link
        match event:
            case DataReceived(stream_id, data):
                link.streams[stream_id].receive_data(data)
            case WindowOpened(stream_id):
                link.streams[stream_id].receive_window()
            case StreamFinished(stream_id):
                link.streams[stream_id].receive_fin()
            case StreamReset(stream_id):
                stream = link.streams[stream_id]
                stream.receive_reset(f"stream {stream_id} was reset by {self.name}")
            case StreamOpened(stream_id):
                self._add_stream(stream_id)
                link.arrived.notify()
            case PongReceived():
                self._keep_alive.receive_pong()
            case Ended(error):
                link.end(failure or error)

    def _add_stream(self, stream_id: int) -> Stream:
        stream = Stream(self._link, stream_id)
        self._link.streams[stream_id] = stream
        return stream

    # The writer.

    def _write(self) -> None:
        try:
            while batch := self._next_batch():
                self._link.transmit(batch)
        finally:
            self._bury()

    def _next_batch(self) -> list[Buffer] | None:
        """Wait for something to send; None when the connection ended."""
        link = self._link
        with link.lock:
            while not link.ended:
                self._look_after_peer()
                batch = link.take()
                if batch:
                    return batch
                link.work.wait(self._keep_alive.wait_s(time.monotonic()))
        return None

    def _look_after_peer(self) -> None:
        now = time.monotonic()
        if self._keep_alive.is_overdue(now):
            self._link.end(
                PeerSilent(f"{self.name} did not answer a ping within {self._pong_timeout_s:g} s")
            )
        elif self._keep_alive.is_due(now):
            self._link.session.send_ping(self._keep_alive.next_ping(now))

    def _bury(self) -> None:
        link = self._link
        link.send_last_words()
        self._reader.join()
        with link.lock:
            link.wait_idle()  # an application thread may still be in the kernel with our socket
            self._sock.close()
            self._closed.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            spawn(f"wire-closed-{self.name}", callback)

    def _log_frame(self, direction: str, frame: Frame) -> None:
        logger.debug("%s: %s %s", self.name, direction, frame)


class _KeepAlive:
    """When to ping, and when to give up. Has no clock: ``now`` is what the caller's says."""

    def __init__(self, interval_s: float | None, timeout_s: float) -> None:
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._ping_at: float | None = None
        self._answer_by: float | None = None
        self._number = 0

    def is_due(self, now: float) -> bool:
        """Whether it is time for the next ping. The first comes one interval after the start."""
        if self._interval_s is None:
            return False
        if self._ping_at is None:
            self._ping_at = now + self._interval_s
        return now >= self._ping_at

    def next_ping(self, now: float) -> int:
        """Begin a ping; returns its number."""
        assert self._interval_s is not None, "not due, then"
        self._ping_at = now + self._interval_s
        if self._answer_by is None:
            self._answer_by = now + self._timeout_s
        self._number = (self._number + 1) % 2**32
        return self._number

    def receive_pong(self) -> None:
        """The peer lives."""
        self._answer_by = None

    def is_overdue(self, now: float) -> bool:
        """Whether a ping waited too long for its answer."""
        return self._answer_by is not None and now >= self._answer_by

    def wait_s(self, now: float) -> float | None:
        """Seconds until there is something to do; None if never."""
        times = [at for at in (self._ping_at, self._answer_by) if at is not None]
        return max(0.0, min(times) - now) if times else None


def _prepare(sock: socket.socket) -> None:
    sock.settimeout(None)
    for size in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        sock.setsockopt(socket.SOL_SOCKET, size, SOCKET_BUFFER)
    if sock.family != socket.AF_UNIX:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
