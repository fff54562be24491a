"""Checks of a component that is served: the connection, the calls, the configuration."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from packer_sdk.errors import ConnectionLost, ProtocolError, RemoteError
from packer_sdk.wire.frames import Flags, Frame, FrameType
from packer_sdk.wire.session import DataReceived, Ended, PongReceived, Session, StreamFinished

from .configs import UNKNOWN_KEY, of_hcl, of_json
from .model import Failed, Skipped
from .program_checks import speaks_protobuf

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from packer_sdk.wire.session import Event
    from packer_sdk.wire.specs import ObjectSpec

    from .bench import Bench, Started

MANY = 64
"""Calls at once."""

NEVER_S = 90.0
"""What a process may take to end that nobody connects to."""

_NUMBER = bytes(4)  # of the main stream
_PING = 77


def handshake(bench: Bench) -> str | None:
    """One line of four parts says where it listens."""
    started = bench.shared()
    if started.process.address.minor is None:
        return "three parts: a plugin of Packer 1.6 or older"
    if not started.process.first_line.endswith("\n"):
        raise Failed(f"no line feed behind {started.process.first_line!r}")
    return None


def opening(bench: Bench) -> str | None:
    """The first frames are those that Go exchanges (section 2.4), byte for byte."""
    with bench.fresh().dial() as sock:
        peer = _Peer(sock)
        stream = peer.session.open_stream()
        peer.session.send_data(stream, memoryview(_NUMBER))
        peer.session.send_ping(_PING)
        echo = b""
        wanted = {"the number of the stream", "the answer to a ping"}
        while wanted:
            for event in peer.exchange(" and ".join(sorted(wanted))):
                if isinstance(event, DataReceived) and event.stream_id == stream:
                    echo += event.data
                    if not _NUMBER.startswith(echo):
                        raise Failed(f"it accepts stream 0 as another: {echo.hex()}")
                    wanted -= {"the number of the stream"} if echo == _NUMBER else set()
                elif event == PongReceived(_PING):
                    wanted -= {"the answer to a ping"}
                elif isinstance(event, StreamFinished):
                    raise Failed("it closes the main stream instead of serving it")
        if not peer.accepted:
            raise Failed("it does not accept the stream: no WINDOW_UPDATE ACK")
    return None


def one_connection(bench: Bench) -> str | None:
    """Nobody else can connect once core has."""
    started = bench.shared()
    started.call("ConfigSpec")
    try:
        second = started.process.dial()
    except OSError:
        return None
    with second:
        second.settimeout(2.0)
        try:
            heard = second.recv(1)
        except ConnectionResetError:
            return None
        except TimeoutError as error:
            raise Failed("a second connection is taken, and stays open") from error
    if heard:
        raise Failed("a second connection is taken, and served")
    return None


def schema_in_gob(bench: Bench) -> str | None:
    """The schema can be had in gob."""
    return _count(bench.shared().spec(protobuf=False))


def schema_in_protobuf(bench: Bench) -> str | None:
    """The schema can be had in protobuf."""
    _need_protobuf(bench)
    return _count(bench.shared(protobuf=True).spec(protobuf=True))


def schemas_agree(bench: Bench) -> str | None:
    """Both forms of the schema say the same."""
    _need_protobuf(bench)
    methods = ["ConfigSpec"] + ["OutputSpec"] * (bench.target.kind == "datasource")
    for method in methods:
        gob = bench.shared().read_spec(method, protobuf=False)
        protobuf = bench.shared(protobuf=True).read_spec(method, protobuf=True)
        if gob != protobuf:
            raise Failed(f"{method}: {_difference(gob, protobuf)}")
    return None


def output_schema(bench: Bench) -> str | None:
    """A data source says what comes out of it."""
    return _count(bench.shared().read_spec("OutputSpec", protobuf=False))


def prepare_empty(bench: Bench) -> str | None:
    """An empty configuration gets an answer."""
    problems = bench.shared().prepare(*of_json(bench.target.kind, {}))
    return f"it asks for more: {_first_line(problems)}" if problems else None


def prepare_unknown(bench: Bench) -> str | None:
    """An option it does not have is reported."""
    problems = bench.shared().prepare(*of_json(bench.target.kind, {UNKNOWN_KEY: "x"}))
    if UNKNOWN_KEY not in problems:
        raise Failed(f"{UNKNOWN_KEY} is let pass: {_first_line(problems) or 'no problem at all'}")
    return None


def prepare_again(bench: Bench) -> str | None:
    """Each preparation starts from nothing."""
    started, kind = bench.shared(), bench.target.kind
    first = started.prepare(*of_json(kind, {}))
    started.prepare(*of_json(kind, {UNKNOWN_KEY: "x"}))
    again = started.prepare(*of_json(kind, {}))
    if UNKNOWN_KEY in again or bool(first) != bool(again):
        raise Failed(
            f"first {_first_line(first) or 'no problem'}, the third time "
            f"{_first_line(again) or 'no problem'}"
        )
    return None


def prepare_internal(bench: Bench) -> str | None:
    """Keys of core's own are no options, and nil is nothing."""
    started, kind = bench.shared(), bench.target.kind
    plain = started.prepare(*of_json(kind, {}))
    more = of_json(kind, {"type": "conformance", "packer_of_tomorrow": 1}, texts=True)
    said = started.prepare(None, *more)
    named = {name for name in ("packer_", '"type"', "'type'") if name in said and name not in plain}
    if named or bool(said) != bool(plain):
        raise Failed(f"with them it says: {_first_line(said) or 'nothing'}")
    return None


