"""Who could have put a file where we found it.

Finding a plugin by its name means running it, so a file is used only if nobody but this user and
root could have written it. The rules, for the file and for the folder it is in:

- its owner is this user or root; of a symbolic link, both the link's and the target's;
- not everybody may write to it. A folder with the sticky bit (``/tmp``) is let through: there
  nobody can replace or rename what another one owns, and the file itself is still judged.

A group may have write permission: with a group per user, as Linux distributions set them up,
that is the usual mode of one's own files. Windows has no such owners and modes; nothing is
refused there.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path


def objection_to_folder(folder: Path, *, me: int | None = None) -> str | None:
    """Why no file in a folder can be trusted; None if the folder is no reason.

    Args:
        folder: An existing folder.
        me: The user's number, usually that of this process.
    """
    number = _user(me)
    return None if number is None else _folder(folder, number)


def objection_to_file(path: Path, *, me: int | None = None) -> str | None:
    """Why a file cannot be trusted; None if it can. Its own folder is not looked at.

    Args:
        path: A file or a symbolic link; a link that leads nowhere is no danger.
        me: The user's number, usually that of this process.
    """
    number = _user(me)
    if number is None:
        return None
    try:
        return _link(path, number) if path.is_symlink() else _file(path.lstat(), number)
    except OSError as error:
        return f"cannot be looked at: {error.strerror}"


def _user(me: int | None) -> int | None:
    if me is not None:
        return me
    return os.geteuid() if hasattr(os, "geteuid") else None


def _folder(folder: Path, me: int) -> str | None:
    try:
        status = folder.stat()
    except OSError as error:
        return f"its folder cannot be looked at: {error.strerror}"
    if stranger := _stranger(status, me):
        return f"its folder belongs to {stranger}"
    if status.st_mode & stat.S_IWOTH and not status.st_mode & stat.S_ISVTX:
        return "everybody may write to its folder"
    return None


def _link(path: Path, me: int) -> str | None:
    if stranger := _stranger(path.lstat(), me):
        return f"the link belongs to {stranger}"
    try:
        status = path.stat()
    except OSError:
        return None
    objection = _folder(_end_of(path).parent, me) or _file(status, me)
    return objection and f"{objection} (it leads to {os.path.realpath(path)})"


def _end_of(path: Path) -> Path:
    """Where a chain of links ends. Links among the folders on the way are left to the kernel.

    `os.path.realpath` would look at every folder of the way, for every plugin of a list.
    """
    place = os.fspath(path)
    while os.path.islink(place):  # noqa: PTH114
        place = os.path.join(os.path.dirname(place), os.readlink(place))  # noqa: PTH115, PTH118, PTH120
    return Path(place)


def _file(status: os.stat_result, me: int) -> str | None:
    if stranger := _stranger(status, me):
        return f"it belongs to {stranger}"
    if status.st_mode & stat.S_IWOTH:
        return "everybody may write to it"
    return None


def _stranger(status: os.stat_result, me: int) -> str | None:
    return None if status.st_uid in {0, me} else f"another user, number {status.st_uid}"
