from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from packer_sdk.errors import ConnectionLost, LocalProtocolError, RemoteProtocolError
from packer_sdk.wire import frames
from packer_sdk.wire.frames import Flags, Frame, FrameType
from packer_sdk.wire.session import (
    BACKLOG,
    JOINED,
    LARGEST_PAYLOAD,
    MOST_ANSWERS,
    REFILL,
    WINDOW,
    DataReceived,
    Ended,
    GoneAway,
    PongReceived,
    Session,
    StreamFinished,
    StreamOpened,
    StreamReset,
    WindowOpened,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_sdk.wire.session import Event

SYN, ACK, FIN, RST = Flags.SYN, Flags.ACK, Flags.FIN, Flags.RST


def data(stream_id: int, payload: bytes = b"", flags: int = 0) -> bytes:
    return Frame(FrameType.DATA, flags, stream_id, len(payload), payload).encode()


def window(stream_id: int, flags: int = 0, length: int = 0) -> bytes:
    return Frame(FrameType.WINDOW_UPDATE, flags, stream_id, length).encode()


def ping(flags: int, number: int) -> bytes:
    return Frame(FrameType.PING, flags, 0, number).encode()


def go_away(code: int) -> bytes:
    return Frame(FrameType.GO_AWAY, 0, 0, code).encode()


def sent(side: Session) -> bytes:
    return b"".join(side.data_to_send())


def sent_frames(side: Session) -> list[Frame]:
    rest, found = sent(side), []
    while rest:
        header = frames.decode_header(rest[:12])
        size = 12 + (header.length if header.type is FrameType.DATA else 0)
        found.append(frames.decode(rest[:size]))
        rest = rest[size:]
    return found


def send(side: Session, stream_id: int, payload: bytes) -> int:
    return side.send_data(stream_id, memoryview(payload))


@pytest.fixture
def server() -> Session:
    """A server whose client has opened stream 1, all answers sent."""
    side = Session(client=False)
    assert side.receive_data(window(1, SYN)) == [StreamOpened(1)]
    assert sent(side) == window(1, ACK)
    return side


@pytest.fixture
def client() -> Session:
    """A client that has opened stream 1, everything sent."""
    side = Session(client=True)
    assert side.open_stream() == 1
    assert sent(side) == window(1, SYN)
    return side


# Streams come and go.


def test_ids_are_odd_for_the_client_and_even_for_the_server() -> None:
    client, server = Session(client=True), Session(client=False)
    assert [client.open_stream() for _ in range(3)] == [1, 3, 5]
    assert [server.open_stream() for _ in range(3)] == [2, 4, 6]


def test_nothing_to_send_at_the_start() -> None:
    side = Session(client=True)
    assert not side.has_data_to_send
    assert side.data_to_send() == []


def test_opened_stream_is_acknowledged_at_once_and_handed_out_once() -> None:
    side = Session(client=False)
    assert side.receive_data(window(1, SYN) + data(3, b"hi", SYN)) == [
        StreamOpened(1),
        StreamOpened(3),
        DataReceived(3, b"hi"),
    ]
    assert side.has_data_to_send
    assert sent(side) == window(1, ACK) + window(3, ACK)
    assert [side.accept_stream() for _ in range(3)] == [1, 3, None]


def test_more_streams_than_the_backlog_are_reset() -> None:
    side = Session(client=False)
    for number in range(BACKLOG):
        side.receive_data(window(2 * number + 1, SYN))
    sent(side)
    assert side.receive_data(data(1001, b"lost", SYN) + window(1001, FIN)) == []
    assert sent(side) == window(1001, RST)
    assert side.accept_stream() == 1
    assert side.receive_data(window(1003, SYN)) == [StreamOpened(1003)]


def test_unaccepted_stream_that_is_reset_is_not_handed_out(server: Session) -> None:
    assert server.receive_data(window(1, RST)) == [StreamReset(1)]
    assert server.accept_stream() is None


def test_stream_ends_when_both_sides_have_finished(client: Session) -> None:
    client.send_fin(1)
    assert sent(client) == window(1, FIN)
    assert client.receive_data(data(1, b"tail") + window(1, FIN)) == [
        DataReceived(1, b"tail"),
        StreamFinished(1),
    ]
    # Forgotten: what is still on its way is dropped, a second FIN included.
    assert client.receive_data(window(1, FIN) + data(1, b"late") + window(1, 0, 5)) == []
    assert not client.ended


def test_stream_ends_when_the_peer_finished_first(client: Session) -> None:
    assert client.receive_data(window(1, FIN)) == [StreamFinished(1)]
    assert send(client, 1, b"more") == 4
    client.send_fin(1)
    with pytest.raises(LocalProtocolError, match="stream 1 is gone"):
        send(client, 1, b"more")
    assert sent(client) == data(1, b"more") + window(1, FIN)


def test_fin_on_data_comes_after_its_payload(client: Session) -> None:
    frame = data(1, b"abc", FIN)
    assert client.receive_data(frame[:-1]) == [DataReceived(1, b"ab")]
    assert client.receive_data(frame[-1:]) == [DataReceived(1, b"c"), StreamFinished(1)]


def test_fin_on_empty_data_counts(client: Session) -> None:
    assert client.receive_data(data(1, b"", FIN)) == [StreamFinished(1)]


def test_window_update_after_the_peers_fin_counts(client: Session) -> None:
    client.receive_data(window(1, FIN))
    assert client.receive_data(window(1, 0, 9)) == [WindowOpened(1)]
    assert client.send_window(1) == WINDOW + 9


def test_window_can_come_with_the_acknowledgement(client: Session) -> None:
    assert client.receive_data(window(1, ACK, 100)) == [WindowOpened(1)]
    assert client.send_window(1) == WINDOW + 100


def test_reset_by_the_peer_drops_stream_and_payload(client: Session) -> None:
    assert client.receive_data(data(1, b"gone", RST | FIN) + ping(ACK, 1)) == [
        StreamReset(1),
        PongReceived(1),
    ]
    assert client.send_window(1) == 0


def test_reset_by_us_is_sent_once_and_the_rest_of_a_frame_is_dropped(client: Session) -> None:
    frame = data(1, b"abcdef")
    client.receive_data(frame[:-3])
    client.send_reset(1)
    client.send_reset(1)
    assert sent(client) == window(1, RST)
    assert client.receive_data(frame[-3:] + ping(ACK, 1)) == [PongReceived(1)]


def test_no_stream_after_the_ids_are_used_up(client: Session) -> None:
    client._next_id = 2**32 - 1
    assert client.open_stream() == 2**32 - 1
    with pytest.raises(ConnectionLost, match="used up"):
        client.open_stream()


# Windows.


def test_writer_gets_what_the_window_allows(client: Session) -> None:
    assert client.send_window(1) == WINDOW
    payload = bytes(WINDOW + 1)
    total = 0
    while size := send(client, 1, payload[total:]):
        assert size <= LARGEST_PAYLOAD
        total += size
    assert total == WINDOW
    assert client.receive_data(window(1, 0, 1)) == [WindowOpened(1)]
    assert send(client, 1, payload[total:]) == 1
    assert sum(frame.length for frame in sent_frames(client)) == WINDOW + 1


def test_large_payload_is_sent_from_the_callers_memory(client: Session) -> None:
    memory = bytearray(JOINED + 1)
    client.send_data(1, memoryview(memory))
    header, payload = client.data_to_send()
    assert len(header) == frames.HEADER_SIZE
    assert isinstance(payload, memoryview)
    assert payload.obj is memory


def test_small_payload_is_copied_behind_its_header(client: Session) -> None:
    memory = bytearray(b"x" * JOINED)
    client.send_data(1, memoryview(memory))
    [frame] = client.data_to_send()
    memory[:] = bytes(JOINED)
    assert bytes(frame) == data(1, b"x" * JOINED)


def test_credit_is_given_back_from_half_a_window_on(server: Session) -> None:
    server.receive_data(data(1, bytes(REFILL)))
    server.consume(1, REFILL - 1)
    assert not server.has_data_to_send
    server.consume(1, 1)
    assert sent(server) == window(1, 0, REFILL)
    server.receive_data(data(1, bytes(WINDOW)))
    assert not server.ended


def test_no_credit_for_a_stream_that_is_finished_or_gone(server: Session) -> None:
    server.receive_data(data(1, bytes(WINDOW), FIN))
    server.consume(1, WINDOW)
    server.consume(99, WINDOW)
    assert not server.has_data_to_send


def test_discarded_data_is_credited_and_makes_no_event(server: Session) -> None:
    server.receive_data(data(1, bytes(10)))
    server.consume(1, 10)
    server.discard(1)
    assert server.receive_data(data(1, bytes(REFILL))) == []
    assert sent(server) == window(1, 0, REFILL + 10)
    assert server.receive_data(data(1, b"end", FIN)) == [StreamFinished(1)]


def test_discard_of_a_stream_that_is_gone_is_harmless(server: Session) -> None:
    server.discard(99)


# Pings and go-aways.


def test_ping_is_answered_with_its_number() -> None:
    side = Session(client=True)
    assert side.receive_data(ping(SYN, 77)) == []
    assert sent(side) == ping(ACK, 77)


def test_pong_is_an_event() -> None:
    side = Session(client=True)
    side.send_ping(5)
    assert sent(side) == ping(SYN, 5)
    assert side.receive_data(ping(ACK, 5)) == [PongReceived(5)]


def test_peer_that_goes_away_in_peace_gets_no_new_streams(client: Session) -> None:
    assert client.receive_data(go_away(0) + data(1, b"still")) == [
        GoneAway(),
        DataReceived(1, b"still"),
    ]
    with pytest.raises(ConnectionLost, match="gone away"):
        client.open_stream()
    assert not client.ended


@pytest.mark.parametrize(
    ("code", "text"), [(1, "protocol error"), (2, "internal error"), (9, "code 9")]
)
def test_other_go_away_ends_the_session(client: Session, code: int, text: str) -> None:
    [event] = client.receive_data(go_away(code) + data(1, b"late"))
    assert isinstance(event, Ended)
    assert isinstance(event.error, ConnectionLost)
    assert text in str(event.error)
    assert client.receive_data(window(1, FIN)) == []
    assert client.receive_eof() == []
    assert not client.has_data_to_send


def test_eof_between_frames_is_a_normal_end(client: Session) -> None:
    assert client.receive_eof() == [Ended(None)]
    assert client.ended
    with pytest.raises(ConnectionLost):
        client.open_stream()


@pytest.mark.parametrize("cut", [1, 11, 12, 14])
def test_eof_inside_a_frame_is_an_error(client: Session, cut: int) -> None:
    client.receive_data(data(1, b"abc")[:cut])
    [event] = client.receive_eof()
    assert isinstance(event, Ended)
    assert "middle of a frame" in str(event.error)


# Violations: the session dies, the frame is named, the peer is told.


def broken(side: Session, received: bytes) -> str:
    *_, event = side.receive_data(received + ping(SYN, 1))
    assert isinstance(event, Ended)
    assert isinstance(event.error, RemoteProtocolError)
    assert side.ended
    assert sent(side).endswith(go_away(1))
    return str(event.error)


@pytest.mark.parametrize(
    ("received", "text"),
    [
        (window(1, SYN), "opened again: stream 1 WINDOW_UPDATE SYN"),
        (window(2, SYN), "may not open this stream: stream 2 WINDOW_UPDATE SYN"),
        (window(0, SYN), "may not open this stream: session WINDOW_UPDATE SYN"),
        (data(1, bytes(WINDOW + 1)), f"({WINDOW} bytes): stream 1 DATA {WINDOW + 1} bytes"),
        (data(1, bytes(WINDOW)) + data(1, b"x"), "(0 bytes): stream 1 DATA 1 bytes"),
        (window(1, FIN) + window(1, FIN), "ended again: stream 1 WINDOW_UPDATE FIN"),
        (window(1, FIN) + data(1, b"x"), "after the end of the stream: stream 1 DATA 1 bytes"),
        (bytes([1, *bytes(11)]), "not a yamux frame"),
        (bytes([0, 9, *bytes(10)]), "not a yamux frame"),
    ],
)
def test_violation_ends_the_session_and_names_the_frame(
    server: Session, received: bytes, text: str
) -> None:
    assert text in broken(server, received)


def test_what_came_before_a_violation_still_counts(server: Session) -> None:
    first, last = server.receive_data(data(1, b"good") + window(1, SYN))
    assert first == DataReceived(1, b"good")
    assert isinstance(last, Ended)


def test_peer_that_asks_without_reading_is_cut_off() -> None:
    side = Session(client=False)
    assert side.receive_data(ping(SYN, 1) * MOST_ANSWERS) == []
    sent(side)  # once they are sent, it may ask again
    assert side.receive_data(ping(SYN, 1) * MOST_ANSWERS) == []
    assert "session PING SYN #1" in broken(side, b"")


# Our own mistakes.


def test_second_fin_is_our_mistake(client: Session) -> None:
    client.send_fin(1)
    sent(client)
    for misuse in (lambda: client.send_fin(1), lambda: send(client, 1, b"x")):
        with pytest.raises(LocalProtocolError, match="stream 1 was finished"):
            misuse()
    assert not client.has_data_to_send


def test_use_of_an_unknown_stream_is_our_mistake(client: Session) -> None:
    with pytest.raises(LocalProtocolError, match="stream 9 is gone"):
        send(client, 9, b"x")


def test_consuming_what_never_came_is_our_mistake(server: Session) -> None:
    server.receive_data(data(1, b"abc"))
    server.consume(1, 2)
    with pytest.raises(LocalProtocolError, match="2 bytes consumed"):
        server.consume(1, 2)


def test_trace_sees_every_frame_in_both_directions() -> None:
    seen: list[str] = []
    side = Session(client=True, trace=lambda way, frame: seen.append(f"{way} {frame}"))
    side.send_data(side.open_stream(), memoryview(b"hello"))
    side.receive_data(window(1, ACK) + ping(SYN, 3))
    assert seen == [
        "> stream 1 WINDOW_UPDATE SYN +0",
        "> stream 1 DATA 5 bytes",
        "< stream 1 WINDOW_UPDATE ACK +0",
        "< session PING SYN #3",
        "> session PING ACK #3",
    ]


# Properties.


def merged(events: Sequence[Event]) -> list[Event | str]:
    """Events with the payload of neighbours joined and errors as text: comparable."""
    found: list[Event | str] = []
    for event in events:
        last = found[-1] if found else None
        if isinstance(event, Ended):
            found.append(f"ended: {event.error}")
        elif (
            isinstance(event, DataReceived)
            and isinstance(last, DataReceived)
            and last.stream_id == event.stream_id
        ):
            found[-1] = DataReceived(event.stream_id, last.data + event.data)
        else:
            found.append(event)
    return found


def some_frames(draw: Callable[[st.SearchStrategy[int]], int]) -> bytes:
    kind = draw(st.sampled_from([0, 0, 0, 1, 1, 2, 3]))
    flags = draw(st.sampled_from([0, 0, 1, 1, 2, 4, 8, 3, 5, 15]))
    stream_id = draw(st.sampled_from([0, 1, 1, 2, 3]))
    if kind == 0:
        return data(stream_id, bytes(draw(st.integers(0, 40))), flags)
    length = draw(st.sampled_from([0, 0, 1, 500]))
    return Frame(FrameType(kind), flags, stream_id, length).encode()


@st.composite
def conversations(draw: st.DrawFn) -> bytes:
    frame_row = [some_frames(draw) for _ in range(draw(st.integers(0, 12)))]
    stream = bytearray(b"".join(frame_row))
    if stream and draw(st.booleans()):  # corrupt one byte
        stream[draw(st.integers(0, len(stream) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(stream)


@given(conversations(), st.lists(st.floats(0, 1), max_size=6))
def test_cuts_and_corruption_change_nothing_but_the_pieces(
    received: bytes, places: list[float]
) -> None:
    whole, cut, bytewise = (Session(client=True) for _ in range(3))
    for side in (whole, cut, bytewise):
        side.open_stream()
    expected = merged(whole.receive_data(received))
    edges = sorted({0, len(received), *(int(place * len(received)) for place in places)})
    in_cuts: list[Event] = []
    for start, end in itertools.pairwise(edges):
        in_cuts += cut.receive_data(received[start:end])
    byte_by_byte = [
        event
        for number in range(len(received))
        for event in bytewise.receive_data(received[number : number + 1])
    ]
    assert merged(in_cuts) == merged(byte_by_byte) == expected
    assert sent(cut) == sent(bytewise) == sent(whole)


@given(st.binary(max_size=200))
def test_any_bytes_are_events(received: bytes) -> None:
    side = Session(client=False)
    side.receive_data(received)
    side.receive_eof()
    assert side.ended


class TwoSessions(RuleBasedStateMachine):
    """Two sessions joined by wires of any delay agree, whatever each of them does."""

    def __init__(self) -> None:
        super().__init__()
        self.sides = (Session(client=True), Session(client=False))
        self.wires = [b"", b""]
        self.written: dict[tuple[int, int], int] = {}
        self.received: dict[tuple[int, int], int] = {}
        self.unread: dict[tuple[int, int], int] = {}
        self.open: tuple[set[int], set[int]] = (set(), set())

    who = st.integers(0, 1)

    @rule(who=who)
    def open_one(self, who: int) -> None:
        self.open[who].add(self.sides[who].open_stream())

    @precondition(lambda self: any(self.open))
    @rule(who=who, size=st.integers(1, 300_000), pick=st.integers(0, 50))
    def write(self, who: int, size: int, pick: int) -> None:
        if ids := sorted(self.open[who]):
            stream_id = ids[pick % len(ids)]
            size = send(self.sides[who], stream_id, bytes(size))
            self.written[who, stream_id] = self.written.get((who, stream_id), 0) + size

    @precondition(lambda self: any(self.open))
    @rule(who=who, pick=st.integers(0, 50))
    def finish(self, who: int, pick: int) -> None:
        if ids := sorted(self.open[who]):
            stream_id = ids[pick % len(ids)]
            self.sides[who].send_fin(stream_id)
            self.open[who].remove(stream_id)

    @rule(who=who, share=st.floats(0, 1))
    def carry(self, who: int, share: float) -> None:
        self.wires[who] += sent(self.sides[who])
        size = int(share * len(self.wires[who]))
        arriving, self.wires[who] = self.wires[who][:size], self.wires[who][size:]
        other = 1 - who
        for event in self.sides[other].receive_data(arriving):
            assert not isinstance(event, Ended | StreamReset), event
            if isinstance(event, StreamOpened):
                self.open[other].add(event.stream_id)
                assert self.sides[other].accept_stream() == event.stream_id
            if isinstance(event, DataReceived):
                key = (other, event.stream_id)
                self.received[key] = self.received.get(key, 0) + len(event.data)
                self.unread[key] = self.unread.get(key, 0) + len(event.data)

    @precondition(lambda self: self.unread)
    @rule(pick=st.integers(0, 50), share=st.floats(0, 1))
    def read(self, pick: int, share: float) -> None:
        key = sorted(self.unread)[pick % len(self.unread)]
        size = int(share * self.unread[key])
        self.sides[key[0]].consume(key[1], size)
        self.unread[key] -= size

    @invariant()
    def never_more_unread_than_the_window(self) -> None:
        assert all(size <= WINDOW for size in self.unread.values())

    def teardown(self) -> None:
        for _ in range(3):
            for who in (0, 1):
                self.carry(who, 1.0)
        for (who, stream_id), size in self.written.items():
            assert self.received.get((1 - who, stream_id), 0) == size
        assert not any(side.ended for side in self.sides)


TestTwoSessions = TwoSessions.TestCase
TestTwoSessions.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
