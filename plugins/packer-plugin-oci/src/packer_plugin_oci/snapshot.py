"""What is in a root file system, and what has changed in it between two looks.

A file counts as unchanged if inode, size and all times are the same to the nanosecond, the time of
the last change of its inode (ctime) among them: programs can set the modification time back, but
not that one. If only the ctime or the inode differ, as after a ``chown`` that changed nothing, the
content decides. Two writes could still share a ctime, because file systems read a clock that
ticks a few hundred times a second; so :func:`let_clock_pass` waits for the next tick before
anything is let loose on the tree.

Which names a layer holds depends on names and content only, never on inode numbers or times of
folders: those differ between two builds of the same thing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import ExitStack
from dataclasses import dataclass

from packer_sdk import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

OPAQUE_FROM = 2  # names gone; a single one is told by its own whiteout


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a root file system.

    Attributes:
        mode: Type and permissions, as in ``st_mode``.
        target: Where a symbolic link leads.
        xattrs: Extended attributes that belong to the file rather than to this machine.
    """

    mode: int
    uid: int
    gid: int
    size: int
    inode: int
    links: int
    device: int
    modified_ns: int
    changed_ns: int
    target: str = ""
    xattrs: tuple[tuple[str, bytes], ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return stat.S_ISDIR(self.mode)

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file."""
        return stat.S_ISREG(self.mode)


Snapshot = dict[str, Entry]
"""Entries by path: relative, ``""`` for the root itself."""


def take_snapshot(root: str) -> Snapshot:
    """Look at everything under ``root``. Nothing may be running in it.

    Raises:
        ComponentError: something cannot be looked at.
    """
    snapshot: Snapshot = {}
    with ExitStack() as opened_up:
        pending = [""]
        while pending:
            path = pending.pop()
            try:
                entry = look(os.path.join(root, path) if path else root)
                if stat.S_ISSOCK(entry.mode):
                    continue  # belongs to the process that made it; archives have no word for it
                snapshot[path] = entry
                if entry.is_folder:
                    pending += _children(root, path, entry, opened_up)
            except OSError as error:
                raise ComponentError(
                    f"cannot look at a path of the image: /{path}: {error.strerror}"
                ) from error
    return snapshot


def look(path: str) -> Entry:
    """Look at one name, without following it."""
    status = os.lstat(path)
    mode = status.st_mode
    return Entry(
        mode=mode,
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size if stat.S_ISREG(mode) else 0,
        inode=status.st_ino,
        links=status.st_nlink,
        device=status.st_rdev if stat.S_ISCHR(mode) or stat.S_ISBLK(mode) else 0,
        modified_ns=status.st_mtime_ns,
        changed_ns=status.st_ctime_ns,
        target=os.readlink(path) if stat.S_ISLNK(mode) else "",
        xattrs=_xattrs(path),
    )


def is_kept_xattr(name: str) -> bool:
    """Whether an extended attribute goes with the file.

    Labels of this machine's security modules, access lists and the marks of overlay file systems
    do not.
    """
    return name == "security.capability" or name.startswith("user.")


def _xattrs(path: str) -> tuple[tuple[str, bytes], ...]:
    try:
        names = os.listxattr(path, follow_symlinks=False)
        return tuple(
            (name, os.getxattr(path, name, follow_symlinks=False))
            for name in sorted(names)
            if is_kept_xattr(name)
        )
    except OSError:
        return ()  # no such thing on this file system, or none of our business


def _children(root: str, path: str, entry: Entry, opened_up: ExitStack) -> Iterable[str]:
    absolute = os.path.join(root, path) if path else root
    open_up(absolute, entry, opened_up)
    with os.scandir(absolute) as entries:
        return [f"{path}/{child.name}" if path else child.name for child in entries]


def open_up(path: str, entry: Entry, undo: ExitStack) -> None:
    """Make a file or folder of ours readable, if it is not, until ``undo`` closes.

    Without root we may own what we cannot read: ``/etc/shadow`` with mode 000.
    """
    wanted = 0o500 if entry.is_folder else 0o400
    mode = stat.S_IMODE(entry.mode)
    if os.geteuid() == 0 or mode & wanted == wanted:
        return
    os.chmod(path, mode | wanted)
    undo.callback(os.chmod, path, mode)


def has_content(path: str, entry: Entry, digest: bytes) -> bool:
    """Whether a file has the content with this SHA-256."""
    try:
        with ExitStack() as opened_up:
            open_up(path, entry, opened_up)
            file = opened_up.enter_context(open(path, "rb"))
            return hashlib.file_digest(file, "sha256").digest() == digest
    except OSError:
        return False  # then it goes into the layer, which will say why it cannot be read


def let_clock_pass(probe: str, snapshot: Mapping[str, Entry]) -> None:
    """Wait until a change would carry a later time than anything in the snapshot.

    Args:
        probe: A path on the same file system for a file to look at the clock with.
        snapshot: What was seen.
    """
    newest = max((entry.changed_ns for entry in snapshot.values()), default=0)
    give_up = time.monotonic() + 1  # a file system with whole seconds; or a clock set back
    while time.monotonic() < give_up:
        descriptor = os.open(probe, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            os.utime(descriptor)
            if os.fstat(descriptor).st_ctime_ns > newest:
                break
        finally:
            os.close(descriptor)
        time.sleep(0.001)
    os.unlink(probe)


@dataclass(frozen=True, slots=True)
class Difference:
    """What to write into a layer to get from one snapshot to another.

    Attributes:
        written: Paths that are new or changed.
        removed: Paths that are gone, each alone in a folder that still has names of before.
        emptied: Folders of which nothing of before is left: told by one opaque whiteout.
    """

    written: frozenset[str]
    removed: frozenset[str]
    emptied: frozenset[str]


def difference(
    before: Snapshot, after: Snapshot, is_same_content: Callable[[str], bool]
) -> Difference:
    """Compare two snapshots of one tree.

    Args:
        before: The base.
        after: The result.
        is_same_content: Asked about a file whose inode or ctime alone has changed.
    """
    written = {
        path
        for path, entry in after.items()
        if not _is_unchanged(before.get(path), entry, path, is_same_content)
    }
    written |= set(_linked_with(written, after))
    removed, emptied = _gone(before, after)
    return Difference(frozenset(written), frozenset(removed), frozenset(emptied))


def _is_unchanged(
    old: Entry | None, new: Entry, path: str, is_same_content: Callable[[str], bool]
) -> bool:
    if old is None or _lasting(old) != _lasting(new):
        return False
    if not new.is_file:
        return True
    if old.modified_ns != new.modified_ns:
        return False
    return (old.inode, old.changed_ns) == (new.inode, new.changed_ns) or is_same_content(path)


def _lasting(entry: Entry) -> tuple[object, ...]:
    return (
        entry.mode,
        entry.uid,
        entry.gid,
        entry.size,
        entry.device,
        entry.target,
        entry.xattrs,
    )


def _linked_with(written: set[str], after: Snapshot) -> Iterator[str]:
    """Further names of files that are written: a layer cannot link to a file of another one."""
    names: dict[int, list[str]] = {}
    for path, entry in after.items():
        if entry.links > 1 and not entry.is_folder:
            names.setdefault(entry.inode, []).append(path)
    for group in names.values():
        if not written.isdisjoint(group):
            yield from group


def _gone(before: Snapshot, after: Snapshot) -> tuple[set[str], set[str]]:
    gone: dict[str, list[str]] = {}
    stayed: set[str] = set()
    for path in before.keys() - {""}:
        parent = path.rpartition("/")[0]
        if path in after:
            stayed.add(parent)
        elif (folder := after.get(parent)) and folder.is_folder:
            gone.setdefault(parent, []).append(path)
    emptied = {
        parent
        for parent, paths in gone.items()
        if len(paths) >= OPAQUE_FROM and parent not in stayed
    }
    removed = {path for parent, paths in gone.items() if parent not in emptied for path in paths}
    return removed, emptied
