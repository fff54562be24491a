"""A component called the way core calls it, in this process or in one of its own.

`Loopback` runs author class, adapter, calls, codec and yamux over a pair of sockets in this
process, in milliseconds. `PluginProcess` starts an executable as core does and talks to it. Both
are context managers that give the same thing, a client with the face of the component's kind, so
that one test can run with either.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from packer_sdk.adapters import adapter_for
from packer_sdk.errors import RemoteProtocolError
from packer_sdk.rpc.component import service_of
from packer_sdk.rpc.session import Session
from packer_sdk.threads import spawn
from packer_sdk.wire import handshake

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_sdk.components import Component
    from packer_sdk.rpc.server import Service

CLEAN_UP_S = 5.0
"""What a component may take to stop when its connection is gone, as in a real process."""

EXIT_TIMEOUT_S = 10.0
"""How long a process may take to end by itself before it is killed."""


class Connected(NamedTuple):
    """Two ends of one connection."""

    core: Session
    plugin: Session


def connect() -> Connected:
    """Connect core to a plugin, without either. Close both ends."""
    ours, theirs = socket.socketpair()
    return Connected(
        Session(ours, client=True, name="plugin"), Session(theirs, client=False, name="core")
    )


def client_of(kind: str, session: Session) -> Any:
    """The client for a kind of component: `BuilderClient` and so on."""
    module, name = {
        "builder": ("builder", "BuilderClient"),
        "provisioner": ("provisioner", "ProvisionerClient"),
        "post-processor": ("post_processor", "PostProcessorClient"),
        "datasource": ("datasource", "DatasourceClient"),
    }[kind]
    return getattr(import_module(f"packer_sdk.rpc.{module}"), name)(session)


class Loopback:
    """A component served and called in this process.

    Args:
        component: The author's class, or anything with the face of ``kind``.
        kind: Only needed for a face.

    ``with Loopback(NoteBuilder) as builder: builder.prepare([{"target": "x"}])``

    Attributes:
        core: Core's session.
        plugin: The plugin's session.
    """

    def __init__(self, component: type[Component[Any]] | object, kind: str | None = None) -> None:
        if kind is None:
            kind = str(getattr(component, "kind", None))
            component = adapter_for(kind, component)
        self.kind = kind
        self._face = component

    def __enter__(self) -> Any:
        self.core, self.plugin = connect()
        self._serving = spawn(
            "loopback", self._serve, service_of(self.plugin, self.kind, self._face)
        )
        return client_of(self.kind, self.core)

    def __exit__(self, *exception: object) -> None:
        self.core.close()
        self._serving.join()
        self.plugin.close()

    def _serve(self, service: Service) -> None:
        self.plugin.serve(service, clean_up_s=CLEAN_UP_S)


class PluginProcess:
    """A component in a process of its own, started as core starts it.

    Args:
        command: Program and arguments.
        kind: What it serves.
        environment: Added to this process's, and to what core sets.
        start_timeout_s: How long it may take to print its first line.

    Attributes:
        process: The child; it leads a process group of its own, as under core.
        address: Where it listens, once started.
        session: Core's side of the connection.
        first_line: What it printed first, as it is.
        printed: What it has printed behind it so far, by line. Core would throw it away.
    """

    def __init__(
        self,
        command: Sequence[str],
        kind: str,
        *,
        environment: Mapping[str, str] | None = None,
        start_timeout_s: float = 60.0,
    ) -> None:
        self.kind = kind
        self._command = tuple(command)
        self._environment = dict(environment or {})
        self._start_timeout_s = start_timeout_s
        self._log: list[str] = []
        self.first_line = ""
        self.printed: list[str] = []
        self._announced = threading.Event()

    @property
    def log(self) -> list[str]:
        """What it has written to standard error so far, by line."""
        return list(self._log)

    def __enter__(self) -> Any:
        self.start()
        try:
            self.connect()
            return client_of(self.kind, self.session)
        except BaseException:
            self.close()
            raise

    def __exit__(self, *exception: object) -> None:
        self.close()

    def start(self) -> handshake.Handshake:
        """Start it and read where it listens.

        Raises:
            RemoteProtocolError: it printed something else, or nothing in time.
        """
        self.process = subprocess.Popen(
            self._command,
            env={**os.environ, **_FROM_CORE, **self._environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )
        self._pumps = (
            spawn("plugin-stdout", self._read_stdout),
            spawn("plugin-stderr", self._read_stderr),
        )
        try:
            return self._read_handshake()
        except BaseException:
            self.close()
            raise

    def dial(self) -> socket.socket:
        """Connect to it, for who wants to speak the protocol by hand.

        Raises:
            OSError: there is nobody.
        """
        if self.address.network != "unix":
            host, _, port = self.address.address.rpartition(":")
            return socket.create_connection((host, int(port)))
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.connect(self.address.address)
        except OSError:
            sock.close()
            raise
        return sock

    def connect(self) -> None:
        """Open the one connection it accepts."""
        self.session = Session(self.dial(), client=True, name="plugin")

    def close(self) -> int:
        """Close the connection, wait for the end, kill if there is none; returns the status."""
        if hasattr(self, "session"):
            self.session.close()
        else:
            self.process.kill()
        try:
            self.process.wait(EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it left would keep the pipes open
        for pump in self._pumps:
            pump.join()
        return self.process.wait()

    def _read_handshake(self) -> handshake.Handshake:
        if not self._announced.wait(self._start_timeout_s) or not self.first_line:
            for pump in self._pumps:
                pump.join(1.0)  # its last words are on the way
            lines = "\n".join(self._log[-40:]) or "nothing"
            raise RemoteProtocolError(f"no handshake line; it said: {lines}")
        self.address = handshake.parse_line(self.first_line)
        handshake.judge(self.address)
        return self.address

    def _read_stdout(self) -> None:
        assert self.process.stdout, "piped"
        with self.process.stdout as lines:
            self.first_line = lines.readline().decode("utf-8", "replace")
            self._announced.set()
            for line in lines:  # a full pipe would stop the plugin
                self.printed.append(line.decode("utf-8", "replace").rstrip())

    def _read_stderr(self) -> None:
        assert self.process.stderr, "piped"
        with self.process.stderr as lines:
            for line in lines:
                self._log.append(line.decode("utf-8", "replace").rstrip())


_FROM_CORE = {
    handshake.MAGIC_COOKIE_NAME: handshake.MAGIC_COOKIE_VALUE,
    handshake.MIN_PORT_NAME: str(handshake.DEFAULT_MIN_PORT),
    handshake.MAX_PORT_NAME: str(handshake.DEFAULT_MAX_PORT),
}
