"""One connected socket between core and a plugin, and everything that goes over it.

Life story: core makes it with ``client=True`` right after connecting, the plugin with
``client=False`` right after accepting. Streams are numbered by the side that accepts them; the
number travels in a call, and the other side dials it (protocol section 3). Number 0 is the
component's own stream. Closing the session ends every stream, and so every call.
"""

from __future__ import annotations

import logging
import threading

from packer_sdk.errors import ConnectionLost, RpcError
from packer_sdk.threads import Deadline, spawn
from packer_sdk.wire.broker import Broker
from packer_sdk.wire.connection import Connection

from .client import RpcClient
from .server import RpcServer

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Self

    from packer_sdk.wire.stream import Stream

    from .client import Call
    from .server import Service

logger = logging.getLogger(__name__)

ACCEPT_TIMEOUT_S = 60.0
"""How long a number is waited for. Go waits 5 s (section 3), which a machine under load, or one
that swaps, exceeds; whoever waits in vain learns of it by the end of the call or the connection."""


class Session:
    """Streams and calls over one socket. A context manager: leaving closes it.

    Args:
        sock: A connected socket; the session owns it from now on.
        client: True in core, False in a plugin.
        name: Who is at the other end, for log lines.
        keep_alive_s: Seconds between pings; None sends none.
        pong_timeout_s: Seconds a ping may stay unanswered, or a write may be stuck.
        log_frames: Whether every frame is logged (``PACKER_LOG_WIRE``).
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
        self.connection = Connection(
            sock,
            client=client,
            name=name,
            keep_alive_s=keep_alive_s,
            pong_timeout_s=pong_timeout_s,
            log_frames=log_frames,
        )
        self.broker = Broker(self.connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything. Whoever waits for something gets `ConnectionLost`."""
        self.broker.close()

    def on_lost(self, callback: Callable[[], None]) -> None:
        """Call back once the connection has ended, whoever ended it; must not block."""
        self.connection.on_closed(callback)

    def next_id(self) -> int:
        """A number for a stream this side will accept."""
        return self.broker.next_id()

    def dial(self, number: int) -> Stream:
        """Open the stream the other side called ``number``.

        Raises:
            ConnectionLost: there is nobody to accept it.
        """
        return self.broker.dial(number)

    def accept(self, number: int, call: Call | None = None) -> Stream:
        """Wait until the other side has dialled ``number``.

        Args:
            number: From `next_id`.
            call: The call that carried the number. If it fails, nobody will dial.

        Raises:
            RemoteError: ``call`` failed.
            ConnectionLost: nobody dialled in time, or the connection is gone.
        """
        deadline = Deadline(ACCEPT_TIMEOUT_S)
        slice_s = 0.1 if call else ACCEPT_TIMEOUT_S
        while True:
            try:
                return self.broker.accept(number, slice_s)
            except TimeoutError as error:
                if call and call.answered:
                    call.result()
                if deadline.passed:
                    raise ConnectionLost(f"nobody opened stream {number} in time") from error

    def give_up(self, number: int) -> None:
        """Have whoever accepts ``number`` stop waiting for it."""
        self.broker.give_up(number)

    def call_client(self, number: int = 0) -> RpcClient:
        """Dial ``number`` and call what is served there; 0 is the component."""
        return RpcClient(self.dial(number))

    def serve(self, *services: Service, clean_up_s: float | None = None) -> bool:
        """Serve ``services`` on stream 0 until it ends; see `RpcServer.serve`."""
        server = RpcServer(self.accept(0), *services)
        return server.serve(clean_up_s=clean_up_s)

    def offer(self, *services: Service) -> Offer:
        """Serve ``services`` on a new number, in a thread of its own."""
        return Offer(self, services)


class Offer:
    """Services waiting to be dialled, or in use, under ``number``."""

    def __init__(self, session: Session, services: tuple[Service, ...]) -> None:
        self.number = session.next_id()
        self._session = session
        self._lock = threading.Lock()
        self._server: RpcServer | None = None
        self._closed = False
        spawn("rpc-serve", self._serve, services)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; without a further answer to calls that still run."""
        with self._lock:
            self._closed, server = True, self._server
        if server:
            server.close()
        else:
            self._session.give_up(self.number)

    def _serve(self, services: tuple[Service, ...]) -> None:
        try:
            stream = self._session.accept(self.number)
        except RpcError as error:
            logger.debug("not serving %s: %s", [service.name for service in services], error)
            return
        server = RpcServer(stream, *services)
        with self._lock:
            self._server, closed = server, self._closed
        if closed:
            server.close()
        server.serve()
