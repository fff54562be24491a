from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ConnectionLost, RemoteProtocolError
from packer_sdk.wire.connection import Connection
from packer_sdk.wire.frames import Flags, FrameType
from packer_sdk.wire.session import WINDOW

if TYPE_CHECKING:
    from sdk.wire.conftest import Background, Connect, MeetRaw

GUARD_S = 30.0


def test_streams_open_in_both_directions(connect: Connect) -> None:
    core, plugin = connect()
    for opener, accepter in ((core, plugin), (plugin, core)):
        stream = opener.open_stream()
        stream.write(b"hello")
        assert accepter.accept_stream().read() == b"hello"


def test_accept_waits_for_the_peer(connect: Connect, background: Background) -> None:
    core, plugin = connect()
    accepted = background(plugin.accept_stream)
    time.sleep(0.05)
    assert core.open_stream().stream_id == accepted.result(GUARD_S).stream_id == 1


def test_tcp_works_as_well() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    core, plugin = Connection(near, client=True), Connection(far, client=False)
    core.open_stream().write(b"hello")
    assert plugin.accept_stream().read() == b"hello"
    core.close()
    assert plugin.wait_closed(GUARD_S)


def test_socket_with_a_timeout_is_made_to_block() -> None:
    left, right = socket.socketpair()
    left.settimeout(0.01)
    connection = Connection(left, client=True)
    time.sleep(0.05)
    assert not connection.closed
    connection.close()
    right.close()


def test_news_from_the_peer_reach_the_stream(meet_raw: MeetRaw, background: Background) -> None:
    connection, peer = meet_raw()
    stream = connection.open_stream()
    stream.write(bytes(WINDOW))
    writing = background(stream.write, b"x")
    peer.send(FrameType.WINDOW_UPDATE, 0, 1, 1)
    writing.result(GUARD_S)
    peer.send_data(1, b"hello", Flags.FIN)
    assert stream.read() == b"hello"
    assert stream.read() == b""
    other = connection.open_stream()
    peer.send(FrameType.WINDOW_UPDATE, Flags.RST, 3)
    with pytest.raises(ConnectionLost, match="stream 3 was reset by peer"):
        other.read()


def test_opening_does_not_wait_for_a_write_that_is_stuck(
    meet_raw: MeetRaw, background: Background
) -> None:
    connection, _ = meet_raw()
    streams = [connection.open_stream() for _ in range(30)]
    writes = [background(stream.write, bytes(WINDOW)) for stream in streams]
    time.sleep(0.1)
    assert connection.open_stream().stream_id == 61
    connection.close()
    for future in writes:
        future.exception(GUARD_S)


# Pings.


def test_ping_is_answered_while_every_application_thread_blocks(
    meet_raw: MeetRaw, background: Background
) -> None:
    connection, peer = meet_raw()
    stream = connection.open_stream()
    stream.write(bytes(WINDOW))
    blocked = [background(stream.read), background(stream.write, b"x")]
    while (frame := peer.receive()) and frame.type is not FrameType.PING:
        if frame.stream_id == 1 and frame.length:
            peer.send(FrameType.PING, Flags.SYN, 0, 77)
    assert str(frame) == "session PING ACK #77"
    assert not any(future.done() for future in blocked)
    connection.close()
    for future in blocked:
        with pytest.raises(ConnectionLost):
            future.result(GUARD_S)


def test_silent_peer_is_detected(meet_raw: MeetRaw, background: Background) -> None:
    connection, peer = meet_raw(keep_alive_s=0.02, pong_timeout_s=0.2)
    waiting = background(connection.open_stream().read)
    assert connection.wait_closed(GUARD_S)
    assert str(connection.error) == "peer did not answer a ping within 0.2 s"
    with pytest.raises(ConnectionLost, match="connection to peer lost: peer did not answer"):
        waiting.result(GUARD_S)
    assert str(peer.receive()) == "stream 1 WINDOW_UPDATE SYN +0"
    assert str(peer.receive()) == "session PING SYN #1"


def test_peer_that_answers_is_kept(connect: Connect) -> None:
    core, plugin = connect(keep_alive_s=0.01, pong_timeout_s=5.0)
    time.sleep(0.2)
    assert not core.closed
    assert not plugin.closed


def test_peer_that_takes_no_data_is_detected(meet_raw: MeetRaw, background: Background) -> None:
    connection, _ = meet_raw(keep_alive_s=None, pong_timeout_s=0.1)
    streams = [connection.open_stream() for _ in range(30)]
    writes = [background(stream.write, bytes(WINDOW)) for stream in streams]
    assert connection.wait_closed(GUARD_S)
    assert "takes no data" in str(connection.error)
    for future in writes:
        future.exception(GUARD_S)


