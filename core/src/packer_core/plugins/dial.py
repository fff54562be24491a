"""The socket a plugin listens on: reached, or removed when nobody came to."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from packer_sdk.errors import RpcError
from packer_sdk.wire import handshake

CONNECT_TIMEOUT_S = 10.0


def dial(greeting: handshake.Handshake) -> socket.socket:
    """Connect to where a plugin says it listens.

    Raises:
        OSError: nobody answers there.
        ValueError: there is no such address.
        OverflowError: nor such a port.
    """
    if greeting.network == "unix":
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(CONNECT_TIMEOUT_S)
            connection.connect(greeting.address)
        except BaseException:
            connection.close()
            raise
    else:
        host, _, port = greeting.address.rpartition(":")
        connection = socket.create_connection((host or "127.0.0.1", int(port)), CONNECT_TIMEOUT_S)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.settimeout(None)
    return connection


def remove_socket(first_line: str | None) -> None:
    """Remove what a process that was killed between listening and connecting has left.

    Only a socket that is called as plugins call theirs (protocol section 1.3), so that a program
    which announces somebody else's does no harm.
    """
    with contextlib.suppress(RpcError, OSError):
        greeting = handshake.parse_line(first_line or "")
        path = Path(greeting.address)
        folder = path.parent
        if greeting.network != "unix" or not path.is_socket():
            return
        if f"{folder.name}/{path.name}".startswith("packer-plugin"):
            path.unlink()
            folder.rmdir()
        elif path.name.startswith("packer-plugin"):
            path.unlink()
