from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ConnectionLost, LocalProtocolError
from packer_sdk.wire.frames import Flags, FrameType
from packer_sdk.wire.session import REFILL, WINDOW
from packer_sdk.wire.stream import Stream, StreamTimeout

if TYPE_CHECKING:
    from packer_sdk.wire.connection import Connection
    from sdk.wire.conftest import Background, Connect, MeetRaw

GUARD_S = 30.0


def opened(core: Connection, plugin: Connection) -> tuple[Stream, Stream]:
    return core.open_stream(), plugin.accept_stream()


def read_all(stream: Stream, limit: int = 65536) -> bytes:
    pieces = []
    while piece := stream.read(limit):
        assert len(piece) <= limit
        pieces.append(piece)
    return b"".join(pieces)


def until_blocked(stream: Stream) -> None:
    """Fill the peer's window, so that the next write has to wait."""
    stream.write(bytes(WINDOW))


@pytest.mark.parametrize("limit", [1000, 65536, 10**6])
def test_600_kb_both_ways_at_once_arrive_whole(
    connect: Connect, background: Background, limit: int
) -> None:
    ours, theirs = opened(*connect())
    there, back = random.randbytes(600_000), random.randbytes(600_000)

    def send(stream: Stream, data: bytes) -> None:
        stream.write(data)
        stream.close_write()

    futures = [background(send, ours, there), background(send, theirs, back)]
    received = background(read_all, theirs, limit)
    assert read_all(ours, limit) == back
    assert received.result(GUARD_S) == there
    for future in futures:
        future.result(GUARD_S)


def test_read_joins_what_is_there_up_to_the_limit(connect: Connect) -> None:
    ours, theirs = opened(*connect())
    for piece in (b"abc", b"def", b"ghi"):
        ours.write(piece)
    ours.close_write()
    until_eof = [theirs.read_exactly(2), theirs.read_exactly(5), theirs.read_exactly(5)]
    assert until_eof == [b"ab", b"cdefg", b"hi"]
    assert theirs.read() == b""


def test_write_takes_any_buffer_and_gives_it_back(connect: Connect) -> None:
    ours, theirs = opened(*connect())
    memory = bytearray(b"x" * 10_000)
    ours.write(memory)
    memory[:] = b"y" * 10_000
    ours.write(memoryview(memory)[:3])
    ours.write(b"")
    ours.close_write()
    assert read_all(theirs) == b"x" * 10_000 + b"yyy"


def test_large_writes_of_many_threads_never_share_a_batch_wrongly(
    connect: Connect, background: Background
) -> None:
    core, plugin = connect()
    pairs = [opened(core, plugin) for _ in range(8)]
    datas = [random.randbytes(300_000) for _ in pairs]

    def send(stream: Stream, data: bytes) -> None:
        memory = bytearray(20_000)
        for start in range(0, len(data), 20_000):
            memory[:] = data[start : start + 20_000]  # the same memory again and again
            stream.write(memory)
        stream.close_write()

    sends = [background(send, ours, data) for (ours, _), data in zip(pairs, datas, strict=True)]
    reads = [background(read_all, theirs) for _, theirs in pairs]
    assert [future.result(GUARD_S) for future in reads] == datas
    for future in sends:
        future.result(GUARD_S)


def test_300_concurrent_writers_on_one_stream_do_not_mingle(
    connect: Connect, background: Background
) -> None:
    ours, theirs = opened(*connect())
    lines = [bytes([65 + number % 26]) * 999 + b"\n" for number in range(300)]
    futures = [background(ours.write, line) for line in lines]
    received = theirs.read_exactly(300_000)
    for future in futures:
        future.result(GUARD_S)
    assert sorted(received.splitlines(keepends=True)) == sorted(lines)


def test_half_close_leaves_the_other_direction_open(connect: Connect) -> None:
    ours, theirs = opened(*connect())
    ours.write(b"question")
    ours.close_write()
    assert read_all(theirs) == b"question"
    theirs.write(b"answer")
    theirs.close_write()
    assert read_all(ours) == b"answer"


def test_write_after_close_write_is_our_mistake(connect: Connect) -> None:
    ours, _ = opened(*connect())
    ours.close_write()
    with pytest.raises(LocalProtocolError, match="write after close_write"):
        ours.write(b"x")