def test_connection_without_keep_alive_sends_no_ping(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw(keep_alive_s=None)
    time.sleep(0.05)
    connection.close()
    assert peer.receive() is None


# Ends.


def test_peer_that_closes_is_a_normal_end(connect: Connect, background: Background) -> None:
    core, plugin = connect()
    accepting = background(core.accept_stream)
    time.sleep(0.05)
    plugin.close()
    assert core.wait_closed(GUARD_S)
    assert core.closed
    assert core.error is None
    with pytest.raises(ConnectionLost, match="connection to plugin ended"):
        accepting.result(GUARD_S)
    with pytest.raises(ConnectionLost, match="connection to plugin ended"):
        core.open_stream()


def test_close_is_harmless_from_many_threads(connect: Connect, background: Background) -> None:
    core, _ = connect()
    for future in [background(core.close) for _ in range(5)]:
        future.result(GUARD_S)
    core.close()
    assert core.wait_closed(0)
    assert core.error is None


def test_close_leaves_no_thread_and_no_descriptor(connect: Connect) -> None:
    before = {thread.name for thread in threading.enumerate()}
    core, plugin = connect()
    core.close()
    plugin.close()
    assert {thread.name for thread in threading.enumerate()} == before


def test_close_sends_what_was_written(connect: Connect) -> None:
    core, plugin = connect()
    stream = core.open_stream()
    accepted = plugin.accept_stream()
    stream.write(b"x" * 100_000)
    stream.close()
    core.close()
    assert accepted.read_exactly(100_001) == b"x" * 100_000
    assert accepted.read() == b""


def test_eof_inside_a_frame_is_an_error(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    peer.sock.sendall(b"\0\0\0")
    peer.sock.close()
    assert connection.wait_closed(GUARD_S)
    assert "middle of a frame" in str(connection.error)


def test_reset_socket_is_a_normal_end(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    connection.open_stream()  # closed unread: the kernel then reports a reset
    peer.sock.close()
    assert connection.wait_closed(GUARD_S)
    assert connection.error is None


def test_peer_that_breaks_the_protocol_is_told(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw(client=False)
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 1)
    assert str(peer.receive()) == "stream 1 WINDOW_UPDATE ACK +0"
    peer.send(FrameType.WINDOW_UPDATE, Flags.SYN, 1)
    assert str(peer.receive()) == "session GO_AWAY code 1"
    assert peer.receive() is None
    assert connection.wait_closed(GUARD_S)
    assert isinstance(connection.error, RemoteProtocolError)
    assert "stream 1 WINDOW_UPDATE SYN" in str(connection.error)


def test_peer_that_goes_away_in_peace_still_serves_its_streams(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    stream = connection.open_stream()
    peer.send(FrameType.GO_AWAY, 0, 0, 0)
    peer.send_data(1, b"still here")
    assert stream.read() == b"still here"
    with pytest.raises(ConnectionLost, match="gone away"):
        connection.open_stream()
    assert not connection.closed


def test_peer_that_goes_away_in_anger_ends_the_connection(meet_raw: MeetRaw) -> None:
    connection, peer = meet_raw()
    peer.send(FrameType.GO_AWAY, 0, 0, 2)
    assert connection.wait_closed(GUARD_S)
    assert "internal error" in str(connection.error)


PEER = """
import os, socket, sys
from packer_sdk.wire.connection import Connection
connection = Connection(socket.socket(fileno=int(sys.argv[1])), client=False)
stream = connection.accept_stream()
stream.read()
stream.write(b"ready")
connection.wait_closed()
"""


def test_peer_killed_while_we_read_and_write_wakes_all(background: Background) -> None:
    ours, theirs = socket.socketpair()
    with subprocess.Popen(
        [sys.executable, "-c", PEER, str(theirs.fileno())], pass_fds=[theirs.fileno()]
    ) as child:
        theirs.close()
        connection = Connection(ours, client=True, name="plugin")
        stream = connection.open_stream()
        stream.write(b"x")
        assert stream.read() == b"ready"
        waiting = [
            background(stream.read),
            background(stream.write, bytes(2 * WINDOW)),
            background(connection.accept_stream),
        ]
        time.sleep(0.1)
        os.kill(child.pid, signal.SIGKILL)
        for future in waiting:
            with pytest.raises(ConnectionLost, match="connection to plugin ended"):
                future.result(GUARD_S)
    connection.close()


# Callbacks.


def test_callbacks_run_once_in_threads_of_their_own(connect: Connect) -> None:
    core, plugin = connect()
    names: list[str] = []
    called = threading.Semaphore(0)

    def callback() -> None:
        core.close()  # harmless here: no thread of the connection waits for us
        names.append(threading.current_thread().name)
        called.release()

    core.on_closed(callback)
    core.on_closed(callback)
    plugin.close()
    assert called.acquire(timeout=GUARD_S)
    assert called.acquire(timeout=GUARD_S)
    core.on_closed(callback)
    assert called.acquire(timeout=GUARD_S)
    assert names == ["packer:wire-closed-plugin"] * 3


# Bugs do not leave anybody waiting.


def test_reader_that_fails_ends_the_connection(
    meet_raw: MeetRaw, caplog: pytest.LogCaptureFixture
) -> None:
    connection, peer = meet_raw(log_frames=True)
    stream = connection.open_stream()

    def broken(data: bytes) -> None:
        raise ValueError("a bug")

    stream.receive_data = broken  # type: ignore[method-assign]
    peer.send_data(1, b"x")
    assert connection.wait_closed(GUARD_S)
    assert str(connection.error) == "the reader failed"
    assert "a bug" in caplog.text


def test_socket_that_fails_ends_the_connection_with_its_error() -> None:
    listener = socket.create_server(("127.0.0.1", 0))  # reading from it is an error
    connection = Connection(listener, client=True)
    assert connection.wait_closed(GUARD_S)
    assert isinstance(connection.error, OSError)


def test_frames_are_logged_only_when_asked(
    connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        core, plugin = connect()
        core.open_stream()
        plugin.accept_stream()
        assert not caplog.messages
        core, plugin = connect(log_frames=True)
        core.open_stream()
        plugin.accept_stream()
    assert "plugin: > stream 1 WINDOW_UPDATE SYN +0" in caplog.messages
    assert "core: < stream 1 WINDOW_UPDATE SYN +0" in caplog.messages
