"""Real connections over socket pairs, closed after the test; a peer made of bare frames."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from packer_sdk.threads import spawn
from packer_sdk.wire import frames
from packer_sdk.wire.connection import Connection
from packer_sdk.wire.frames import Frame, FrameType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANG_GUARD_S = 30.0


class Connect(Protocol):
    """Makes a pair of connections, core first; both get the same options."""

    def __call__(self, **options: Any) -> tuple[Connection, Connection]: ...


class RawPeer:
    """The far end of a connection, spoken to frame by frame."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        sock.settimeout(HANG_GUARD_S)

    def send(self, kind: FrameType, flags: int, stream_id: int, length: int = 0) -> None:
        """Send a frame without a payload."""
        self.sock.sendall(frames.encode_header(kind, flags, stream_id, length))

    def send_data(self, stream_id: int, payload: bytes, flags: int = 0) -> None:
        """Send a frame of data."""
        self.sock.sendall(Frame(FrameType.DATA, flags, stream_id, len(payload), payload).encode())

    def receive(self) -> Frame | None:
        """Wait for the next frame; None at the end of the connection."""
        header = self._receive_exactly(frames.HEADER_SIZE)
        if len(header) < frames.HEADER_SIZE:
            return None
        frame = frames.decode_header(header)
        if frame.type is FrameType.DATA:
            return frames.decode(header + self._receive_exactly(frame.length))
        return frame

    def _receive_exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size and (piece := self.sock.recv(size - len(data))):
            data += piece
        return data


class MeetRaw(Protocol):
    """Makes a connection and the bare peer it talks to."""

    def __call__(self, *, client: bool = True, **options: Any) -> tuple[Connection, RawPeer]: ...


@pytest.fixture
def connect() -> Iterator[Connect]:
    made: list[Connection] = []

    def pair(**options: Any) -> tuple[Connection, Connection]:
        left, right = socket.socketpair()
        core = Connection(left, client=True, name="plugin", **options)
        plugin = Connection(right, client=False, name="core", **options)
        made.extend((core, plugin))
        return core, plugin

    yield pair
    for connection in made:
        connection.close()


@pytest.fixture
def meet_raw() -> Iterator[MeetRaw]:
    made: list[tuple[Connection, RawPeer]] = []

    def meet(*, client: bool = True, **options: Any) -> tuple[Connection, RawPeer]:
        left, right = socket.socketpair()
        connection, peer = Connection(left, client=client, **options), RawPeer(right)
        made.append((connection, peer))
        return connection, peer

    yield meet
    for connection, peer in made:
        peer.sock.close()
        connection.close()


class Background(Protocol):
    """Runs a function in a thread; its future has the result or the exception."""

    def __call__(self, target: Callable[..., Any], *arguments: Any) -> Future[Any]: ...


@pytest.fixture
def background() -> Background:
    def start(target: Callable[..., Any], *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(target(*arguments))
            except BaseException as error:  # noqa: BLE001 - it is the waiting test's
                future.set_exception(error)

        spawn("test", run)
        return future

    return start