def test_second_fin_is_never_sent(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    stream = connection.open_stream()
    for end in (stream.close_write, stream.close_write, stream.close, stream.close):
        end()
    connection.open_stream()
    frames = [peer.receive() for _ in range(3)]
    assert [frame and (frame.stream_id, frame.flags) for frame in frames] == [
        (1, Flags.SYN),
        (1, Flags.FIN),
        (3, Flags.SYN),
    ]


def test_closed_stream_reads_nothing_and_refuses_writes(connect: Connect) -> None:
    ours, theirs = opened(*connect())
    theirs.write(b"unread")
    with ours as stream:
        assert stream is ours
    assert ours.read() == b""
    with pytest.raises(ConnectionLost, match="stream 1 of plugin was closed"):
        ours.write(b"x")


def test_peer_of_a_closed_stream_never_stalls(connect: Connect, background: Background) -> None:
    ours, theirs = opened(*connect())
    theirs.write(bytes(1000))
    assert ours.read_exactly(1) == b"\0"
    ours.close()
    background(theirs.write, bytes(3 * WINDOW)).result(GUARD_S)


def test_unread_data_is_credited_when_the_stream_is_closed(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    stream = connection.open_stream()
    peer.send_data(1, bytes(REFILL))
    stream.read(1)
    frames = [peer.receive()]
    stream.close()
    frames += [peer.receive(), peer.receive()]
    assert [str(frame) for frame in frames] == [
        "stream 1 WINDOW_UPDATE SYN +0",
        f"stream 1 WINDOW_UPDATE +{REFILL}",
        "stream 1 WINDOW_UPDATE FIN +0",
    ]


def test_close_wakes_a_reader_and_a_blocked_writer(
    connect: Connect, background: Background
) -> None:
    ours, _theirs = opened(*connect())
    until_blocked(ours)
    reading, writing = background(ours.read), background(ours.write, b"x")
    time.sleep(0.05)
    ours.close()
    assert reading.result(GUARD_S) == b""
    with pytest.raises(ConnectionLost, match="was closed"):
        writing.result(GUARD_S)


def test_close_write_wakes_a_blocked_writer(connect: Connect, background: Background) -> None:
    ours, _theirs = opened(*connect())
    until_blocked(ours)
    writing = background(ours.write, b"x")
    time.sleep(0.05)
    ours.close_write()
    with pytest.raises(LocalProtocolError):
        writing.result(GUARD_S)


def test_blocked_writer_goes_on_when_the_peer_reads(
    connect: Connect, background: Background
) -> None:
    ours, theirs = opened(*connect())
    until_blocked(ours)
    writing = background(ours.write, b"tail")
    assert len(theirs.read_exactly(WINDOW + 4)) == WINDOW + 4
    writing.result(GUARD_S)


def test_reset_wakes_both_sides_and_keeps_what_had_arrived(
    connect: Connect, background: Background
) -> None:
    ours, theirs = opened(*connect())
    until_blocked(ours)
    waiting = [background(ours.read), background(ours.write, b"x")]
    time.sleep(0.05)
    ours.reset()
    ours.reset()
    ours.close()
    for future in waiting:
        with pytest.raises(ConnectionLost, match="stream 1 of plugin was reset"):
            future.result(GUARD_S)
    theirs.read_exactly(WINDOW)  # what had arrived is still there
    with pytest.raises(ConnectionLost, match="stream 1 was reset by core"):
        theirs.read()
    with pytest.raises(ConnectionLost, match="reset by core"):
        theirs.write(b"x")
    theirs.close()


def test_both_sides_may_reset_at_once(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    stream = connection.open_stream()
    peer.send(FrameType.WINDOW_UPDATE, Flags.RST, 1)
    with pytest.raises(ConnectionLost, match="reset by peer"):
        stream.read()
    stream.reset()
    with pytest.raises(ConnectionLost, match="reset by peer"):
        stream.read()


def test_read_gives_up_after_its_timeout(connect: Connect) -> None:
    ours, theirs = opened(*connect())
    with pytest.raises(StreamTimeout, match=r"nothing arrived on stream 1 of plugin for 0\.01 s"):
        ours.read(timeout_s=0.01)
    with pytest.raises(TimeoutError):
        ours.read_exactly(2, timeout_s=0)
    theirs.write(b"x")
    assert ours.read(timeout_s=GUARD_S) == b"x"


def test_data_that_arrived_outlives_the_connection(connect: Connect) -> None:
    core, plugin = connect()
    ours, theirs = opened(core, plugin)
    theirs.write(b"last words")
    plugin.close()
    assert core.wait_closed(GUARD_S)
    assert ours.read() == b"last words"
    with pytest.raises(ConnectionLost, match="connection to plugin ended"):
        ours.read()
    ours.close()
    ours.reset()


def test_lost_connection_wakes_readers_and_writers(
    connect: Connect, background: Background
) -> None:
    core, plugin = connect()
    ours, theirs = opened(core, plugin)
    until_blocked(ours)
    waiting = [background(ours.read), background(ours.write, b"x"), background(theirs.read)]
    time.sleep(0.05)
    plugin.close()
    for future in waiting[:2]:
        with pytest.raises(ConnectionLost, match="connection to plugin ended"):
            future.result(GUARD_S)
    assert len(waiting[2].result(GUARD_S)) > 0


def test_stream_shows_where_it_belongs(connect: Connect) -> None:
    ours, theirs = opened(*connect())
    assert repr(ours) == "<Stream 1 of plugin>"
    assert repr(theirs) == "<Stream 1 of core>"
