"""Where checks are made: processes of one component, started and called as core does it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from packer_sdk.errors import (
    ConnectionLost,
    PackerError,
    RemoteError,
    RemoteProtocolError,
    RpcError,
)
from packer_sdk.rpc.artifact import BasicError
from packer_sdk.rpc.builder import BuilderPrepareResponse
from packer_sdk.rpc.component import ConfigSpecResponse
from packer_sdk.rpc.datasource import DatasourceConfigureResponse
from packer_sdk.testing.harness import PluginProcess
from packer_sdk.threads import Deadline
from packer_sdk.wire.forms import decode_spec

from .model import Failed

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from typing import Self

    from packer_sdk.rpc.client import Call, RpcClient
    from packer_sdk.wire.specs import ObjectSpec

    from .model import Target
    from .program import Program

CALL_S = 30.0
"""What the answer to a call may take that does no work."""

END_S = 10.0
"""What a process may take to end when its connection has."""

SERVICES = {
    "builder": "Builder",
    "provisioner": "Provisioner",
    "post-processor": "PostProcessor",
    "datasource": "Datasource",
}


class Started:
    """A process of the component. Not connected until it is called.

    Args:
        command: Program and arguments.
        target: What it serves.

    Raises:
        Failed: it does not say where it listens.
    """

    def __init__(self, command: Sequence[str], target: Target) -> None:
        self.target = target
        self.process = PluginProcess(command, target.kind)
        self._client: RpcClient | None = None
        try:
            self.process.start()
        except (PackerError, OSError) as error:
            raise Failed(f"it does not start: {error}") from error

    @property
    def service(self) -> str:
        """Its name on the wire: ``PostProcessor``."""
        return SERVICES[self.target.kind]

    @property
    def client(self) -> RpcClient:
        """Calls the component; connected with the first use.

        Raises:
            Failed: it cannot be reached.
        """
        if self._client is None:
            try:
                self.process.connect()
                self._client = self.process.session.call_client()
            except (RpcError, OSError) as error:
                raise Failed(f"it cannot be reached: {error}{self.last_words()}") from error
        return self._client

    def dial(self) -> socket.socket:
        """A connection to be used by hand.

        Raises:
            Failed: nobody listens.
        """
        try:
            sock = self.process.dial()
        except OSError as error:
            where = f"{self.process.address.network} {self.process.address.address}"
            raise Failed(f"it cannot be reached at {where}: {error}") from error
        sock.settimeout(CALL_S)
        return sock

    def begin(self, method: str, argument: object = None) -> Call:
        """Send a call. Raises `Failed` if that is not possible."""
        try:
            return self.client.begin(method, argument)
        except RpcError as error:
            raise Failed(f"{method} cannot be sent: {error}{self.last_words()}") from error

    def result(self, call: Call, timeout_s: float | None = CALL_S) -> object:
        """The answer to a call.

        Raises:
            RemoteError: it is an error.
            Failed: there is none, or it is no answer.
        """
        try:
            return call.result(timeout_s)
        except TimeoutError as error:
            raise Failed(str(error)) from error
        except RemoteError:
            raise
        except (ConnectionLost, RemoteProtocolError) as error:
            raise Failed(f"{error}{self.last_words()}") from error

    def call(self, method: str, argument: object = None) -> object:
        """Call a method of the component: `begin` and `result`."""
        return self.result(self.begin(f"{self.service}.{method}", argument))

    def spec(self, *, protobuf: bool) -> ObjectSpec:
        """The schema of its options. Raises `Failed` if it is none."""
        return self.read_spec("ConfigSpec", protobuf=protobuf)

    def read_spec(self, method: str, *, protobuf: bool) -> ObjectSpec:
        """Call ``ConfigSpec`` or ``OutputSpec`` and read what it says."""
        form = "protobuf" if protobuf else "gob"
        try:
            reply = self.call(method)
            field = reply.get(method) if isinstance(reply, dict) else None
            encoded = ConfigSpecResponse.from_wire({"ConfigSpec": field}).ConfigSpec
            return decode_spec(encoded, protobuf=protobuf)
        except RpcError as error:
            raise Failed(f"{self.service}.{method} in {form}: {error}") from error

    def prepare(self, *configs: object) -> str:
        """Give it a configuration; returns the problems it sees in it, empty without any."""
        method = "Prepare" if self.target.kind in {"builder", "provisioner"} else "Configure"
        try:
            reply = self.call(method, {"Configs": list(configs)})
            return self._problems(reply)
        except RemoteError as error:
            return error.message

    def _problems(self, reply: object) -> str:
        error: object = None
        try:
            if self.target.kind == "builder":
                error = BuilderPrepareResponse.from_wire(reply).Error
            elif self.target.kind == "datasource":
                error = DatasourceConfigureResponse.from_wire(reply).Error
            return "" if error is None else BasicError.from_wire(error).Message
        except RemoteProtocolError as wrong:
            raise Failed(f"its answer is none: {wrong}") from wrong

    def wait_end(self, timeout_s: float | None = None) -> int:
        """Wait until it has ended; returns its exit status.

        Args:
            timeout_s: Seconds to wait; `END_S` without.

        Raises:
            Failed: it runs on.
        """
        seconds = END_S if timeout_s is None else timeout_s
        try:
            return self.process.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"it still runs after {seconds:g} s") from error

    @property
    def is_alive(self) -> bool:
        """Whether it runs and is connected, or can be."""
        if self.process.process.poll() is not None:
            return False
        return self._client is None or not self.process.session.connection.closed

    def last_words(self) -> str:
        """How it ended, if it did, and what it said last."""
        ended = Deadline(1.0)
        try:
            status: int | None = self.process.process.wait(ended.left())
        except subprocess.TimeoutExpired:
            status = self.process.process.poll()
        how = "" if status is None else f"; its process has ended with status {status}"
        log = self.process.log if status else []
        # A crash of Go is told in its first line, one of Python in its last.
        said = [line for line in log if line.startswith("panic:")][:1] or log[-1:]
        return how + "".join(f", saying: {line}" for line in said)

    def close(self) -> None:
        """End it, by force if need be."""
        self.process.close()


class Bench:
    """One component, and processes of it as they are wanted. A context manager.

    Args:
        program: The executable.
        target: The component; its first one without.
        config: For `run`: what a template would say; None if it is not to run.
        files: For `run` of a post-processor: what its artifact consists of.

    Attributes:
        target: The component.

    Raises:
        Failed: there is no component.
    """

    def __init__(
        self,
        program: Program,
        target: Target | None = None,
        *,
        config: dict[str, object] | None = None,
        files: Sequence[str] = (),
    ) -> None:
        self.program = program
        self.config = config
        self.files = tuple(files)
        self._target = target or next(iter(program.targets), None)
        self._started: list[Started] = []
        self._shared: dict[bool, Started] = {}

    @property
    def target(self) -> Target:
        """The component."""
        if self._target is None:
            raise Failed("it has no component that could be started")
        return self._target

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def command(self, *, protobuf: bool = False) -> list[str]:
        """What starts the component."""
        return self.program.argv(self.target, protobuf=protobuf)

    def fresh(self, *, protobuf: bool = False, command: Sequence[str] | None = None) -> Started:
        """A process that no check has seen."""
        started = Started(command or self.command(protobuf=protobuf), self.target)
        self._started.append(started)
        return started

    def shared(self, *, protobuf: bool = False) -> Started:
        """A process for questions that change nothing: the last one, while it lives."""
        last = self._shared.get(protobuf)
        if last is None or not last.is_alive:
            last = self._shared[protobuf] = self.fresh(protobuf=protobuf)
        return last

    def close(self) -> None:
        """End all that still run."""
        started, self._started = self._started, []
        self._shared.clear()
        for one in started:
            one.close()
