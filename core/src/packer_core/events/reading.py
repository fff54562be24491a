"""An event file, read again. It may come from anywhere, and may have been cut off anywhere."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError

from .files import is_written, kept_files, run_of
from .model import SCHEMA, RunFinished

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 512 * 1024 * 1024
"""A larger file is refused, instead of filling the memory with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What a file holds.

    Attributes:
        path: The file.
        events: In the order of the file.
        unreadable: Lines that are no events; the last one of a killed run may be cut.
        missing: Events that were not kept, by the gaps of the numbers.
        running: Whether a packer is still writing it, as far as that can be known.
    """

    path: Path
    events: tuple[dict[str, object], ...]
    unreadable: int = 0
    missing: int = 0
    running: bool = False

    @property
    def complete(self) -> bool:
        """Whether it reaches to the end of the run."""
        return bool(self.events) and self.events[-1]["type"] == RunFinished.type


def read_events(path: Path) -> Recording:
    """Read a file.

    Raises:
        PackerError: it cannot be read, or holds no events that are understood.
    """
    running = is_written(path)  # asked first: what is written afterwards does no harm
    events, unreadable = [], 0
    for line in _content(path).split(b"\n"):
        if event := _event(line):
            events.append(event)
        elif line.strip():
            unreadable += 1
    if not events:
        raise PackerError(
            f"there are no events in this file: {path}",
            hint="packer build -events=PATH … writes such a file",
            reference="events-unreadable",
        )
    _judge_version(path, events[0])
    return Recording(
        path=path,
        events=tuple(events),
        unreadable=unreadable,
        missing=max(0, _number(events[-1]) - _number(events[0]) + 1 - len(events)),
        running=running,
    )


def find_run(folder: Path, wanted: str) -> Path:
    """The file of a kept run: of the last one, or the one whose id begins with ``wanted``.

    Raises:
        PackerError: there is none, or there are several.
    """
    files = kept_files(folder)
    found = [path for path in files if run_of(path).startswith(wanted)]
    if not found:
        raise _not_found(folder, wanted, files)
    if not wanted:
        return found[0]
    runs = {run_of(path) for path in found}
    if len(runs) > 1:
        raise PackerError(
            f"several runs begin with this id: {wanted}: {', '.join(sorted(runs))}",
            hint="write more of it",
            reference="run-not-found",
        )
    # A packer that a build has started has the same id: the outer one began first.
    return found[-1]


def _not_found(folder: Path, wanted: str, files: list[Path]) -> PackerError:
    recent = ", ".join(dict.fromkeys(run_of(path) for path in files[:3]))
    if not files:
        hint = f"builds are kept in {folder}, unless PACKER_EVENTS=0; there are none"
    else:
        hint = f"the last runs are {recent}; without a run, the last one is explained"
    what = f"no such file, and no such run: {wanted}" if wanted else "there is no run to explain"
    return PackerError(what, hint=hint, reference="run-not-found")


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PackerError(
                f"event file is too large to be explained: {path}",
                hint='leave its output out: grep -v \'"type":"output"\'',
                reference="events-unreadable",
            )
        return path.read_bytes()
    except OSError as error:
        raise PackerError(
            f"event file cannot be read: {path}: {error.strerror}", reference="events-unreadable"
        ) from error


def _event(line: bytes) -> dict[str, object] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if isinstance(event, dict) and isinstance(event.get("type"), str) and "schema" in event:
        return event
    return None


def _judge_version(path: Path, event: dict[str, object]) -> None:
    if event["schema"] != SCHEMA:
        raise PackerError(
            f"events of another version: {path}: {event['schema']}; this packer reads {SCHEMA}",
            hint="explain it with the packer that wrote it",
            reference="events-unreadable",
        )


def _number(event: dict[str, object]) -> int:
    number = event.get("seq")
    return number if isinstance(number, int) else 0
