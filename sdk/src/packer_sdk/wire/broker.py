"""Streams by number: the rendezvous in front of every RPC stream (protocol 3).

Whoever will serve something takes a number with `Broker.next_id`, tells the peer in a call, and
accepts; the peer dials. The dialler opens a yamux stream and sends the number, four bytes little
endian; the accepter sends them back. The numbers of the two sides have nothing to do with each
other: a number is looked up on the accepting side only.

A stream whose number nobody awaits yet is parked for a while and then closed, because a Go peer
would wait for its answer for ever. Each stream that comes in is met by a short thread of its own:
one that is slow with its number keeps no other waiting.
"""

from __future__ import annotations

import threading

from packer_sdk.errors import ConnectionLost, RemoteProtocolError, RpcError
from packer_sdk.threads import spawn

from .stream import StreamTimeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .connection import Connection
    from .stream import Stream

_ID_SIZE = 4


class Broker:
    """Dials and accepts the streams of one connection, which it owns.

    Args:
        connection: The connection; `close` closes it.
        accept_timeout_s: How long `accept` waits for the peer, and a parked stream for `accept`.
        ack_timeout_s: How long `dial` waits for the peer to accept.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        accept_timeout_s: float = 5.0,
        ack_timeout_s: float = 10.0,
    ) -> None:
        self.connection = connection
        self._accept_timeout_s = accept_timeout_s
        self._ack_timeout_s = ack_timeout_s
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._last_id = 0
        self._parked: dict[int, Stream] = {}
        self._ended = False
        self._acceptor = spawn(f"wire-broker-{connection.name}", self._accept_streams)

    def next_id(self) -> int:
        """Give out a number for a stream that this side will accept, counting from 1."""
        with self._lock:
            self._last_id += 1
            return self._last_id

    def dial(self, stream_id: int) -> Stream:
        """Open the stream that the peer accepts, or will soon, under this number.

        Args:
            stream_id: The peer's number; 0 is the main service.

        Raises:
            StreamTimeout: if the peer does not accept in time.
            ConnectionLost: if the connection ended, or the peer closed the stream instead.
            RemoteProtocolError: if it answers with another number.
        """
        stream = self.connection.open_stream()
        number = stream_id.to_bytes(_ID_SIZE, "little")
        try:
            stream.write(number)
            answer = stream.read_exactly(_ID_SIZE, timeout_s=self._ack_timeout_s)
            self._check_answer(stream_id, number, answer)
        except RpcError:
            stream.close()
            raise
        return stream

    def accept(self, stream_id: int, timeout_s: float | None = None) -> Stream:
        """Wait for the peer to dial this number.

        Args:
            stream_id: What `next_id` gave; 0 for the main service.
            timeout_s: How long to wait; the broker's ``accept_timeout_s`` if not given.

        Raises:
            StreamTimeout: if the peer does not dial in time.
            ConnectionLost: if the connection ended.
        """
        seconds = self._accept_timeout_s if timeout_s is None else timeout_s
        with self._changed:
            self._changed.wait_for(lambda: stream_id in self._parked or self._ended, seconds)
            stream = self._parked.pop(stream_id, None)
            self._changed.notify_all()
            if stream is None and self._ended:
                raise ConnectionLost(f"connection to {self.connection.name} ended")
        if stream is None:
            raise StreamTimeout(
                f"{self.connection.name} did not dial stream {stream_id} within {seconds:g} s"
            )
        stream.write(stream_id.to_bytes(_ID_SIZE, "little"))
        return stream

    def close(self) -> None:
        """Close the connection and everything parked on it. Harmless when done before."""
        self.connection.close()
        self._acceptor.join()

    def _check_answer(self, stream_id: int, number: bytes, answer: bytes) -> None:
        if len(answer) < _ID_SIZE:
            raise ConnectionLost(f"{self.connection.name} does not accept stream {stream_id}")
        if answer != number:
            theirs = int.from_bytes(answer, "little")
            raise RemoteProtocolError(f"stream {stream_id} was accepted as stream {theirs}")

    def _accept_streams(self) -> None:
        try:
            while True:
                spawn("wire-arrival", self._meet, self.connection.accept_stream())
        except ConnectionLost:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _meet(self, stream: Stream) -> None:
        """Learn the number of a new stream, and keep it until it is accepted or too old."""
        try:
            number = stream.read_exactly(_ID_SIZE, timeout_s=self._accept_timeout_s)
        except RpcError:
            number = b""
        if len(number) < _ID_SIZE or not self._park(int.from_bytes(number, "little"), stream):
            stream.close()

    def _park(self, stream_id: int, stream: Stream) -> bool:
        """Whether the stream was accepted."""
        with self._changed:
            if stream_id in self._parked:
                return False
            self._parked[stream_id] = stream
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._ended or self._parked.get(stream_id) is not stream,
                self._accept_timeout_s,
            )
            if self._parked.get(stream_id) is not stream:
                return True
            del self._parked[stream_id]
            return False
