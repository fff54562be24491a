"""Private folders of a build, which are gone when it is over, whatever happens.

A workspace is deleted when its block is left. If the process is killed it cannot be; then the
next build does it: every workspace is locked for as long as its process lives (the kernel lets go
of a lock when a process dies), so one that is not locked belongs to nobody.
"""

from __future__ import annotations

import fcntl
import logging
import os
import stat
import tempfile
from contextlib import suppress

from packer_sdk import PackerError
from packer_sdk.trees import remove_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

logger = logging.getLogger(__name__)


class Workspace:
    """A folder ``PREFIX…`` that only this user can enter, until it is closed.

    Args:
        parent: Where; leftovers of killed builds with the same prefix are deleted there.
        prefix: How its name begins.

    Attributes:
        path: The folder.
    """

    def __init__(self, parent: str, prefix: str) -> None:
        sweep(parent, prefix)
        self.path, self._lock = _made_and_locked(parent, prefix)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Delete the folder. A second call does nothing."""
        lock, self._lock = self._lock, -1
        if lock < 0:
            return
        try:
            remove_tree(self.path)
        finally:
            os.close(lock)


def _made_and_locked(parent: str, prefix: str) -> tuple[str, int]:
    while True:
        path = tempfile.mkdtemp(prefix=prefix, dir=parent)
        # Between these two calls another build may take the folder for a leftover.
        with suppress(FileNotFoundError):
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists(path):
                return path, lock
            os.close(lock)


def sweep(parent: str, prefix: str) -> None:
    """Delete the workspaces of this user whose process is dead."""
    with os.scandir(parent) as entries:
        candidates = [entry for entry in entries if entry.name.startswith(prefix)]
    for entry in candidates:
        with suppress(FileNotFoundError):  # its build has just ended
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid():
                _remove_if_dead(entry.path)


def _remove_if_dead(path: str) -> None:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return  # gone meanwhile, or not ours to look into
    try:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            logger.info("deleting what a killed build has left: %s", path)
            remove_tree(path)
    except (OSError, PackerError) as error:
        logger.warning("cannot delete what a killed build has left: %s: %s", path, error)
    finally:
        os.close(lock)
