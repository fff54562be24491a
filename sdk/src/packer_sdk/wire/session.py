"""One yamux session without any I/O: bytes in, events out, bytes to send (protocol 2).

Rule 1: everything that yamux has an opinion about is in this file. There is no socket, thread,
lock or clock here; whoever drives a session brings them.

Rule 2: the peer never makes this raise. What it sends becomes events; when it breaks the protocol
the last event is `Ended` with a `RemoteProtocolError` that names the frame, and a go-away is left
to be sent. What *we* do wrong raises `LocalProtocolError` and changes nothing.

Rule 3: memory is bounded. The peer's data is limited by the windows we grant, our own by the
windows it grants, and answers to frames that ask for one by `MOST_ANSWERS`.

A stream lives from its SYN until both sides have sent FIN, or one of them RST. Frames for a
stream that is gone are harmless and dropped. A second SYN or FIN for a living one is not: yamux
ends the whole session, and so do we.
"""

from __future__ import annotations

from collections import deque

from packer_sdk.errors import ConnectionLost, LocalProtocolError, ProtocolError, RemoteProtocolError
from packer_sdk.records import record

from .frames import HEADER_SIZE, Flags, Frame, FrameType, decode_header, encode_header

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Buffer: TypeAlias = bytes | bytearray | memoryview

WINDOW = 262144
"""Bytes each side may send on a stream before it is given more."""

REFILL = WINDOW // 2
"""Bytes the reader must have taken before it is worth telling the peer."""

BACKLOG = 256
"""Streams the peer may open that nobody has accepted yet; more are reset, as Go does."""

MOST_ANSWERS = 4096
"""Unsent answers (to pings, to opened streams) before the peer counts as broken."""

LARGEST_PAYLOAD = 65536
"""Bytes in one frame of ours: other streams get their turn in between."""

JOINED = 4096
"""Payloads up to this size are copied behind their header, so that one buffer does."""

_SYN, _ACK, _FIN, _RST = (int(flag) for flag in (Flags.SYN, Flags.ACK, Flags.FIN, Flags.RST))
_DATA, _WINDOW_UPDATE = int(FrameType.DATA), int(FrameType.WINDOW_UPDATE)
_PING, _GO_AWAY = int(FrameType.PING), int(FrameType.GO_AWAY)

_LAST_STREAM_ID = 2**32 - 1

_NORMAL, _PROTOCOL_ERROR = 0, 1
_GO_AWAY_CODES = {1: "protocol error", 2: "internal error"}


@record
class StreamEvent:
    """Something happened to a stream. One dataclass for all: making them takes start-up time."""

    stream_id: int


class StreamOpened(StreamEvent):
    """The peer opened a stream; `Session.accept_stream` hands it out."""

    __slots__ = ()


class WindowOpened(StreamEvent):
    """The peer takes more data than before."""

    __slots__ = ()


class StreamFinished(StreamEvent):
    """The peer sends no more on this stream; it may still read."""

    __slots__ = ()


class StreamReset(StreamEvent):
    """The peer dropped the stream, in both directions."""

    __slots__ = ()


@record
class DataReceived(StreamEvent):
    """Payload arrived. It counts against the window until `Session.consume` is told."""

    data: bytes


@record
class PongReceived:
    """The peer answered the ping of this number."""

    number: int


@record
class GoneAway:
    """The peer accepts no new streams; those that live go on."""


@record
class Ended:
    """The last event. ``error`` is None when the peer just closed the connection."""

    error: ProtocolError | ConnectionLost | None


if TYPE_CHECKING:
    Event: TypeAlias = StreamEvent | PongReceived | GoneAway | Ended


class _Flow:
    """What yamux knows of a living stream."""

    __slots__ = ("consumed", "discards", "finished_by_peer", "finished_by_us", "receive", "send")

    def __init__(self) -> None:
        self.send = WINDOW
        self.receive = WINDOW
        self.consumed = 0  # taken by the reader, not yet given back to the peer
        self.finished_by_us = False
        self.finished_by_peer = False
        self.discards = False


