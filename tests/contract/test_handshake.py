"""The start of a plugin, byte by byte: what any core, in any language, relies on (section 1.3)."""

from __future__ import annotations

import os
import re
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from helpers import wonder
from packer_sdk.wire import handshake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COOKIE = {
    "PACKER_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
}


class Started:
    """A plugin started by hand."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            wonder.command("builder"),
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout
        self.line = self.process.stdout.readline()

    def stop(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def started() -> Iterator[Started]:
    plugin = Started(COOKIE)
    yield plugin
    plugin.stop()


def test_the_line_has_four_parts_and_a_line_feed(started: Started) -> None:
    assert re.fullmatch(rb"5\|0\|unix\|/[^|]+\n", started.line)


def test_the_line_over_tcp_names_the_loopback() -> None:
    plugin = Started({**COOKIE, "PACKER_PLUGIN_TRANSPORT": "tcp"})
    plugin.stop()
    assert re.fullmatch(rb"5\|0\|tcp\|127\.0\.0\.1:\d+\n", plugin.line)


def test_without_the_cookie_there_is_no_line() -> None:
    plugin = Started({})
    assert (plugin.line, plugin.process.wait(20)) == (b"", 1)
    plugin.stop()


def test_a_session_as_go_opens_it(started: Started) -> None:
    """Section 2.4: main stream, broker id 0, then V1 and a ping, in golden bytes."""
    path = started.line.decode().rstrip().split("|")[3]
    with socket.socket(socket.AF_UNIX) as core:
        core.connect(path)
        core.settimeout(30)
        core.sendall(bytes.fromhex("00010001000000010000000000000000000000010000000400000000"))
        assert _read(core, 12).hex() == "000100020000000100000000"
        assert _read(core, 16).hex() == "00000000000000010000000400000000"
        core.sendall(bytes.fromhex("00020001000000000000004d"))
        assert _read(core, 12).hex() == "00020002000000000000004d"
        request = bytes.fromhex(
            "82ad536572766963654d6574686f64b2"
            "4275696c6465722e4e6f537563684d6574686f64"  # Builder.NoSuchMethod
            "a353657100c0"
        ).replace(b"\xb2Builder", b"\xb4Builder")
        core.sendall(
            bytes.fromhex("000000000000000100000000")[:11] + bytes([len(request)]) + request
        )
        header = _read(core, 12)
        assert header[:8].hex() == "0000000000000001"
        answer = _read(core, header[11])
        assert b"rpc: can't find method Builder.NoSuchMethod" in answer
        assert answer.endswith(b"\x80")
        core.sendall(bytes.fromhex("000100040000000100000000"))  # FIN: core is done
        assert started.process.wait(20) == 0


def _read(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        assert piece, f"ended after {data.hex()}"
        data += piece
    return data


def test_the_line_is_what_the_sdk_reads(started: Started) -> None:
    read = handshake.parse_line(started.line.decode())
    handshake.judge(read)
    assert (read.major, read.minor, read.network) == (5, 0, "unix")
