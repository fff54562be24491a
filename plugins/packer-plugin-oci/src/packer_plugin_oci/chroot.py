"""Running commands inside the image; the only place where the plugin starts processes.

Life of a command: `Entrance.start` starts a gate (`gate.py`), hands it an order and waits until it
says that the command runs, or why not. From then on a thread of its own owns the process: it waits
for the end, sees all output delivered, and only then is there an exit status. Closing the pipe
called lifeline kills the command with everything it has started; it closes by itself if this
process dies.

How to get in is found out by trying: root takes namespaces, and plain ``chroot`` where those are
forbidden (most containers); everybody else needs a user namespace.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass

from packer_sdk import Cancelled, ComponentError, PackerError
from packer_sdk.threads import spawn

from . import gate
from .refusal import Refusal, explain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import BinaryIO, Self

    from packer_sdk import RemoteCommand

    from .inside import Root

logger = logging.getLogger(__name__)

SHELL = "/bin/sh"
_CHUNK = 65536
_PATIENCE_S = 10.0  # for the kernel to bury what was killed


@dataclass(frozen=True, slots=True)
class Order:
    """What a gate is told.

    Attributes:
        mode: ``user``, ``namespaces`` or ``chroot``.
        root: The image's root folder on this machine.
        folder: Where the command starts, a path of the image.
        arguments: The command, the program's path first.
        environment: Its variables.
    """

    mode: str
    root: str
    folder: str
    arguments: list[str]
    environment: dict[str, str]


class Entrance:
    """The way into an image, for as long as the context is open. Safe from several threads.

    Args:
        root: The image.
        environment: Variables of every command.
        folder: Where commands start, a path of the image.
        modes: Ways in, the best first; by default what this user may hope for.
    """

    def __init__(
        self,
        root: Root,
        environment: Mapping[str, str],
        folder: str = "/",
        *,
        modes: Sequence[str] | None = None,
    ) -> None:
        self._root = root
        self._environment = dict(environment)
        self._folder = folder
        default = ("namespaces", "chroot") if os.geteuid() == 0 else ("user",)
        self._modes = list(modes or default)
        self._lock = threading.Lock()
        self._running: set[Running] = set()
        self._stubs = _Stubs(root)
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def start(self, command: RemoteCommand) -> Running:
        """Start a shell command in the image.

        Raises:
            ComponentError: there is no way in, or no shell.
            Cancelled: the entrance is closed.
        """
        while True:
            with self._lock:
                if self._closed:
                    raise Cancelled
                mode = self._modes[0]
                self._stubs.make(with_nodes=mode == "chroot")
            arguments = [SHELL, "-c", command.command]
            order = Order(mode, self._root.path, self._folder, arguments, self._environment)
            started = _launch(order, command)
            if isinstance(started, Running):
                return self._admit(started, command)
            self._give_up(mode, started)

    def kill(self) -> None:
        """Kill every command, and refuse new ones; does not wait."""
        with self._lock:
            self._closed = True
            running = list(self._running)
        for command in running:
            command.kill()

    def close(self) -> None:
        """Kill every command, wait until all are gone, and take away what was put there."""
        self.kill()
        with self._lock:
            running = list(self._running)
        for command in running:
            command.bury()
        self._stubs.remove()

    def _admit(self, running: Running, command: RemoteCommand) -> Running:
        with self._lock:
            self._running.add(running)
            too_late = self._closed
        running.attend(command, self._forget)
        if too_late:
            running.kill()
        return running

    def _forget(self, running: Running) -> None:
        with self._lock:
            self._running.discard(running)

    def _give_up(self, mode: str, refusal: Refusal) -> None:
        if refusal.step == "exec":
            raise _no_shell(refusal)
        with self._lock:
            if mode in self._modes and len(self._modes) > 1:
                self._modes.remove(mode)
                logger.info("no %s here, step %s was refused", mode, refusal.step)
                return
        raise explain(refusal, is_root=os.geteuid() == 0, read=read_text)


def _no_shell(refusal: Refusal) -> ComponentError:
    hint = (
        "the image needs a shell: from = host has one if its programs hold sh; without one, use "
        "provisioners that only copy files"
    )
    if refusal.number == errno.EACCES:
        hint = "is the folder for temporary files mounted noexec? Set TMPDIR to another one"
    if refusal.number == errno.ENOEXEC:
        hint = "is the image made for another kind of machine?"
    reason = os.strerror(refusal.number)
    return ComponentError(f"cannot run commands in the image: {SHELL}: {reason}", hint=hint)


def read_text(path: str) -> str:
    """The text of a file of the system, empty if there is none."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def _launch(order: Order, command: RemoteCommand) -> Running | Refusal:
    status, theirs = os.pipe2(os.O_CLOEXEC)
    lifeline_end, lifeline = os.pipe2(os.O_CLOEXEC)
    try:
        process = _start_gate(theirs, lifeline_end, command)
    except BaseException:
        os.close(lifeline)
        os.close(status)
        raise
    finally:
        os.close(theirs)
        os.close(lifeline_end)
    running = Running(process, lifeline)
    try:
        running.tell(json.dumps(asdict(order)).encode() + b"\n")
        with open(status, "rb") as reports:
            report = reports.read()
    except BaseException:
        running.abandon()
        raise
    if not report:
        return running
    running.abandon()
    refused = json.loads(report)
    return Refusal(refused["step"], refused["errno"])