class Session:
    """One side of a yamux connection.

    Args:
        client: Whether this side dialled; decides whose stream ids are odd.
        trace: Called with ``<`` or ``>`` and every frame received or queued.
    """

    def __init__(self, client: bool, *, trace: Callable[[str, Frame], None] | None = None) -> None:
        self.ended = False
        """Whether the session is over; nothing is received or opened any more."""
        self._trace = trace
        self._next_id = 1 if client else 2
        self._flows: dict[int, _Flow] = {}
        self._unaccepted: deque[int] = deque()
        self._peer_left = False
        self._outbox: list[Buffer] = []
        self._answers = 0
        self._header = b""
        self._payload_left = 0
        self._payload_frame = Frame(FrameType.DATA, 0, 0, 0)

    # What the driver tells: bytes.

    def receive_data(self, data: Buffer) -> list[Event]:
        """Take bytes from the peer, cut anywhere. The buffer may be reused afterwards."""
        events: list[Event] = []
        view = memoryview(data)
        try:
            while view and not self.ended:
                size = self._receive_some(view, events)
                view = view[size:]
        except RemoteProtocolError as error:
            self._queue(_GO_AWAY, 0, 0, _PROTOCOL_ERROR)
            self._end(error, events)
        return events

    def receive_eof(self) -> list[Event]:
        """The peer closed the connection. Go does so without a word: that is a normal end."""
        events: list[Event] = []
        if not self.ended:
            cut = self._header or self._payload_left
            error = ConnectionLost("the connection ended in the middle of a frame")
            self._end(error if cut else None, events)
        return events

    @property
    def has_data_to_send(self) -> bool:
        """Whether `data_to_send` would return something."""
        return bool(self._outbox)

    def data_to_send(self) -> list[Buffer]:
        """Everything queued for the peer, in order; large payloads are views, never copies."""
        outbox, self._outbox = self._outbox, []
        self._answers = 0
        return outbox

    # What the driver wants: streams.

    def open_stream(self) -> int:
        """Open a stream; returns its id. It can be written to at once.

        Raises:
            ConnectionLost: if the peer has gone away or the ids are used up.
        """
        if self.ended or self._peer_left:
            raise ConnectionLost("no new stream: the peer has gone away")
        if self._next_id > _LAST_STREAM_ID:
            raise ConnectionLost("no new stream: the ids of this connection are used up")
        stream_id = self._next_id
        self._next_id += 2
        self._flows[stream_id] = _Flow()
        self._queue(_WINDOW_UPDATE, _SYN, stream_id, 0)
        return stream_id

    def accept_stream(self) -> int | None:
        """The id of the oldest stream of the peer not handed out yet; None if there is none."""
        return self._unaccepted.popleft() if self._unaccepted else None

    def send_window(self, stream_id: int) -> int:
        """Bytes the peer takes on this stream now; 0 for a stream that is gone."""
        flow = self._flows.get(stream_id)
        return flow.send if flow else 0

    def send_data(self, stream_id: int, data: memoryview) -> int:
        """Queue as much as window and frame size allow; returns how many bytes that was.

        What is larger than `JOINED` is queued as a view: the memory must not change until it has
        been sent.

        Raises:
            LocalProtocolError: if the stream is gone or finished by us.
        """
        flow = self._writable(stream_id)
        size = min(len(data), flow.send, LARGEST_PAYLOAD)
        if size == 0:
            return 0
        flow.send -= size
        payload = data[:size]
        self._queue(_DATA, 0, stream_id, size, payload)
        return size

    def send_fin(self, stream_id: int) -> None:
        """Say that we send no more on this stream; the peer may go on.

        Raises:
            LocalProtocolError: if the stream is gone or finished by us: a second FIN would end
                the whole session.
        """
        flow = self._writable(stream_id)
        flow.finished_by_us = True
        self._queue(_WINDOW_UPDATE, _FIN, stream_id, 0)
        self._forget_finished(stream_id, flow)

    def send_reset(self, stream_id: int) -> None:
        """Drop the stream in both directions; nothing happens if it is gone."""
        if self._flows.pop(stream_id, None):
            self._queue(_WINDOW_UPDATE, _RST, stream_id, 0)

    def consume(self, stream_id: int, size: int) -> None:
        """The reader has taken ``size`` bytes; gives credit back when enough has come together.

        Raises:
            LocalProtocolError: if the peer has not sent that much.
        """
        flow = self._flows.get(stream_id)
        if flow is None or flow.finished_by_peer:
            return  # nobody will use the credit
        if size > WINDOW - flow.receive - flow.consumed:
            raise LocalProtocolError(f"stream {stream_id}: {size} bytes consumed, fewer received")
        flow.consumed += size
        if flow.consumed >= REFILL:
            self._queue(_WINDOW_UPDATE, 0, stream_id, flow.consumed)
            flow.receive += flow.consumed
            flow.consumed = 0

    def discard(self, stream_id: int) -> None:
        """Swallow what the peer still sends on this stream, but give it credit: it never stalls."""
        flow = self._flows.get(stream_id)
        if flow:
            flow.discards = True

    def send_ping(self, number: int) -> None:
        """Ask for a sign of life; `PongReceived` carries the same number (32 bits)."""
        self._queue(_PING, _SYN, 0, number)

    # Bytes to frames to events.

    def _receive_some(self, view: memoryview, events: list[Event]) -> int:
        """Take payload, or part of a header; returns how many bytes that was."""
        if self._payload_left:
            return self._receive_payload(view, events)
        piece = view[: HEADER_SIZE - len(self._header)]
        self._header += piece
        if len(self._header) == HEADER_SIZE:
            header, self._header = self._header, b""
            self._receive_frame(decode_header(header), events)
        return len(piece)

    def _receive_frame(self, frame: Frame, events: list[Event]) -> None:
        if self._trace:
            self._trace("<", frame)
        if frame.type is FrameType.PING:
            self._receive_ping(frame, events)
        elif frame.type is FrameType.GO_AWAY:
            self._receive_go_away(frame, events)
        else:
            self._receive_stream_frame(frame, events)

    def _receive_ping(self, frame: Frame, events: list[Event]) -> None:
        if frame.flags & _SYN:
            self._answer(frame, _PING, _ACK, frame.length)
        else:
            events.append(PongReceived(frame.length))

    def _receive_go_away(self, frame: Frame, events: list[Event]) -> None:
        self._peer_left = True
        if frame.length == _NORMAL:
            events.append(GoneAway())
        else:
            reason = _GO_AWAY_CODES.get(frame.length, f"code {frame.length}")
            self._end(ConnectionLost(f"the peer ended the session: {reason}"), events)

    def _receive_stream_frame(self, frame: Frame, events: list[Event]) -> None:
        # Flags come before the payload, except that FIN means "after this payload".
        if frame.flags & _SYN:
            self._receive_syn(frame, events)
        flow = self._flows.get(frame.stream_id)
        if frame.type is FrameType.DATA:
            self._receive_data_header(frame, flow)
        if flow is None:
            return
        if frame.flags & _RST:
            self._receive_reset(frame.stream_id, events)
            return
        if frame.type is FrameType.WINDOW_UPDATE and frame.length:
            flow.send += frame.length
            events.append(WindowOpened(frame.stream_id))
        if frame.flags & _FIN and not self._payload_left:
            self._receive_fin(frame, flow, events)

    def _receive_syn(self, frame: Frame, events: list[Event]) -> None:
        stream_id = frame.stream_id
        if stream_id in self._flows:
            raise RemoteProtocolError(f"a stream that lives is opened again: {frame}")
        if stream_id == 0 or stream_id % 2 == self._next_id % 2:
            raise RemoteProtocolError(f"the peer may not open this stream: {frame}")
        if len(self._unaccepted) >= BACKLOG:
            self._answer(frame, _WINDOW_UPDATE, _RST, 0)
            return
        self._flows[stream_id] = _Flow()
        self._unaccepted.append(stream_id)
        self._answer(frame, _WINDOW_UPDATE, _ACK, 0)
        events.append(StreamOpened(stream_id))

    def _receive_data_header(self, frame: Frame, flow: _Flow | None) -> None:
        if flow and frame.length > flow.receive:
            raise RemoteProtocolError(
                f"more data than the window allows ({flow.receive} bytes): {frame}"
            )
        if flow and flow.finished_by_peer and frame.length:
            raise RemoteProtocolError(f"data after the end of the stream: {frame}")
        if flow:
            flow.receive -= frame.length
        self._payload_left = frame.length
        self._payload_frame = frame

    def _receive_payload(self, view: memoryview, events: list[Event]) -> int:
        frame = self._payload_frame
        data = view[: self._payload_left]
        self._payload_left -= len(data)
        flow = self._flows.get(frame.stream_id)
        if flow is None:
            return len(data)  # a stray frame, or reset half-way: nobody waits for it
        if flow.discards:
            self.consume(frame.stream_id, len(data))
        else:
            events.append(DataReceived(frame.stream_id, bytes(data)))
        if frame.flags & _FIN and not self._payload_left:
            self._receive_fin(frame, flow, events)
        return len(data)

    def _receive_fin(self, frame: Frame, flow: _Flow, events: list[Event]) -> None:
        if flow.finished_by_peer:
            raise RemoteProtocolError(f"a stream that has ended is ended again: {frame}")
        flow.finished_by_peer = True
        events.append(StreamFinished(frame.stream_id))
        self._forget_finished(frame.stream_id, flow)

    def _receive_reset(self, stream_id: int, events: list[Event]) -> None:
        del self._flows[stream_id]
        if stream_id in self._unaccepted:
            self._unaccepted.remove(stream_id)
        events.append(StreamReset(stream_id))

    # Small things.

    def _writable(self, stream_id: int) -> _Flow:
        flow = self._flows.get(stream_id)
        if flow is None:
            raise LocalProtocolError(f"stream {stream_id} is gone: nothing can be sent on it")
        if flow.finished_by_us:
            raise LocalProtocolError(f"stream {stream_id} was finished: nothing may follow")
        return flow

    def _forget_finished(self, stream_id: int, flow: _Flow) -> None:
        if flow.finished_by_us and flow.finished_by_peer:
            del self._flows[stream_id]

    def _answer(self, question: Frame, kind: int, flags: int, length: int) -> None:
        self._answers += 1
        if self._answers > MOST_ANSWERS:
            raise RemoteProtocolError(
                f"the peer does not read, and {MOST_ANSWERS} answers wait for it: {question}"
            )
        self._queue(kind, flags, question.stream_id, length)

    def _queue(
        self, kind: int, flags: int, stream_id: int, length: int, payload: Buffer = b""
    ) -> None:
        header = encode_header(kind, flags, stream_id, length)
        if len(payload) <= JOINED:
            self._outbox.append(header + payload)
        else:
            self._outbox += (header, payload)
        if self._trace:
            self._trace(">", Frame(FrameType(kind), flags, stream_id, length))

    def _end(self, error: ProtocolError | ConnectionLost | None, events: list[Event]) -> None:
        self.ended = True
        events.append(Ended(error))
