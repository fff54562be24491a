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

import logging
import threading

from packer_sdk.errors import ConnectionLost, PackerError, RemoteProtocolError, RpcError
from packer_sdk.threads import spawn

from .stream import StreamTimeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .connection import Connection
    from .stream import Stream

logger = logging.getLogger(__name__)

MOST_ARRIVALS = 256
"""Streams that nobody has accepted yet, each with a thread; the session holds the others back."""

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
        accept_timeout_s: float = 30.0,
        ack_timeout_s: float = 30.0,
    ) -> None:
        self.connection = connection
        self._accept_timeout_s = accept_timeout_s
        self._ack_timeout_s = ack_timeout_s
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._last_id = 0
        self._parked: dict[int, Stream] = {}
        self._unwanted: set[int] = set()
        self._arrivals = 0
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
            ConnectionLost: if the connection ended, or `give_up` was called.
        """
        seconds = self._accept_timeout_s if timeout_s is None else timeout_s
        with self._changed:
            self._changed.wait_for(lambda: self._is_decided(stream_id), seconds)
            stream = self._parked.pop(stream_id, None)
            self._changed.notify_all()
            if stream is None and stream_id in self._unwanted:
                raise ConnectionLost(f"nobody waits for stream {stream_id} any more")
            if stream is None and self._ended:
                raise ConnectionLost(f"connection to {self.connection.name} ended")
        if stream is None:
            raise StreamTimeout(
                f"{self.connection.name} did not dial stream {stream_id} within {seconds:g} s"
            )
        stream.write(stream_id.to_bytes(_ID_SIZE, "little"))
        return stream

    def give_up(self, stream_id: int) -> None:
        """Have whoever accepts this number stop waiting, and whoever dials it be refused."""
        with self._changed:
            self._unwanted.add(stream_id)
            self._changed.notify_all()

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

    def _is_decided(self, stream_id: int) -> bool:
        return stream_id in self._parked or stream_id in self._unwanted or self._ended

    def _is_settled(self, stream_id: int, stream: Stream) -> bool:
        is_here = self._parked.get(stream_id) is stream
        return self._ended or stream_id in self._unwanted or not is_here

    def _accept_streams(self) -> None:
        try:
            while True:
                self._wait_for_room()
                self._receive(self.connection.accept_stream())
        except ConnectionLost:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _wait_for_room(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._arrivals < MOST_ARRIVALS)
            self._arrivals += 1

    def _receive(self, stream: Stream) -> None:
        try:
            spawn("wire-arrival", self._meet, stream)
        except PackerError as error:  # no thread to be had: this stream fails, and no other
            logger.error("a stream is refused: %s", error)  # noqa: TRY400 - made for people
            stream.reset()
            self._note_met()

    def _note_met(self) -> None:
        with self._changed:
            self._arrivals -= 1
            self._changed.notify_all()

    def _meet(self, stream: Stream) -> None:
        try:
            self._introduce(stream)
        finally:
            self._note_met()

    def _introduce(self, stream: Stream) -> None:
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
            if stream_id in self._parked or stream_id in self._unwanted:
                return False
            self._parked[stream_id] = stream
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: self._is_settled(stream_id, stream),
                self._accept_timeout_s,
            )
            if self._parked.get(stream_id) is not stream:
                return True
            del self._parked[stream_id]
            return False
