"""packer-plugin-broken: a builder and a data source that keep the contract but for one point.

``BREAK`` names the check that is not to hold; without it, all of them do.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

import packer_sdk.adapters
import packer_sdk.rpc.server as calls
from packer_sdk import Builder, ComponentError, Datasource, FileArtifact, config, field, server
from packer_sdk.config import config_spec
from packer_sdk.rpc.server import RpcServer
from packer_sdk.testing.contract.configs import UNKNOWN_KEY
from packer_sdk.threads import spawn
from packer_sdk.wire import broker, handshake

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from packer_sdk import Artifact, CancelToken, Hook, Ui
    from packer_sdk.faces import Prepared

BREAK = os.environ.get("BREAK", "")


@config
class Options:
    text: str = field(doc="A text.", default="")


@config
class OtherOptions:
    another: str = field(doc="Another text.", default="")


@config
class Output:
    text: str = field(doc="A text.", default="")


class It(Builder[Options]):
    def run(self, config: Options, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        if BREAK == "run":
            raise ComponentError("the work is too hard")
        hook.run("packer_provision", ui, None, {}, cancel)
        return FileArtifact("broken", [])


class Source(Datasource[Options, Output]):
    def execute(self, config: Options, cancel: CancelToken) -> Output:
        return Output(text=config.text)


class Face:
    """Stands before the real one."""

    def __init__(self, face: Any, protobuf: bool) -> None:
        self.face = face
        self.protobuf = protobuf
        self.running = 0
        self.remembered: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.face, name)

    def config_spec(self) -> bytes:
        form = "schema-protobuf" if self.protobuf else "schema-gob"
        if form == BREAK:
            return b"\xff\xff\xff"
        if BREAK == "schemas-agree" and self.protobuf:
            return config_spec(OtherOptions, protobuf=True)
        if BREAK == "many-calls":
            self.running += 1
            time.sleep(0.2)
            self.running -= 1
            if self.running > 10:
                raise ComponentError("that is too much at once")
        encoded: bytes = self.face.config_spec()
        return encoded

    def output_spec(self) -> bytes:
        encoded: bytes = self.face.output_spec()
        return b"\xff\xff\xff" if BREAK == "output" else encoded

    def prepare(self, configs: list[object]) -> Prepared:
        options = next((one for one in configs if isinstance(one, dict)), {})
        if (BREAK == "prepare-empty" and options == {}) or (
            BREAK == "prepare-hcl" and any(isinstance(one, bytes) for one in configs)
        ):
            os._exit(3)
        if BREAK == "quiet":
            os.write(REAL_STDOUT, b"preparing...\n")
            time.sleep(0.2)
        if BREAK == "prepare-unknown":
            options.pop(UNKNOWN_KEY, None)
        if BREAK == "prepare-internal" and "packer_of_tomorrow" in options:
            raise ComponentError("there is no option packer_of_tomorrow")
        if BREAK == "prepare-again":
            self.remembered += [key for key in options if key == UNKNOWN_KEY]
            if self.remembered:
                raise ComponentError(f"no such option: {UNKNOWN_KEY}")
        prepared: Prepared = self.face.prepare(configs)
        return prepared


def die(*_: object) -> Any:
    os._exit(3)


def sabotage() -> None:
    adapters: Any = packer_sdk.adapters  # what is changed here is not made to be changed
    adapter_for = adapters.adapter_for

    def face_for(kind: str, load: Any, *, protobuf: bool = True) -> Any:
        return Face(adapter_for(kind, load, protobuf=protobuf), protobuf)

    adapters.adapter_for = face_for
    SABOTAGES.get(BREAK, lambda: None)()


def change(owner: Any, name: str, new: Any) -> Callable[[], None]:
    return lambda: setattr(owner, name, new)


def forever() -> bool:
    # The connection is still there; only the stream has ended.
    time.sleep(60)
    return True


def accept_everybody(self: server.Listener, timeout_s: float) -> socket.socket:
    self._sock.listen(5)
    connection, _ = self._sock.accept()
    spawn("accept-more", keep_connections, self._sock)
    self.close = lambda: None  # type: ignore[method-assign]
    return connection


def keep_connections(sock: socket.socket) -> None:
    kept: list[object] = []
    while True:
        kept.append(sock.accept())


def serve_for_ever(self: RpcServer, *, clean_up_s: float | None = None) -> bool:
    SERVE(self, clean_up_s=clean_up_s)
    return forever()


SERVE = RpcServer.serve
SABOTAGES: dict[str, Callable[[], None]] = {
    "handshake": change(handshake, "format_line", lambda _: "hello, I listen"),
    "opening": change(broker, "_ID_SIZE", 3),
    "one-connection": change(server.Listener, "accept", accept_everybody),
    "unknown-method": change(calls, "_not_found", die),
    "cancel": change(calls.Service, "_take_cancel", die),
    "signals": change(server, "_ignore_interrupts", lambda: None),
    "ends-connection": change(server, "leave", lambda _: forever()),
    "ends-stream": change(RpcServer, "serve", serve_for_ever),
}


REAL_STDOUT = os.dup(1)


def describe() -> str:
    said: dict[str, object] = {
        "version": "v1.0" if BREAK == "version" else "1.0.0",
        "sdk_version": "0.1.0",
        "api_version": "x5.0",
        "builders": [] if BREAK == "components" else ["it"],
        "post_processors": [],
        "provisioners": [],
        "datasources": [] if BREAK == "components" else ["source"],
        "protocol_version": "v2",
    }
    if BREAK == "describe":
        said["homepage"] = "https://example.com"
    return json.dumps(said)


def main(words: Iterable[str]) -> int:
    given = list(words)
    if given == ["describe"]:
        sys.stdout.write(describe() + "\n")
        return 0
    flagged = "--protobuf" in given
    if flagged and BREAK == "flag" and given.index("--protobuf") != 2:
        sys.stderr.write("usage: start KIND [--protobuf] NAME\n")
        return 1
    plain = [word for word in given if word != "--protobuf"]
    if len(plain) != 3 or plain[0] != "start":
        sys.stderr.write("usage: describe, or start KIND NAME\n")
        return 0 if BREAK == "usage" else 1
    components = {("builder", "it"): It, ("datasource", "source"): Source}
    component = components.get((plain[1], plain[2]))
    if component is None:
        sys.stderr.write("there is no such component\n")
        return 0 if BREAK == "stranger" else 1
    if BREAK == "cookie" and handshake.MAGIC_COOKIE_NAME not in os.environ:
        sys.stderr.write("start me with packer\n")
        return 0
    sabotage()
    return server.serve(plain[1], lambda: component, protobuf=flagged)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
