"""Laying the layers of an image on top of each other, in a folder.

The archives come from strangers. Names with ``..`` are refused; everything else is done through
:class:`~packer_plugin_oci.inside.Root`, so that links, absolute or not, in the layer or under it,
lead nowhere but to other places of the image. Device nodes are not made at all: on disk they
would be doors to this machine, and the layer that has them stays in the image as it is.

Without root a file belongs to whoever builds. Who it should belong to is remembered by inode
(:class:`Wanted`) and put into the new layer if the file is written there.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from tarfile import HeaderError, ReadError, TarFile
from typing import cast

from packer_sdk import ComponentError

from .snapshot import is_kept_xattr

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO, BinaryIO, Self

    from .inside import Place, Root
    from .packing import HashingReader

logger = logging.getLogger(__name__)

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
_XATTR = "SCHILY.xattr."
_CHUNK = 1 << 18
_EXTENSION_MAX = 1 << 20  # paths end at 4 kB, extended attributes at 64 kB each
_ENDS = ("EOFHeaderError", "EmptyHeaderError")  # typeshed does not know them
_EXTENSIONS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file should have and this user cannot give it."""

    uid: int
    gid: int
    xattrs: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class _FolderLook:
    path: str
    inode: int
    mode: int
    modified_ns: int


class _Member(tarfile.TarInfo):
    """A header that is not taken on trust.

    The standard library ends quietly at a damaged header that is not the first, and reads a
    header's extension into memory however long it claims to be.
    """

    @classmethod
    def fromtarfile(cls, tarfile: TarFile) -> Self:
        try:
            return super().fromtarfile(tarfile)
        except HeaderError as error:
            if type(error).__name__ in _ENDS:
                raise
            raise ReadError(str(error)) from error

    def _proc_member(self, tarfile: TarFile) -> Self:
        if self.type in _EXTENSIONS and self.size > _EXTENSION_MAX:
            raise ReadError(f"a header of {self.size} bytes")
        member: Self = super()._proc_member(tarfile)  # type: ignore[misc]
        return member


