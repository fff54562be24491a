"""Who descends from a process, as far as the system tells (``/proc``, see proc(5))."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def descendants(pid: int) -> list[int]:
    """Children of a process, their children and so on; empty where there is no ``/proc``."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents():
        children.setdefault(parent, []).append(child)
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def _parents() -> Iterator[tuple[int, int]]:
    try:
        names = os.listdir("/proc")  # noqa: PTH208 - numbers are wanted
    except OSError:
        return
    for name in names:
        if name.isdigit() and (parent := _parent(name)) is not None:
            yield int(name), parent


def _parent(name: str) -> int | None:
    try:
        with open(f"/proc/{name}/stat", "rb") as file:  # noqa: PTH123 - as above
            # The name of the program, in brackets, may hold anything.
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return None  # it has just ended