def _start_gate(status: int, lifeline: int, command: RemoteCommand) -> subprocess.Popen[bytes]:
    def wanted(stream: object) -> int:
        return subprocess.DEVNULL if stream is None else subprocess.PIPE

    # Nothing of our environment reaches the image; the interpreter itself may need its libraries.
    kept = {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-X", "utf8", gate.__file__, str(status), str(lifeline)],
        stdin=wanted(command.stdin),
        stdout=wanted(command.stdout),
        stderr=wanted(command.stderr),
        pass_fds=(status, lifeline),
        start_new_session=True,  # a Ctrl-C at the terminal is core's business
        cwd="/",
        env={"PATH": os.defpath, **kept},
        bufsize=0,
    )


class Running:
    """A command in the image (`packer_sdk.RunningCommand`)."""

    def __init__(self, process: subprocess.Popen[bytes], lifeline: int) -> None:
        self._process = process
        self._lifeline = lifeline
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, with all output delivered, and return the exit status.

        Raises:
            TimeoutError: it is still running.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"still running after {timeout} s")
        status = self._process.returncode
        return 128 - status if status < 0 else status

    def kill(self) -> None:
        """Kill the command and everything it has started; does not wait."""
        with self._lock:
            if self._lifeline >= 0:
                os.close(self._lifeline)
                self._lifeline = -1

    def bury(self) -> None:
        """Wait for the end of a killed command; a gate that does not obey is killed too."""
        if self._ended.wait(_PATIENCE_S):
            return
        logger.warning("process %d does not end, killing it", self._process.pid)
        self._process.kill()
        self._ended.wait(_PATIENCE_S)

    def tell(self, line: bytes) -> None:
        """Hand the order over the lifeline."""
        with suppress(BrokenPipeError):  # a gate that is gone says nothing, and exits with 125
            while line:
                line = line[os.write(self._lifeline, line) :]

    def abandon(self) -> None:
        """Give up a command that has not started."""
        self.kill()
        self._process.wait()
        _close_pipes(self._process)

    def attend(self, command: RemoteCommand, forget: Callable[[Running], None]) -> None:
        """Start the threads that carry bytes, and the one that waits for the end."""
        pumps = [
            spawn(f"oci-{name}", _pump_out, pipe, sink)
            for name, pipe, sink in (
                ("stdout", self._process.stdout, command.stdout),
                ("stderr", self._process.stderr, command.stderr),
            )
            if pipe is not None
        ]
        if command.stdin is not None:
            spawn("oci-stdin", _pump_in, command.stdin, self._process.stdin)
        spawn("oci-command", self._see_to_the_end, pumps, forget)

    def _see_to_the_end(
        self,
        pumps: list[threading.Thread],  # noqa: TID251 - named, not made
        forget: Callable[[Running], None],
    ) -> None:
        self._process.wait()
        for pump in pumps:
            pump.join()
        self.kill()  # nothing is left to kill; this closes the descriptor
        _close_pipes(self._process)
        forget(self)
        self._ended.set()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()


def _pump_out(pipe: BinaryIO, sink: BinaryIO) -> None:
    """Deliver what a command writes; if nobody takes it any more, drop it, so that it can end."""
    is_wanted = True
    while data := pipe.read(_CHUNK):
        if not is_wanted:
            continue
        try:
            sink.write(data)
            sink.flush()
        except (OSError, ValueError, PackerError) as error:
            logger.warning("output of a command is lost: %s", error)
            is_wanted = False


def _pump_in(source: BinaryIO, pipe: BinaryIO) -> None:
    read = getattr(source, "read1", source.read)  # what is there, not what would fill a buffer
    # A command need not read its input, and may be gone before the input ends.
    with suppress(OSError, ValueError, PackerError):
        while data := read(_CHUNK):
            left = memoryview(data)
            while left:
                left = left[pipe.write(left) :]
    with suppress(OSError):
        pipe.close()


class _Stubs:
    """Places to mount on, where the image has none; they do not become part of it."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._folders: list[str] = []
        self._nodes: list[tuple[str, int]] = []

    def make(self, *, with_nodes: bool) -> None:
        for name in ("proc", "dev"):
            with self._root.place(name) as place:
                if place.lstat() is None:
                    os.mkdir(name, 0o755, dir_fd=place.parent)
                    self._folders.append(name)
        if with_nodes and not self._nodes:
            self._make_nodes()

    def _make_nodes(self) -> None:
        """Device nodes for a plain chroot, where nothing can be mounted."""
        for name in gate.DEVICES:
            with self._root.place(f"dev/{name}") as place, suppress(OSError):
                if place.lstat() is None:
                    device = os.stat(f"/dev/{name}").st_rdev
                    os.mknod(name, stat.S_IFCHR | 0o666, device, dir_fd=place.parent)
                    os.chmod(name, 0o666, dir_fd=place.parent)  # noqa: S103 - as everywhere
                    status = place.lstat()
                    assert status is not None  # we have just made it
                    self._nodes.append((name, status.st_ino))

    def remove(self) -> None:
        for name, inode in self._nodes:
            with suppress(OSError), self._root.place(f"dev/{name}") as place:
                status = place.lstat()
                if status is not None and status.st_ino == inode:
                    os.unlink(name, dir_fd=place.parent)
        for name in self._folders:
            # Not empty: a command has put something there, then it is part of the image.
            with suppress(OSError), self._root.place(name) as place:
                os.rmdir(name, dir_fd=place.parent)
        self._nodes, self._folders = [], []
