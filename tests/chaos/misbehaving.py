"""A plugin of three components that does its work, and one bad thing: ``CHAOS=PHASE:DEED``.

Only processes called ``packer-KIND-chaos`` misbehave; the same program under another name does
not. When the phase is reached, the file ``CHAOS_MARK`` names is made, and then the deed is done.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import stat
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

NAME = Path(sys.argv[0]).name
KIND, _, ROLE = NAME.removeprefix("packer-").rpartition("-")
PHASE, _, DEED = os.environ.get("CHAOS", "").partition(":")
STDOUT = os.dup(1)  # before the SDK takes it away
BLOCK = 64 * 1024
FLOOD_BYTES = int(os.environ.get("CHAOS_FLOOD", "10_000_000"))

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    from packer_sdk.cancel import CancelToken


def reach(phase: str, cancel: CancelToken | None = None) -> None:
    """Misbehave if this is the place for it."""
    if ROLE == "chaos" and phase == PHASE:
        Path(os.environ["CHAOS_MARK"]).touch()
        DEEDS[DEED](cancel)


def leave(_: object) -> None:
    os._exit(1)


def fail(_: object) -> None:
    raise RuntimeError("the chaos wants it")


def crash(_: object) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.string_at(0)


def kill(_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def stop(_: object) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(1)  # another thread may take the signal, a moment later


def hang(_: object) -> NoReturn:
    while True:
        time.sleep(60)


def wait(cancel: CancelToken | None) -> None:
    """Hang, but take a cancel for what it is, where there is one."""
    if cancel is None:
        hang(None)
    cancel.wait()
    cancel.check()


def write_garbage_to_core(_: object) -> None:
    for descriptor in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                with socket.socket(fileno=os.dup(descriptor)) as sock:
                    sock.sendall(b"\xff\x00garbage" * 100)
        except OSError:
            pass


def write_garbage_to_stdout(_: object) -> None:
    os.write(STDOUT, b"\x00\xff\xfe|||\x1b[2J garbage \n")


def flood(descriptor: int) -> None:
    line = b"x" * 99 + b"\n"
    block = line * (BLOCK // len(line))
    for _ in range(FLOOD_BYTES // len(block)):
        os.write(descriptor, block)


def eat_memory(_: object) -> None:
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * 4096
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (size + 200_000_000, hard))
    eaten = []
    while True:
        eaten.append(bytearray(1_000_000))


DEEDS: dict[str, Callable[[CancelToken | None], None]] = {
    "exit": leave,
    "raise": fail,
    "segv": crash,
    "kill": kill,
    "stop": stop,
    "hang": hang,
    "wait": wait,
    "garbage-socket": write_garbage_to_core,
    "garbage-stdout": write_garbage_to_stdout,
    "flood-stdout": lambda _: flood(STDOUT),
    "flood-stderr": lambda _: flood(2),
    "memory": eat_memory,
}

reach("spawn")

from packer_sdk import (  # noqa: E402 - nothing is loaded when a process dies first of all
    Builder,
    PostProcessor,
    Processed,
    Provisioner,
    RemoteCommand,
    config,
    field,
    plugin,
    server,
)
from packer_sdk.interfaces import PROVISION_HOOK  # noqa: E402

if TYPE_CHECKING:
    from packer_sdk import Artifact, Communicator, Hook, Ui


def reach_before(function: str, phase: str) -> None:
    """Have a step of the start misbehave."""
    original = getattr(server, function)

    def step() -> object:
        reach(phase)
        return original()

    setattr(server, function, step)


reach_before("_import_calls", "greeted")
reach_before("_ignore_interrupts", "connected")


@config
class Config:
    option: str = field(doc="Any text.", default="")


class Source:
    """A file of a megabyte that misbehaves in its middle."""

    def __init__(self, phase: str, cancel: CancelToken) -> None:
        self._left = 16
        self._phase, self._cancel = phase, cancel

    def read(self, size: int = -1) -> bytes:
        self._left -= 1
        if self._left == 8:
            reach(self._phase, self._cancel)
        return bytes(BLOCK) if self._left >= 0 else b""


class Ran:
    def wait(self, timeout: float | None = None) -> int:
        return 0


class Machine:
    """A communicator into nothing."""

    def __init__(self, cancel: CancelToken) -> None:
        self._cancel = cancel

    def start(self, command: RemoteCommand) -> Ran:
        reach("hook", self._cancel)
        return Ran()

    def upload(self, destination: str, source: BinaryIO, *, info: object = None) -> None:
        source.read(BLOCK)
        reach("receive", self._cancel)
        while source.read(BLOCK):
            pass


class Thing:
    """An artifact."""

    builder_id = "chaos"

    def __init__(self, made_by: str) -> None:
        self.id = f"{made_by} {os.getpid()}"

    @property
    def files(self) -> tuple[str, ...]:
        reach("artifact")
        return ("a-file",)

    def state(self, name: str) -> object:
        return None

    def destroy(self) -> None:
        reach("destroy")

    def __str__(self) -> str:
        return f"the thing of {self.id}"


class It(Builder[Config]):
    def __init__(self) -> None:
        reach("loaded")

    def check(self, config: Config) -> tuple[()]:
        reach("prepare")
        return ()

    def run(self, config: Config, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact:
        reach("run", cancel)
        machine: Communicator = Machine(cancel)  # type: ignore[assignment]
        hook.run(PROVISION_HOOK, ui, machine, {"ID": "i-1"}, cancel)
        return Thing(NAME)


class ItProvisions(Provisioner[Config]):
    def check(self, config: Config) -> tuple[()]:
        reach("prepare-provisioner")
        return ()

    def provision(
        self,
        config: Config,
        ui: Ui,
        communicator: Communicator,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        reach("provision", cancel)
        communicator.start(RemoteCommand("true")).wait()
        communicator.upload("/a-file", Source("upload", cancel))  # type: ignore[arg-type]


class ItProcesses(PostProcessor[Config]):
    def check(self, config: Config) -> tuple[()]:
        reach("configure")
        return ()

    def post_process(
        self, config: Config, ui: Ui, artifact: Artifact, cancel: CancelToken
    ) -> Processed:
        reach("post-process", cancel)
        return Processed(Thing(f"{NAME} from {artifact.id}"), keep_input=False)


REGISTER: dict[str, Callable[[], int]] = {
    "builder": lambda: plugin.register_builder(It),
    "provisioner": lambda: plugin.register_provisioner(ItProvisions),
    "post-processor": lambda: plugin.register_post_processor(ItProcesses),
}

if __name__ == "__main__":
    sys.exit(REGISTER[KIND]())
