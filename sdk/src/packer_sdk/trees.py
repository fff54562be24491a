"""Deleting a tree that strangers have filled.

What makes it different from ``shutil.rmtree``: folders may be read-only, nested without end, or
have something mounted on them, and it must work for somebody who is not root.
"""

# ruff: noqa: PTH101, PTH106, PTH110, PTH112, PTH114, PTH123 - paths are text here: most are relative to descriptors

from __future__ import annotations

import os
import re
import stat

from .errors import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MOUNTS = "/proc/self/mountinfo"
_ESCAPE = re.compile(r"\\([0-7]{3})")
_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def mounts_below(path: str, mountinfo: Iterable[str]) -> list[str]:
    """Mount points at or under ``path``, from the lines of ``/proc/self/mountinfo`` (proc(5))."""
    points = (_unescape(line.split(" ", 5)[4]) for line in mountinfo if line.count(" ") > 4)
    return [point for point in points if point == path or point.startswith(path.rstrip("/") + "/")]


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), text)


def remove_tree(path: str) -> None:
    """Delete a folder and everything in it; nothing happens if it is not there.

    Folders are emptied one after the other: one that is found on the way moves to the top first.
    So no depth of nesting uses up the stack, descriptors or the length of a path.

    Raises:
        ComponentError: something is mounted in it. Deleting would go on in what is mounted, so
            nothing at all is deleted.
        OSError: something cannot be deleted.
    """
    if not os.path.isdir(path) or os.path.islink(path):
        return
    _refuse_mounts(path)
    os.chmod(path, 0o700)
    top = os.open(path, _FLAGS)
    try:
        _empty(top)
    finally:
        os.close(top)
    os.rmdir(path)


def _refuse_mounts(path: str) -> None:
    if not os.path.exists(_MOUNTS):
        return
    with open(_MOUNTS, encoding="utf-8", errors="surrogateescape") as lines:
        mounts = mounts_below(os.path.realpath(path), lines)
    if mounts:
        raise ComponentError(
            f"not deleted, because something is mounted there: {mounts[0]}",
            hint=f"umount {mounts[0]}, then rm -r {path}",
        )


def _empty(top: int) -> None:
    serial = 0
    folders = _clear(top)
    while folders:
        name = folders.pop()
        descriptor = os.open(name, _FLAGS, dir_fd=top)
        try:
            for child in _clear(descriptor):
                serial += 1
                moved = f".packer-{serial}"
                while _exists(moved, top):
                    serial += 1
                    moved = f".packer-{serial}"
                os.rename(child, moved, src_dir_fd=descriptor, dst_dir_fd=top)
                folders.append(moved)
        finally:
            os.close(descriptor)
        os.rmdir(name, dir_fd=top)


def _clear(descriptor: int) -> list[str]:
    """Delete what is no folder; make the folders writable and return their names."""
    folders = []
    with os.scandir(descriptor) as entries:
        names = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    for name, is_folder in names:
        if is_folder:
            _open_up(name, descriptor)
            folders.append(name)
        else:
            os.unlink(name, dir_fd=descriptor)
    return folders


def _open_up(name: str, parent: int) -> None:
    # chmod follows links, and Linux has no chmod that does not; it is a folder nobody but us
    # can reach any more, so what was a folder a moment ago still is one.
    mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
    if stat.S_IMODE(mode) & 0o700 != 0o700:
        os.chmod(name, 0o700, dir_fd=parent)


def _exists(name: str, parent: int) -> bool:
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True
