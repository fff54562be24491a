"""Writing a layer: the same content gives the same bytes, whoever builds, whenever and where.

Names are sorted, with whiteouts before their siblings (image-spec, layer.md); owners are numbers;
times are whole seconds and not after the given one; headers are POSIX pax.

Each folder above a written name is in the layer too, as it is. Without that, an engine that
unpacks a layer by itself makes it up, and ``/tmp`` loses its mode.
"""

from __future__ import annotations

import os
import stat
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass

from packer_sdk import ComponentError

from .apply import OPAQUE, WHITEOUT, Wanted
from .snapshot import Difference, Entry, Snapshot, open_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .layout import Sink

_CHUNK = 1 << 18
_BLOCK = 512
_TYPES = {
    stat.S_IFDIR: tarfile.DIRTYPE,
    stat.S_IFREG: tarfile.REGTYPE,
    stat.S_IFLNK: tarfile.SYMTYPE,
    stat.S_IFIFO: tarfile.FIFOTYPE,
    stat.S_IFCHR: tarfile.CHRTYPE,
    stat.S_IFBLK: tarfile.BLKTYPE,
}


@dataclass(frozen=True, slots=True)
class Owners:
    """Who a file belongs to in the image.

    Attributes:
        before: The base as it was on disk.
        wanted: By inode, what could not be set on disk.
        builder: User and group whose files are root's in the image; None if we are root and
            every number is what it says.
    """

    before: Snapshot
    wanted: Mapping[int, Wanted]
    builder: tuple[int, int] | None

    def of(self, path: str, entry: Entry) -> Wanted:
        """Owner and attributes of a path.

        A file of the base that was changed in place keeps what the base wanted for it; one that
        was made anew does not.
        """
        old = self.before.get(path)
        wanted = self.wanted.get(entry.inode)
        if wanted is not None and old is not None and old.inode == entry.inode:
            return wanted
        if self.builder is None:
            return Wanted(entry.uid, entry.gid, entry.xattrs)
        uid, gid = self.builder
        return Wanted(
            0 if entry.uid == uid else entry.uid,
            0 if entry.gid == gid else entry.gid,
            entry.xattrs,
        )


class LayerWriter:
    """Writes what has changed in a root file system.

    Args:
        root: The folder.
        after: What is in it.
        owners: Who everything belongs to.
        latest: Seconds since 1970; later times are set to it.
        check_cancel: Called now and then; may raise.
    """

    def __init__(
        self,
        root: str,
        after: Snapshot,
        owners: Owners,
        latest: int,
        check_cancel: Callable[[], None],
    ) -> None:
        self._root = root
        self._after = after
        self._owners = owners
        self._latest = latest
        self._check_cancel = check_cancel
        self._first_names: dict[int, str] = {}

    def write(self, difference: Difference, target: Sink) -> None:
        """Write the layer, uncompressed, as one archive.

        Raises:
            ComponentError: a file cannot be read, or has a name that no layer can hold.
        """
        size = 0
        for path, whiteout in sorted(entries_of(difference), key=_order):
            self._check_cancel()
            if whiteout:
                size += self._put(self._whiteout(path), target)
            else:
                size += self._write_entry(path, target)
        # Two empty blocks end it; whole records, as tar writes them.
        target.write(bytes(2 * _BLOCK + -(size + 2 * _BLOCK) % tarfile.RECORDSIZE))

    def _write_entry(self, path: str, target: Sink) -> int:
        entry = self._after[path]
        info = self._header(path, entry)
        size = self._put(info, target)
        if info.type == tarfile.REGTYPE:
            self._write_content(path, entry, target)
            padding = -entry.size % _BLOCK
            target.write(bytes(padding))
            size += entry.size + padding
        return size

    def _header(self, path: str, entry: Entry) -> tarfile.TarInfo:
        if path.rpartition("/")[2].startswith(WHITEOUT):
            raise ComponentError(
                f"no layer can hold a file of this name: /{path}",
                hint=f"rename or delete it; {WHITEOUT}NAME means in a layer that NAME is gone",
            )
        info = tarfile.TarInfo(path or ".")
        owner = self._owners.of(path, entry)
        info.type = _TYPES[stat.S_IFMT(entry.mode)]
        info.mode = stat.S_IMODE(entry.mode)
        info.uid, info.gid = owner.uid, owner.gid
        info.mtime = max(0, min(entry.modified_ns // 1_000_000_000, self._latest))
        info.size = entry.size
        info.linkname = entry.target
        info.devmajor, info.devminor = os.major(entry.device), os.minor(entry.device)
        info.pax_headers = {
            f"SCHILY.xattr.{name}": value.decode("utf-8", "surrogateescape")
            for name, value in owner.xattrs
        }
        if entry.links > 1 and not entry.is_folder:
            self._link_to_first(path, entry, info)
        return info

    def _link_to_first(self, path: str, entry: Entry, info: tarfile.TarInfo) -> None:
        first = self._first_names.setdefault(entry.inode, path)
        if first != path:
            info.type, info.linkname, info.size = tarfile.LNKTYPE, first, 0
            info.pax_headers = {}

    def _whiteout(self, path: str) -> tarfile.TarInfo:
        info = tarfile.TarInfo(path)
        info.mode = 0o600
        info.mtime = self._latest
        return info

    def _put(self, info: tarfile.TarInfo, target: Sink) -> int:
        header = info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
        target.write(header)
        return len(header)

    def _write_content(self, path: str, entry: Entry, target: Sink) -> None:
        absolute = os.path.join(self._root, path)
        left = entry.size
        try:
            with ExitStack() as opened_up:
                open_up(absolute, entry, opened_up)
                file = opened_up.enter_context(open(absolute, "rb"))
                while left and (chunk := file.read(min(left, _CHUNK))):
                    self._check_cancel()
                    target.write(chunk)
                    left -= len(chunk)
        except OSError as error:
            raise ComponentError(f"cannot read: /{path}: {error.strerror}") from error
        if left:
            raise ComponentError(f"changed while it was packed: /{path}")


def entries_of(difference: Difference) -> Iterable[tuple[str, bool]]:
    """Every name a layer holds, and whether it is a whiteout."""
    named = set(difference.written)
    for path in (*difference.written, *difference.removed):
        named.update(_above(path))
    for path in difference.emptied:
        named.update((path, *_above(path)))
    yield from ((path, False) for path in named - {""} | ({""} & difference.written))
    for path in difference.removed:
        parent, slash, name = path.rpartition("/")
        yield f"{parent}{slash}{WHITEOUT}{name}", True
    for path in difference.emptied:
        yield f"{path}/{OPAQUE}" if path else OPAQUE, True


def _above(path: str) -> Iterable[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _order(item: tuple[str, bool]) -> tuple[tuple[bool, bytes], ...]:
    path, whiteout = item
    parent, _, name = path.rpartition("/")
    folders = tuple((True, os.fsencode(part)) for part in parent.split("/") if part)
    # The root itself comes before everything in it.
    return (*folders, (not whiteout, os.fsencode(name))) if path else ()
