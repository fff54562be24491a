"""``packer plugin --host FD``: a process that becomes a bundled component whenever core asks.

Most of what a component takes to start is an interpreter that comes up and loads the SDK. So core
starts this once in a run, and every bundled component is a fork of it: a process of its own all
the same, with a process group, an environment and pipes of its own, which runs what ``packer
plugin packer-KIND-NAME`` runs, and is called that in the list of processes.

What is spoken on the socket is msgpack. Core asks for a component with a map, its length in front
of it and the two descriptors for its output along with that length; it is told the number of the
process, and later how that process ended. When core is gone, so is this: the components see that
their parent has changed.

One thread, and no code but what comes with packer, before the fork, or it would not be safe.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
import traceback
from contextlib import suppress

import msgpack

from . import bundled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, NoReturn

FLAG = "--host"
LENGTH_BYTES = 4
ROOM = "-" * 64
"""Stands on the command line where a fork writes what it has become."""

_LOADED_AHEAD = (
    "packer_sdk.logs",
    "packer_sdk.server",
    "packer_sdk.adapters",
    "packer_sdk.rpc.component",
    "packer_sdk.rpc.session",
    "faulthandler",
)


def run(descriptor: int, serve: Callable[[str], int]) -> int:
    """Do what core asks until it is gone.

    Args:
        descriptor: Of the socket to core.
        serve: Serves a bundled component, ``packer-KIND-NAME``, in the process that has become it.

    Returns:
        An exit status.
    """
    gc.disable()
    for name in _LOADED_AHEAD:
        importlib.import_module(name)
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake)
    core = socket.socket(fileno=descriptor)
    core.set_inheritable(False)
    poll = select.poll()
    for readable in (core.fileno(), woken):
        poll.register(readable, select.POLLIN)
    try:
        while True:
            ready = {number for number, _ in poll.poll()}
            if woken in ready:
                os.read(woken, 4096)
                _report_ends(core)
            if core.fileno() in ready:
                _fork_what_is_asked(core, (woken, wake), serve)
    except (EOFError, OSError):
        return 0


def _report_ends(core: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        _tell(core, {"pid": pid, "status": os.waitstatus_to_exitcode(status)})


def _tell(core: socket.socket, message: Mapping[str, object]) -> None:
    core.sendall(msgpack.packb(message))


def _fork_what_is_asked(
    core: socket.socket, own: Sequence[int], serve: Callable[[str], int]
) -> None:
    request, outputs = _receive(core)
    _load(request["executable"])
    try:
        pid = os.fork()
    except OSError as error:
        _tell(core, {"errno": error.errno})
    else:
        if pid == 0:
            _become(request, outputs, (core.detach(), *own), serve)
        with suppress(OSError):
            os.setpgid(pid, pid)  # here as well, so that it is done when core hears of it
        _tell(core, {"started": pid})
    for descriptor in outputs:
        os.close(descriptor)


def _receive(core: socket.socket) -> tuple[dict[str, Any], list[int]]:
    header, outputs, _, _ = socket.recv_fds(core, LENGTH_BYTES, 2)
    if len(header) < LENGTH_BYTES:
        raise EOFError  # core is gone; four bytes in one piece it has always sent
    size = int.from_bytes(header, "big")
    data = bytearray()
    while len(data) < size:
        piece = core.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return msgpack.unpackb(data), outputs


def _load(executable: str) -> None:
    """Import the component before the fork: the next one of its kind finds it loaded."""
    component = bundled.find(executable)
    if component:
        with suppress(Exception):  # the process that needs it fails with it, and says so
            importlib.import_module(component[2].partition(":")[0])
    gc.freeze()


def _become(
    request: Mapping[str, Any],
    outputs: Sequence[int],
    others: Sequence[int],
    serve: Callable[[str], int],
) -> NoReturn:
    """Be the component from here on; what the host has open and has set up is not its own."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with suppress(OSError):
            os.setpgid(0, 0)
        for number, descriptor in zip((1, 2), outputs, strict=True):
            os.dup2(descriptor, number)
        for descriptor in (*outputs, *others):
            os.close(descriptor)
        os.environ.clear()
        os.environb.update(request["environ"])
        sys.argv[1:] = request["words"]
        _show(request["words"], request["environ"])
        status = serve(request["executable"])
    except BaseException:  # noqa: BLE001 - nobody is above us but the loop of the host
        traceback.print_exc()
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def _show(words: Sequence[str], environ: Mapping[bytes, bytes]) -> None:
    """Show in the list of processes what this process is, and by which mark it is found.

    The system looks for a command line and an environment where it has put them when the process
    was started (proc(5), ``arg_start`` and the three behind it). That is memory of our own.
    """
    with suppress(OSError, ValueError):
        with open("/proc/self/cmdline", "rb") as file:  # noqa: PTH123 - pathlib is not imported
            command = file.read().partition(FLAG.encode())[0]
        with open("/proc/self/stat", "rb") as file:  # noqa: PTH123
            places = file.read().rpartition(b")")[2].split()[45:49]
        words_start, words_end, variables_start, variables_end = map(int, places)
        command += b"\0".join(word.encode() for word in words[1:]) + b"\0"
        ours_first = sorted(environ.items(), key=lambda one: not one[0].startswith(b"PACKER_"))
        variables = b"".join(name + b"=" + value + b"\0" for name, value in ours_first)
        with open("/proc/self/mem", "r+b", buffering=0) as memory:  # noqa: PTH123
            for text, start, end in (
                (command, words_start, words_end),
                (variables, variables_start, variables_end),
            ):
                memory.seek(start)
                memory.write(text[: end - start].ljust(end - start, b"\0"))
