"""Which process is which: a number is used again, a number with its time of start is not.

All of it is read from ``/proc`` (proc(5)). Where there is none, nothing is known of a process,
and what is not known is never killed.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.records import record

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROC = Path("/proc")
_ZOMBIE = b"Z"


@record
class Process:
    """One process, told from every other that has had or will have its number since the boot.

    Attributes:
        pid: Its number.
        started: When it started, in ticks since the boot.
    """

    pid: int
    started: int

    @property
    def alive(self) -> bool:
        """Whether it still runs; what has ended and was not waited for does not."""
        return find(self.pid) == self

    def kill(self) -> bool:
        """Kill it, and nothing else; false if it had ended, or is not ours to kill."""
        with suppress(OSError):
            handle = os.pidfd_open(self.pid)
            try:
                # The handle is of whatever has the number now; if that is the right one, it stays
                # the right one.
                if self.alive:
                    signal.pidfd_send_signal(handle, signal.SIGKILL)
                    return True
            finally:
                os.close(handle)
        return False


@record
class _Status:
    state: bytes
    group: int
    started: int


def find(pid: int) -> Process | None:
    """The process that has this number now; None if there is none, or nobody can tell."""
    status = _status(pid)
    if status is None or status.state == _ZOMBIE:
        return None
    return Process(pid, status.started)


def in_group(leader: Process) -> list[Process]:
    """Everything in the process group that ``leader``, which must be alive, leads."""
    if not leader.alive:
        return []
    members = ((pid, _status(pid)) for pid in _pids())
    return [
        Process(pid, status.started)
        for pid, status in members
        if status and status.group == leader.pid and status.state != _ZOMBIE
    ]


def with_variable(name: str, value: str, *, prefix: bool = False) -> list[Process]:
    """Every process that was started with this environment variable, but not this one.

    Args:
        name: Of the variable.
        value: What it must be.
        prefix: Whether it may go on after ``value``.
    """
    wanted = f"\0{name}={value}".encode() + (b"" if prefix else b"\0")
    return [
        process
        for pid in _pids()
        if pid != os.getpid() and wanted in _environ(pid) and (process := find(pid))
    ]


def boot() -> str:
    """Names the boot of this machine; empty if it has no name."""
    return _text(_PROC / "sys/kernel/random/boot_id")


def namespace() -> str:
    """Names the world in which our process numbers count; empty if it has no name."""
    try:
        return os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it is no path
    except OSError:
        return ""


def _pids() -> Iterator[int]:
    with suppress(OSError):
        yield from (int(name) for name in os.listdir(_PROC) if name.isdigit())  # noqa: PTH208 - names


def _status(pid: int) -> _Status | None:
    try:
        data = (_PROC / str(pid) / "stat").read_bytes()
    except OSError:
        return None
    # The name of the program, in brackets, may hold anything.
    fields = data.rpartition(b")")[2].split()
    return _Status(state=fields[0], group=int(fields[2]), started=int(fields[19]))


def _environ(pid: int) -> bytes:
    try:
        return b"\0" + (_PROC / str(pid) / "environ").read_bytes() + b"\0"
    except OSError:
        return b""  # gone, or somebody else's


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
