"""Cleaning up after runs that were killed: what their journals name, and nothing else.

A run is dead when nobody holds the lock of its journal and the process in its first line is gone.
Then whatever it has left is

- **killed**, if it is a process that the run has started: told by number and time of start, by
  its group, or by the mark in its environment; never after a reboot, when numbers mean others;
- **removed**, if it is a folder or a socket of ours at a path that the journal names. Nothing is
  deleted through what is mounted there;
- **told**, if it is an artifact that was being made: it may be anywhere.
"""

from __future__ import annotations

import logging
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.environment import MARK
from packer_sdk.errors import PackerError
from packer_sdk.records import record
from packer_sdk.threads import Deadline
from packer_sdk.trees import remove_tree

from . import journal, processes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .journal import Record, Thing

logger = logging.getLogger(__name__)

GRACE_S = 5.0
"""What the kernel gets to bury what was killed."""


@record
class DeadRun:
    """A run that cannot clean up any more, as its journal and the machine show it.

    Attributes:
        record: What its journal says.
        running: The processes it has left.
        paths: Its folders and sockets that are still there.
        artifacts: The jobs that were making one, and whether it was made.
    """

    record: Record
    running: tuple[tuple[str, processes.Process], ...]
    paths: tuple[Path, ...]
    artifacts: tuple[tuple[str, bool], ...]

    @property
    def title(self) -> str:
        """What a person calls the run."""
        head = self.record.head
        return f"the run of {head.get('time', 'unknown time')} (pid {head.get('pid', 'unknown')})"


@contextmanager
def dead_runs(folder: Path) -> Iterator[Iterator[DeadRun]]:
    """Every dead run; none of them can be cleaned up by somebody else while it is looked at."""
    locks: list[int] = []

    def found() -> Iterator[DeadRun]:
        for path in journal.journals(folder):
            descriptor = journal.lock(path)
            if descriptor is None:
                continue
            locks.append(descriptor)
            record = journal.read(path)
            if not _lives(record):
                yield look(record)

    try:
        yield found()
    finally:
        for descriptor in locks:
            os.close(descriptor)


def look(record: Record) -> DeadRun:
    """See what is left of a run."""
    return DeadRun(
        record=record,
        running=tuple(_running(record)) if record.same_boot else (),
        paths=tuple(path for thing in record.things if (path := _path(thing))),
        artifacts=tuple(
            (thing.name, bool(thing.details.get("made")))
            for thing in record.things
            if thing.what == "artifact"
        ),
    )


def clean(run: DeadRun) -> list[str]:
    """Kill and remove what is left of a run, and forget it.

    Returns:
        What could not be done, a line each; then the journal stays, for the next time.
    """
    trouble = list(_kill_all(run))
    if not trouble:
        for path in run.paths:
            try:
                _remove(path)
            except (OSError, PackerError) as error:
                trouble.append(f"cannot remove {path}: {error}")
    if not trouble:
        run.record.path.unlink(missing_ok=True)
    return trouble


def sweep(folder: Path) -> int:
    """Clean up after dead runs of which nothing runs any more, as every build does first.

    Returns:
        How many dead runs are left, because something of them still runs; a person decides.
    """
    left = 0
    with dead_runs(folder) as runs:
        for run in runs:
            if run.running:
                left += 1
                continue
            for line in clean(run):
                logger.warning("after %s: %s", run.title, line)
    return left


def _lives(record: Record) -> bool:
    return record.same_boot and record.core is not None and record.core.alive


def _running(record: Record) -> Iterator[tuple[str, processes.Process]]:
    """Everything that still runs, with the component it belongs to, each once."""
    found: dict[processes.Process, str] = {}
    labels = {thing.name: str(thing.details.get("label", "")) for thing in record.things}
    for thing in record.things:
        pid, started = thing.details.get("pid"), thing.details.get("started")
        if thing.what == "process" and isinstance(pid, int) and isinstance(started, int):
            for process in processes.in_group(processes.Process(pid, started)):
                found.setdefault(process, labels[thing.name])
    if mark := record.head.get("mark"):
        for process in processes.with_variable(MARK, f"{mark}.", prefix=True):
            found.setdefault(process, "started by a plugin")
    yield from ((label, process) for process, label in found.items())


def _path(thing: Thing) -> Path | None:
    """The folder or socket, if it is still there and ours."""
    wanted = {"folder": stat.S_ISDIR, "socket": stat.S_ISSOCK}.get(thing.what)
    if wanted is None:
        return None
    path = Path(thing.name)
    try:
        status = path.lstat()
    except (OSError, ValueError):
        return None
    return path if wanted(status.st_mode) and status.st_uid == os.geteuid() else None


def _kill_all(run: DeadRun) -> Iterator[str]:
    for _, process in run.running:
        process.kill()
    # What they were starting meanwhile carries the mark, too.
    deadline = Deadline(GRACE_S)
    while (left := look(run.record).running) and not deadline.passed:
        for _, process in left:
            process.kill()
    for label, process in left:
        yield f"cannot kill {process.pid} ({label})"


def _remove(path: Path) -> None:
    if path.is_dir():
        remove_tree(str(path))
        return
    path.unlink(missing_ok=True)
    with suppress(OSError):  # shared with others
        if path.parent.name.startswith("packer-plugin"):
            path.parent.rmdir()
