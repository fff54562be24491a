from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from packer_sdk.errors import ConnectionLost, RemoteProtocolError
from packer_sdk.wire import frames
from packer_sdk.wire.link import Link
from packer_sdk.wire.session import Session
from packer_sdk.wire.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packer_sdk.wire.session import Buffer
    from sdk.wire.conftest import Background

GUARD_S = 30.0


class Ends:
    """A link and the far end of its socket."""

    def __init__(self, write_timeout_s: float = 10.0) -> None:
        self.sock, self.far = socket.socketpair()
        self.far.settimeout(GUARD_S)
        self.session = Session(client=True)
        self.link = Link(self.sock, self.session, name="plugin", write_timeout_s=write_timeout_s)

    def take(self) -> list[Buffer]:
        with self.link.lock:
            batch = self.link.take()
        assert batch is not None
        return batch

    def ping(self, number: int) -> None:
        with self.link.lock:
            self.session.send_ping(number)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.sock.close()
    made.far.close()


def received(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := sock.recv(size - len(data))):
        data += piece
    return data


def test_take_gives_nothing_when_nothing_is_queued(ends: Ends) -> None:
    with ends.link.lock:
        assert ends.link.take() is None


def test_only_one_thread_has_the_right_to_send(ends: Ends) -> None:
    ends.ping(1)
    batch = ends.take()
    ends.ping(2)
    with ends.link.lock:
        assert ends.link.take() is None
    ends.link.transmit(batch)
    ends.link.transmit(ends.take())
    numbers = [frames.decode_header(received(ends.far, 12)).length for _ in range(2)]
    assert numbers == [1, 2]


def test_more_buffers_than_the_kernel_takes_go_in_several_calls(ends: Ends) -> None:
    batch: list[Buffer] = [bytes([number % 256]) for number in range(3000)]
    ends.ping(0)
    ends.take()
    ends.link.transmit(list(batch))
    assert received(ends.far, 3000) == b"".join(batch)


class Stingy(socket.socket):
    """A socket that takes at most 999 bytes in a call, as a kernel may."""

    def sendmsg(self, buffers: Iterable[Buffer], *more: Any) -> int:  # type: ignore[override]
        return super().sendmsg([b"".join(buffers)[:999]], *more)


def test_write_that_the_kernel_cuts_goes_on_where_it_stopped(background: Background) -> None:
    left, far = socket.socketpair()
    sock = Stingy(fileno=left.detach())
    session = Session(client=True)
    link = Link(sock, session, name="plugin", write_timeout_s=10.0)
    stream_id = session.open_stream()
    pieces = [bytes([number]) * 20_000 for number in range(5)]
    for piece in pieces:
        session.send_data(stream_id, memoryview(piece))
    with link.lock:
        batch = link.take()
    assert batch
    expected = b"".join(batch)
    sending = background(link.transmit, batch)
    assert received(far, len(expected)) == expected
    sending.result(GUARD_S)
    assert not link.ended
    sock.close()
    far.close()


def test_peer_that_does_not_read_ends_the_link(background: Background) -> None:
    ends = Ends(write_timeout_s=0.05)
    ends.ping(0)
    ends.take()
    background(ends.link.transmit, [bytes(10_000_000)]).result(GUARD_S)
    assert ends.link.ended
    assert "plugin takes no data: nothing could be written for 0.05 s" in str(ends.link.error)
    lost = ends.link.lost()
    assert str(lost).startswith("connection to plugin lost: plugin takes no data")
    assert lost.__cause__ is ends.link.error
    ends.sock.close()
    ends.far.close()


def test_peer_that_is_gone_is_a_normal_end(ends: Ends) -> None:
    ends.far.close()
    ends.ping(0)
    ends.link.transmit(ends.take())
    assert ends.link.ended
    assert ends.link.error is None
    assert str(ends.link.lost()) == "connection to plugin ended"