class Applier:
    """Applies layers to a root file system, the lowest first.

    Args:
        root: The folder; empty at first.
        check_cancel: Called now and then; may raise.

    Attributes:
        check_cancel: As given.
        wanted: By inode: owners and attributes that could not be set.
        digests: By inode: SHA-256 of the content of every file.
    """

    def __init__(self, root: Root, check_cancel: Callable[[], None]) -> None:
        self._root = root
        self.check_cancel = check_cancel
        self._folders: dict[int, _FolderLook] = {}
        self._skipped: set[str] = set()
        self._written: set[int] = set()
        self.wanted: dict[int, Wanted] = {}
        self.digests: dict[int, bytes] = {}

    def apply(self, layer: HashingReader, name: str) -> None:
        """Apply one layer.

        Args:
            layer: The uncompressed archive.
            name: What to call it in a message.

        Raises:
            ComponentError: it is broken, or tries to get out.
        """
        # What this layer has written is not touched by its own whiteouts, wherever in the
        # archive they are (image-spec, layer.md, "Whiteouts").
        self._written = set()
        try:
            with tarfile.open(
                fileobj=cast("BinaryIO", layer),
                mode="r|",
                encoding="utf-8",
                errors="surrogateescape",
                tarinfo=_Member,
            ) as archive:
                for member in archive:
                    self.check_cancel()
                    self._apply_named(archive, member, name)
                    archive.members = []  # type: ignore[attr-defined]  # it would keep them all
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise ComponentError(f"broken layer: {name}: {error}") from error

    def finish(self) -> None:
        """Give the folders the modes and times they should have, now that they are filled."""
        for look in reversed(self._folders.values()):
            # A later layer may have put anything else there: a file, a loop of links, nothing.
            with suppress(OSError):
                self._finish_folder(look)

    def _finish_folder(self, look: _FolderLook) -> None:
        with self._root.place(look.path) as place:
            status = place.lstat()
            if status and stat.S_ISDIR(status.st_mode) and status.st_ino == look.inode:
                os.utime(place.name, ns=(look.modified_ns,) * 2, dir_fd=place.parent)
                os.chmod(place.name, look.mode, dir_fd=place.parent)

    def _apply_named(self, archive: tarfile.TarFile, member: tarfile.TarInfo, name: str) -> None:
        try:
            self._apply_member(archive, member)
        except OSError as error:
            raise ComponentError(
                f"cannot apply layer {name}: {member.name}: {error.strerror or error}"
            ) from error
        except RecursionError as error:
            raise ComponentError(
                f"cannot apply layer {name}: {member.name}: folders are nested too deep"
            ) from error

    def _apply_member(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
        path = clean_path(member.name)
        parent, _, name = path.rpartition("/")
        if any(part.startswith(WHITEOUT) for part in parent.split("/")):
            raise ComponentError(f"a layer has a file below a whiteout: {member.name}")
        if name.startswith(WHITEOUT):
            self._apply_whiteout(parent, name)
        elif path:
            with self._root.place(path, make=True) as place:
                self._make(archive, member, path, place)
        elif member.isdir():
            with self._root.place("") as place:
                self._look(member, place, "")

    def _make(
        self, archive: tarfile.TarFile, member: tarfile.TarInfo, path: str, place: Place
    ) -> None:
        if member.islnk():
            self._make_hard_link(member, path, place)
            return
        self._make_way(place, for_folder=member.isdir())
        if member.isdir():
            if place.lstat() is None:
                os.mkdir(place.name, 0o700, dir_fd=place.parent)
            self._look(member, place, path)
        elif member.isreg():
            self._make_file(archive, member, place)
        elif member.issym():
            os.symlink(member.linkname, place.name, dir_fd=place.parent)
            self._own_name(member, place)
        elif member.isfifo():
            os.mkfifo(place.name, 0o600, dir_fd=place.parent)
            os.chmod(place.name, member.mode & 0o7777, dir_fd=place.parent)
            self._own_name(member, place)
        elif member.isdev():
            logger.debug("not made, only kept in its layer: device node %s", path)
            self._skipped.add(path)
        else:
            raise ComponentError(f"a layer holds a thing of unknown type: {member.name}")

    def _make_way(self, place: Place, *, for_folder: bool) -> None:
        """Remove what is in the way of a new entry. Folders are merged with folders."""
        status = place.lstat()
        if status is None:
            return
        if not stat.S_ISDIR(status.st_mode):
            os.unlink(place.name, dir_fd=place.parent)
        elif not for_folder:
            self._remove(place, even_written=True)

    def _make_file(self, archive: tarfile.TarFile, member: tarfile.TarInfo, place: Place) -> None:
        content = archive.extractfile(member)
        assert content is not None  # it is a regular file
        descriptor = os.open(place.name, _NEW_FILE, 0o600, dir_fd=place.parent)
        with os.fdopen(descriptor, "wb") as file:
            digest = self._copy(content, file)
            file.flush()
            inode = os.fstat(descriptor).st_ino
            self._own(member, descriptor, inode)
            os.fchmod(descriptor, member.mode & 0o7777)
            os.utime(descriptor, ns=(_modified_ns(member),) * 2)
        self._written.add(inode)
        self.digests[inode] = digest

    def _copy(self, source: IO[bytes], target: BinaryIO) -> bytes:
        digest = hashlib.sha256()
        while chunk := source.read(_CHUNK):
            self.check_cancel()
            digest.update(chunk)
            target.write(chunk)
        return digest.digest()

    def _make_hard_link(self, member: tarfile.TarInfo, path: str, place: Place) -> None:
        source_path = clean_path(member.linkname)
        if source_path in self._skipped:
            self._make_way(place, for_folder=False)
            self._skipped.add(path)
            return
        with self._root.place(source_path) as source:
            status, existing = source.lstat(), place.lstat()
            if status is None:
                raise ComponentError(
                    f"a layer links to a file that is not there: {member.name} to {source_path}"
                )
            if existing is None or existing.st_ino != status.st_ino:
                self._make_way(place, for_folder=False)
                os.link(
                    source.name,
                    place.name,
                    src_dir_fd=source.parent,
                    dst_dir_fd=place.parent,
                    follow_symlinks=False,
                )
            self._written.add(status.st_ino)

    def _look(self, member: tarfile.TarInfo, place: Place, path: str) -> None:
        """Note how a folder should look in the end; until then we must be able to fill it."""
        descriptor = os.open(place.name, _FOLDER, dir_fd=place.parent)
        try:
            inode = os.fstat(descriptor).st_ino
            self._own(member, descriptor, inode)
            os.fchmod(descriptor, member.mode & 0o7777 | 0o700)
        finally:
            os.close(descriptor)
        self._written.add(inode)
        self._folders.pop(inode, None)
        self._folders[inode] = _FolderLook(path, inode, member.mode & 0o7777, _modified_ns(member))

    def _own(self, member: tarfile.TarInfo, descriptor: int, inode: int) -> None:
        xattrs = _xattrs(member)
        owned = _tried(lambda: os.fchown(descriptor, member.uid, member.gid))
        kept = [
            _tried(lambda n=name, v=value: os.setxattr(descriptor, n, v))  # type: ignore[misc]
            for name, value in xattrs
        ]
        self._remember(member, inode, xattrs, all_set=owned and all(kept))

    def _own_name(self, member: tarfile.TarInfo, place: Place) -> None:
        def change() -> None:
            os.chown(place.name, member.uid, member.gid, dir_fd=place.parent, follow_symlinks=False)

        owned = _tried(change)
        os.utime(
            place.name,
            ns=(_modified_ns(member),) * 2,
            dir_fd=place.parent,
            follow_symlinks=False,
        )
        status = place.lstat()
        assert status is not None  # we have just made it
        self._written.add(status.st_ino)
        self._remember(member, status.st_ino, (), all_set=owned)

    def _remember(
        self,
        member: tarfile.TarInfo,
        inode: int,
        xattrs: tuple[tuple[str, bytes], ...],
        *,
        all_set: bool,
    ) -> None:
        # Inode numbers are used again: what we knew of this one was about another file.
        self.wanted.pop(inode, None)
        self.digests.pop(inode, None)
        if not all_set:
            self.wanted[inode] = Wanted(member.uid, member.gid, xattrs)

    def _apply_whiteout(self, parent: str, name: str) -> None:
        hidden = name.removeprefix(WHITEOUT)
        if hidden in ("", ".", ".."):
            raise ComponentError(f"a layer has a whiteout of no name: {parent}/{name}")
        try:
            if name == OPAQUE:
                for child in self._root.names(parent):
                    with self._root.place(f"{parent}/{child}") as place:
                        self._remove(place)
            elif not hidden.startswith(WHITEOUT):  # others are book-keeping of aufs
                with self._root.place(f"{parent}/{hidden}") as place:
                    self._remove(place)
        except (FileNotFoundError, NotADirectoryError):
            pass  # there is nothing to hide

    def _remove(self, place: Place, *, even_written: bool = False) -> None:
        """Delete what lower layers have put at a place, and only that unless told otherwise."""
        status = place.lstat()
        if status is None:
            return
        is_ours = status.st_ino in self._written and not even_written
        if not stat.S_ISDIR(status.st_mode):
            if not is_ours:
                os.unlink(place.name, dir_fd=place.parent)
            return
        if self._remove_children(place, even_written=even_written) and not is_ours:
            os.rmdir(place.name, dir_fd=place.parent)

    def _remove_children(self, place: Place, *, even_written: bool) -> bool:
        """Whether the folder is empty now."""
        from .inside import Place  # noqa: PLC0415 - the type is all that is needed above

        descriptor = os.open(place.name, _FOLDER, dir_fd=place.parent)
        try:
            for name in os.listdir(descriptor):
                self._remove(Place(descriptor, name), even_written=even_written)
            return not os.listdir(descriptor)
        finally:
            os.close(descriptor)


def clean_path(name: str) -> str:
    """A name in an archive as a path relative to the root, ``""`` for the root itself.

    Raises:
        ComponentError: it has a ``..`` in it, or is no name at all.
    """
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in name:
        raise ComponentError(
            f"a layer tries to write outside of the image: {name!r}",
            hint="do not use this image; whoever made it may be up to something",
        )
    return "/".join(parts)


def _tried(change: Callable[[], None]) -> bool:
    try:
        change()
    except OSError:  # not allowed here, or not on this file system: the layer will say it
        return False
    return True


def _modified_ns(member: tarfile.TarInfo) -> int:
    # Whole seconds: what is finer comes through a float, and is no longer what was written.
    return max(0, min(int(member.mtime), 2**33)) * 1_000_000_000


def _xattrs(member: tarfile.TarInfo) -> tuple[tuple[str, bytes], ...]:
    return tuple(
        (key.removeprefix(_XATTR), value.encode("utf-8", "surrogateescape"))
        for key, value in sorted(member.pax_headers.items())
        if key.startswith(_XATTR) and is_kept_xattr(key.removeprefix(_XATTR))
    )