def prepare_hcl(bench: Bench) -> str | None:
    """A configuration of an HCL template gets an answer: each option there, and null."""
    started = bench.shared()
    configs = of_hcl(bench.target.kind, started.spec(protobuf=False))
    problems = started.prepare(*configs)
    return f"it asks for more: {_first_line(problems)}" if problems else None


def unknown_method(bench: Bench) -> str | None:
    """What cannot be called is an error, and it goes on."""
    started = bench.shared()
    for method in (f"{started.service}.NoSuchMethod", "NoSuchService.Run", "no-dot"):
        try:
            started.result(started.begin(method))
        except RemoteError:
            continue
        raise Failed(f"{method} is answered as if there were such a thing")
    started.call("ConfigSpec")
    return None


def many_calls(bench: Bench) -> str | None:
    """Calls at once are all answered."""
    started = bench.shared()
    calls = [started.begin(f"{started.service}.ConfigSpec") for _ in range(MANY)]
    for call in calls:
        try:
            started.result(call)
        except RemoteError as error:
            raise Failed(f"of {MANY} calls at once, one fails: {error}") from error
    return None


def signals(bench: Bench) -> str | None:
    """Ctrl-C and a polite kill are not for it."""
    started = bench.fresh()
    started.call("ConfigSpec")
    for number in (signal.SIGINT, signal.SIGTERM):
        started.process.process.send_signal(number)
        try:
            started.call("ConfigSpec")
        except Failed as error:
            raise Failed(f"{number.name} ends it: {error}") from error
    return None


def cancel_of_nothing(bench: Bench) -> str | None:
    """A cancel that comes too early is answered."""
    started = bench.fresh()
    try:
        started.call("Cancel")
    except RemoteError as error:
        return f"with an error: {error}"
    started.call("ConfigSpec")
    return None


def quiet(bench: Bench) -> str | None:
    """Behind its first line, nothing is printed."""
    started = bench.shared()
    started.prepare(*of_json(bench.target.kind, {}))
    printed = [line for line in started.process.printed if line]
    if printed:
        raise Failed(f"core throws away: {printed[0]!r}")
    return None


def ends_with_connection(bench: Bench) -> str | None:
    """It ends when its connection does."""
    return _ends_after(bench, lambda started: started.process.session.close())


def ends_with_stream(bench: Bench) -> str | None:
    """It ends when its main stream does."""
    return _ends_after(bench, lambda started: started.client.close())


def ends_unconnected(bench: Bench) -> str | None:
    """It ends if nobody ever connects."""
    bench.fresh().wait_end(NEVER_S)
    return None


class _Peer:
    """Core's side of a connection, by hand: no threads, and every frame is seen."""

    def __init__(self, sock: socket.socket) -> None:
        self.accepted = False
        self.session = Session(client=True, trace=self._trace)
        self._sock = sock

    def exchange(self, wanted: str) -> list[Event]:
        """Send what there is to send; return what comes back."""
        try:
            self._sock.sendall(b"".join(self.session.data_to_send()))
            data = self._sock.recv(65536)
        except TimeoutError as error:
            raise Failed(f"it keeps {wanted} to itself") from error
        except OSError as error:
            raise Failed(f"it ends the connection before {wanted}: {error}") from error
        events = self.session.receive_data(data) if data else self.session.receive_eof()
        for event in events:
            if isinstance(event, Ended):
                raise Failed(f"it ends the connection before {wanted}{_because(event.error)}")
        return events

    def _trace(self, direction: str, frame: Frame) -> None:
        if direction == "<" and frame.flags & Flags.ACK and frame.type is not FrameType.PING:
            self.accepted = True


def _ends_after(bench: Bench, deed: Callable[[Started], None]) -> str | None:
    started = bench.fresh()
    started.call("ConfigSpec")
    deed(started)
    status = started.wait_end()
    return f"with status {status}, where plugins in Go have 0" if status else None


def _need_protobuf(bench: Bench) -> None:
    if not speaks_protobuf(bench):
        raise Skipped("it speaks gob alone")


def _because(error: ProtocolError | ConnectionLost | None) -> str:
    return f": {error}" if error else ""


def _count(spec: ObjectSpec) -> str | None:
    return None if spec.attributes else "it is empty"


def _difference(gob: ObjectSpec, protobuf: ObjectSpec) -> str:
    for name in sorted(gob.attributes.keys() | protobuf.attributes.keys()):
        one, other = gob.attributes.get(name), protobuf.attributes.get(name)
        if one != other:
            return f"{name} is {one} in gob, and {other} in protobuf"
    return f"{gob} in gob, {protobuf} in protobuf"


def _first_line(problems: str) -> str:
    return next((line for line in problems.splitlines() if line.strip()), "")