def test_other_failures_of_the_socket_are_kept(ends: Ends) -> None:
    ends.ping(0)
    batch = ends.take()
    ends.sock.close()
    ends.link.transmit(batch)
    assert isinstance(ends.link.error, OSError)


def test_interrupted_write_ends_the_link_and_the_interrupt_goes_on(ends: Ends) -> None:
    class Interrupted(bytes):
        def __len__(self) -> int:
            raise KeyboardInterrupt

    ends.ping(0)
    ends.take()
    with pytest.raises(KeyboardInterrupt):
        ends.link.transmit([Interrupted(b"x")])
    assert ends.link.ended
    assert "interrupted" in str(ends.link.error)


def test_what_was_queued_meanwhile_is_left_to_the_writer(
    ends: Ends, background: Background
) -> None:
    def writer() -> bool:
        with ends.link.lock:
            return ends.link.work.wait(GUARD_S)

    waiting = background(writer)
    time.sleep(0.05)
    ends.ping(1)
    batch = ends.take()
    ends.ping(2)
    with ends.link.lock:
        ends.link.wake_writer()  # somebody sends: not yet
    ends.link.transmit(batch)
    assert waiting.result(GUARD_S)


def test_wait_sent_ends_when_the_next_batch_is_out(ends: Ends, background: Background) -> None:
    def wait() -> None:
        with ends.link.lock:
            ends.link.wait_sent()

    ends.ping(1)
    first = ends.take()
    ends.ping(2)
    waiting = background(wait)
    time.sleep(0.05)
    ends.link.transmit(first)
    assert not waiting.done()
    ends.link.transmit(ends.take())
    waiting.result(GUARD_S)


def test_wait_sent_and_wait_flushed_end_with_the_link(ends: Ends, background: Background) -> None:
    def wait() -> None:
        with ends.link.lock:
            ends.link.wait_sent()

    def flush() -> None:
        with ends.link.lock:
            ends.link.wait_flushed(GUARD_S)

    ends.ping(1)
    ends.take()
    ends.ping(2)
    waiting = [background(wait), background(flush)]
    time.sleep(0.05)
    with ends.link.lock:
        ends.link.end(None)
    for future in waiting:
        future.result(GUARD_S)


def test_wait_idle_ends_when_the_sender_is_back(ends: Ends, background: Background) -> None:
    def wait() -> None:
        with ends.link.lock:
            ends.link.wait_idle()

    ends.ping(1)
    batch = ends.take()
    waiting = background(wait)
    time.sleep(0.05)
    assert not waiting.done()
    ends.link.transmit(batch)
    waiting.result(GUARD_S)


def test_end_wakes_whoever_waits_on_a_stream(ends: Ends, background: Background) -> None:
    with ends.link.lock:
        stream = Stream(ends.link, ends.session.open_stream())
        ends.link.streams[stream.stream_id] = stream
    waiting = background(stream.read)
    time.sleep(0.05)
    with ends.link.lock:
        ends.link.end(None)
    with pytest.raises(ConnectionLost, match="connection to plugin ended"):
        waiting.result(GUARD_S)


def test_only_the_first_reason_to_end_counts(ends: Ends) -> None:
    first = ConnectionLost("first")
    with ends.link.lock:
        ends.link.end(first)
        ends.link.end(ConnectionLost("second"))
    assert ends.link.error is first
    assert received(ends.far, 1) == b""


def test_peer_that_broke_the_protocol_hears_the_last_words(ends: Ends) -> None:
    ends.session.receive_data(bytes([9]) * 12)
    with ends.link.lock:
        ends.link.end(RemoteProtocolError("not a frame"))
    ends.link.send_last_words()
    assert str(frames.decode(received(ends.far, 100))) == "session GO_AWAY code 1"
    assert received(ends.far, 1) == b""
    with ends.link.lock:
        ends.link.wait_idle()


def test_last_words_to_a_peer_that_is_gone_are_lost(ends: Ends) -> None:
    ends.ping(1)
    ends.far.close()
    ends.link.send_last_words()
    ends.link.send_last_words()
