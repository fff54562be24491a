"""What a run has made on this machine, written down **before** it is made.

A run that is killed cannot clean up. What it leaves behind can be found all the same: its journal
says where to look, and nobody has to guess from names. One file per run, ``RUN_UUID.jsonl``, a
JSON object per line. The first line is about the run, each further one about a thing::

    {"run": "6c1f…", "mark": "f0c9…", "pid": 4711, "started": 83117, "boot": "6ee3…", …}
    {"what": "folder", "id": "/tmp/packer-0f3a9c21", "state": "coming"}
    {"what": "process", "id": "f0c9….1", "state": "coming", "label": "packer-builder-null"}
    {"what": "process", "id": "f0c9….1", "state": "there", "pid": 4712, "started": 83120}
    {"what": "process", "id": "f0c9….1", "state": "gone"}

A run that ends in order removes the file. While it lives it holds a lock on it, which the kernel
lets go of however the run ends. Neither arguments nor environment are written: a journal holds no
secrets.
"""

from __future__ import annotations

import json
import logging
import os
import re
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from packer_sdk.records import made, record

from . import processes
from .version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    What = Literal["process", "folder", "socket", "artifact"]

logger = logging.getLogger(__name__)

SUFFIX = ".jsonl"

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


class RunJournal:
    """The journal of this run. Safe from several threads.

    Attributes:
        path: The file.
        mark: Random; what the run starts carries it in its environment.
    """

    def __init__(self, path: Path, descriptor: int, mark: str) -> None:
        self.path = path
        self.mark = mark
        self._descriptor = descriptor
        self._lock = threading.Lock()

    @classmethod
    def begin(cls, folder: Path, run: str) -> RunJournal:
        """Start one.

        Args:
            folder: Where journals are; made if need be.
            run: Names the run (``PACKER_RUN_UUID``); runs within runs share it.

        Raises:
            OSError: it cannot be written.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path, descriptor = _opened(folder, _UNSAFE.sub("_", run) or "run")
        journal = cls(path, descriptor, os.urandom(8).hex())
        me = processes.find(os.getpid())
        journal._write(
            {
                "run": run,
                "mark": journal.mark,
                "pid": os.getpid(),
                "started": me.started if me else None,
                "boot": processes.boot(),
                "namespace": processes.namespace(),
                "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
                "version": VERSION,
            }
        )
        return journal

    def coming(self, what: What, name: str, **details: object) -> None:
        """Note a thing that is about to be made."""
        self._note(what, name, "coming", details)

    def there(self, what: What, name: str, **details: object) -> None:
        """Note what is known of a thing now that it is made."""
        self._note(what, name, "there", details)

    def gone(self, what: What, name: str) -> None:
        """Note that a thing is no more, or that it is none of ours any longer."""
        self._note(what, name, "gone", {})

    def close(self, *, keep: bool = False) -> None:
        """End the journal; without ``keep`` nothing is left that it could tell of."""
        with self._lock:
            if self._descriptor < 0:
                return
            if not keep:
                self.path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1

    def _note(self, what: What, name: str, state: str, details: dict[str, object]) -> None:
        self._write({"what": what, "id": name, "state": state, **details})

    def _write(self, entry: dict[str, object]) -> None:
        with self._lock, suppress(OSError):  # a full disk must not end a build
            if self._descriptor >= 0:
                os.write(self._descriptor, json.dumps(entry).encode() + b"\n")


@record
class Thing:
    """Something a run has made, or was about to make.

    Attributes:
        what: ``process``, ``folder``, ``socket`` or ``artifact``.
        name: The mark of a process, the path of a folder or socket, the job of an artifact.
        details: What else is known.
    """

    what: str
    name: str
    details: dict[str, object] = made(default_factory=dict)


@record
class Record:
    """What a journal says.

    Attributes:
        path: The file.
        head: Its first line; empty if the run was killed before it could write it.
        things: What is left, as far as the journal knows.
    """

    path: Path
    head: dict[str, object]
    things: tuple[Thing, ...]

    @property
    def core(self) -> processes.Process | None:
        """The process whose run it is; None if nobody can tell."""
        pid, started = self.head.get("pid"), self.head.get("started")
        if isinstance(pid, int) and isinstance(started, int):
            return processes.Process(pid, started)
        return None

    @property
    def same_boot(self) -> bool:
        """Whether its process numbers mean anything here and now."""
        known = (self.head.get("boot"), self.head.get("namespace"))
        return bool(known[0]) and known == (processes.boot(), processes.namespace())


def journals(folder: Path) -> Iterator[Path]:
    """Every journal, the oldest first."""
    with suppress(OSError):
        found = [(path.stat().st_mtime, path) for path in folder.glob(f"*{SUFFIX}")]
        yield from (path for _, path in sorted(found))


def read(path: Path) -> Record:
    """Read a journal; what is no line of one is left out, as its last line may be torn.

    Raises:
        OSError: it cannot be read.
    """
    head: dict[str, object] = {}
    things: dict[tuple[str, str], Thing] = {}
    for entry in _objects(path.read_bytes()):
        if "run" in entry:
            head = entry
            continue
        what, name = str(entry.pop("what", "")), str(entry.pop("id", ""))
        if entry.pop("state", None) == "gone":
            things.pop((what, name), None)
        elif what and name:
            before = things.get((what, name))
            known = before.details if before else {}
            things[what, name] = Thing(what, name, {**known, **entry})
    return Record(path, head, tuple(things.values()))


def lock(path: Path) -> int | None:
    """Take the lock of a journal; None if its run lives, or there is no journal any more.

    Returns:
        A descriptor; closing it gives the lock back.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    if _locked(descriptor, wait=False) and _is_open_as(path, descriptor):
        return descriptor
    os.close(descriptor)
    return None


def _opened(folder: Path, name: str) -> tuple[Path, int]:
    """A new, locked file; a second run of the same name gets a number."""
    number = 1
    while True:
        path = folder / (f"{name}{SUFFIX}" if number == 1 else f"{name}-{number}{SUFFIX}")
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        try:
            descriptor = os.open(path, flags, 0o600)
        except FileExistsError:
            number += 1
            continue
        # Between the two calls it may have been taken for the journal of a dead run.
        _locked(descriptor, wait=True)
        if _is_open_as(path, descriptor):
            return path, descriptor
        os.close(descriptor)


def _locked(descriptor: int, *, wait: bool) -> bool:
    try:
        import fcntl  # noqa: PLC0415 - Windows has none; the number of the process must do there
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        logger.debug("this file system knows no locks: %s", error)
    return True


def _is_open_as(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _objects(data: bytes) -> Iterator[dict[str, object]]:
    for line in data.splitlines():
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry
