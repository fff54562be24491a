"""Who runs what is in a generation: a lock on its folder, which the kernel lets go with its holder.

A run holds a shared one for as long as it may have processes of the plugin; whoever removes the
generation wants it alone. Where folders cannot be locked (some network file systems, Windows),
nobody is known to use anything, and the generation before the one that counts is what stays.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform != "win32":
    import fcntl


def hold(generation: Path) -> int | None:
    """Say that a generation is used until the descriptor is closed; None where nobody can.

    Waits while somebody removes it: look whether it is there afterwards.
    """
    if sys.platform == "win32":
        return None
    try:
        number = os.open(generation, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(number, fcntl.LOCK_SH)
    except OSError:
        os.close(number)
        return None
    return number


@contextmanager
def alone(generation: Path) -> Iterator[bool]:
    """Whether nobody uses a generation, and nobody begins to until the end of the block."""
    if sys.platform == "win32":
        yield True
        return
    try:
        number = os.open(generation, os.O_RDONLY)
    except OSError:
        yield True
        return
    try:
        yield _is_ours(number)
    finally:
        os.close(number)


def _is_ours(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True  # such a file system has no locks
    return True
