"""What a connection and its streams share: one session, one lock, one socket, the right to send.

Whoever has something to send queues it in the session, under the lock, and then sends everything
that is queued itself, outside the lock, unless another thread is at it already: then that thread,
or after it the writer, sends it. So a call from an idle application costs no change of threads,
and bulk data goes from the caller's memory to the kernel without a copy.

The reader only ever queues. If it sent, two peers with full sockets would wait for each other.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from packer_sdk.errors import ConnectionLost, PeerSilent, RemoteProtocolError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .session import Buffer, Session
    from .stream import Stream

# The kernel takes at most 1024 buffers in one call (IOV_MAX), Linux and macOS alike.
_MOST_BUFFERS = 1024


class Link:
    """The shared state of one connection. Everything but `transmit` wants ``lock`` held.

    Args:
        sock: Connected stream socket, blocking.
        session: The protocol.
        name: Who the peer is, for messages.
        write_timeout_s: How long a write may wait for a peer that does not read.
    """

    def __init__(
        self, sock: socket.socket, session: Session, *, name: str, write_timeout_s: float
    ) -> None:
        self.lock = threading.Lock()
        """Guards the session and everything below; never held while waiting for the socket."""
        self.work = threading.Condition(self.lock)
        """The writer waits here for something to send, and for the end."""
        self.arrived = threading.Condition(self.lock)
        """Whoever accepts streams waits here."""
        self.session = session
        self.name = name
        self.streams: dict[int, Stream] = {}
        """Streams that data or news may still arrive for."""
        self.ended = False
        self.error: Exception | None = None
        self._sock = sock
        self._sent = threading.Condition(self.lock)
        self._sending = False
        self._batches_taken = 0
        self._batches_sent = 0
        self._write_timeout_s = write_timeout_s
        _limit_writes(sock, write_timeout_s)

    def take(self) -> list[Buffer] | None:
        """Everything to send, and the right to do it; None if there is nothing, or it is taken.

        Whoever gets a batch must `transmit` it, after letting go of the lock.
        """
        if self._sending or not self.session.has_data_to_send:
            return None
        self._sending = True
        self._batches_taken += 1
        return self.session.data_to_send()

    def transmit(self, batch: list[Buffer]) -> None:
        """Send what `take` gave. Blocks while the peer is slow; never raises for a lost one."""
        failure: Exception | None = ConnectionLost("interrupted in the middle of a frame")
        complete = False
        try:
            _send_all(self._sock, batch)
            complete = True
        except (BrokenPipeError, ConnectionResetError):
            failure = None  # as good as an end of file: the peer closed the connection
        except BlockingIOError:
            failure = PeerSilent(
                f"{self.name} takes no data: nothing could be written for "
                f"{self._write_timeout_s:g} s"
            )
        except OSError as error:
            failure = error
        finally:
            with self.lock:
                self._finish_batch(complete, failure)

    def _finish_batch(self, complete: bool, failure: Exception | None) -> None:
        self._sending = False
        self._batches_sent += 1
        self._sent.notify_all()
        if not complete:  # a frame was cut: nothing sensible can follow
            self.end(failure)
        self.wake_writer()

    def wake_writer(self) -> None:
        """Have the writer send what is queued, if nobody else does."""
        if not self._sending and self.session.has_data_to_send:
            self.work.notify()

    def wait_sent(self) -> None:
        """Wait until what is queued now has been sent, or the connection ended."""
        last = self._batches_taken + 1  # the batch being sent was taken before
        while self._batches_sent < last and not self.ended:
            self._sent.wait()

    def wait_flushed(self, timeout_s: float) -> None:
        """Wait until everything queued has been sent, or the connection ended, or for so long."""
        self._sent.wait_for(self._is_flushed, timeout_s)

    def _is_flushed(self) -> bool:
        return self.ended or not (self._sending or self.session.has_data_to_send)

    def wait_idle(self) -> None:
        """Wait until no thread is in the kernel with our socket."""
        while self._sending:
            self._sent.wait()

    def end(self, error: Exception | None) -> None:
        """The connection is over, for this reason; wakes everybody. Only the first call counts."""
        if self.ended:
            return
        self.ended = True
        self.error = error
        for stream in self.streams.values():
            stream.wake()
        for condition in (self.work, self.arrived, self._sent):
            condition.notify_all()
        # Wakes the reader, and whoever is stuck in a write. A peer that broke the protocol is
        # told so first, by the writer.
        if not isinstance(error, RemoteProtocolError):
            self._shut_down()

    def send_last_words(self) -> None:
        """Send what is queued if the socket takes it at once, then no more. Takes the lock."""
        with self.lock:
            batch = self.take()
        if batch:
            with contextlib.suppress(OSError):
                self._sock.sendmsg(batch[:_MOST_BUFFERS], [], socket.MSG_DONTWAIT)
        with self.lock:
            self._sending = self._sending and not batch
            self._shut_down()

    def _shut_down(self) -> None:
        with contextlib.suppress(OSError):  # the peer may have been quicker
            self._sock.shutdown(socket.SHUT_RDWR)

    def lost(self) -> ConnectionLost:
        """What to raise in a thread that waited in vain."""
        if self.error is None:
            return ConnectionLost(f"connection to {self.name} ended")
        kind = PeerSilent if isinstance(self.error, PeerSilent) else ConnectionLost
        lost = kind(f"connection to {self.name} lost: {self.error}")
        lost.__cause__ = self.error
        return lost


def _limit_writes(sock: socket.socket, seconds: float) -> None:
    # The kernel's own limit: settimeout() would cost every read and write a poll.
    whole = int(seconds)
    value = struct.pack("ll", whole, int((seconds - whole) * 1_000_000))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, value)


def _send_all(sock: socket.socket, buffers: list[Buffer]) -> None:
    while buffers:
        sent = sock.sendmsg(buffers[:_MOST_BUFFERS])
        buffers = _unsent(buffers, sent)


def _unsent(buffers: list[Buffer], sent: int) -> list[Buffer]:
    for position, buffer in enumerate(buffers):
        if sent < len(buffer):
            return [memoryview(buffer)[sent:], *buffers[position + 1 :]]
        sent -= len(buffer)
    return []
