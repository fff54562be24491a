"""A folder nobody gets out of: paths of the image, resolved so that they stay in the image.

An image may hold any symbolic link: ``/etc -> /``, ``a -> ../../..``. Seen from inside they are
harmless, because ``/`` is the image's own root; seen from here they lead to this machine. So no
path of the image is ever given to the operating system as it is. It is resolved to a descriptor
of the folder it lies in, with ``/`` and ``..`` ending at the image's root, and what is done next
is done relative to that descriptor to one name, without following it.

Linux does that in one call, ``openat2`` with ``RESOLVE_IN_ROOT`` (5.6, openat2(2)). Where the call
is missing or forbidden, the same is done one component at a time; since the parents are kept
open and ``..`` goes back to one of them, nobody can move the ground while we walk.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO, Self

LINKS_MAX = 40  # as in the kernel; more is a loop
_FOLDER = getattr(os, "O_PATH", 0) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A FIFO must not block us, a terminal not become ours.
_QUIET = os.O_NONBLOCK | os.O_NOCTTY | os.O_NOFOLLOW | os.O_CLOEXEC

_OPENAT2 = 437
_RESOLVE_NO_MAGICLINKS, _RESOLVE_IN_ROOT = 0x02, 0x10
_OPENAT2_MACHINES = {
    "x86_64", "aarch64", "armv7l", "armv6l", "i386", "i686", "ppc64le", "s390x", "riscv64",
    "loongarch64",
}  # fmt: skip
_UNUSABLE = (errno.ENOSYS, errno.EPERM, errno.E2BIG, errno.EAGAIN)


@dataclass(frozen=True, slots=True)
class Place:
    """A name in an open folder: what the system calls with ``dir_fd`` want."""

    parent: int
    name: str

    def lstat(self) -> os.stat_result | None:
        """What is there, None if nothing is."""
        try:
            return os.stat(self.name, dir_fd=self.parent, follow_symlinks=False)
        except FileNotFoundError:
            return None


class Root:
    """The root folder of an image. Safe to use from several threads.

    Every method takes paths of the image and raises OSError with that path.

    Args:
        path: The folder on this machine.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._fd = os.open(path, _FOLDER)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the folder; nothing works afterwards."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    @contextmanager
    def folder(self, path: str, *, make: bool = False) -> Iterator[int]:
        """Open a folder, for use as ``dir_fd``.

        Args:
            path: A path of the image; relative means from its root.
            make: Make what is missing, with mode 0755.
        """
        with _named(path):
            descriptor = self._open_folder(path, make=make)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    @contextmanager
    def place(self, path: str, *, follow: bool = False, make: bool = False) -> Iterator[Place]:
        """Find the folder a path lies in, and its name there.

        Args:
            path: A path of the image.
            follow: If the name is a symbolic link, go on to where it leads.
            make: Make missing folders above it.
        """
        for _ in range(LINKS_MAX):
            parent, name = _split(path)
            with self.folder(parent, make=make) as descriptor:
                target = _link_target(name, descriptor) if follow else None
                if target is None:
                    yield Place(descriptor, name)
                    return
            path = target if target.startswith("/") else f"{parent}/{target}"
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)

    def lstat(self, path: str) -> os.stat_result | None:
        """What lies at ``path``, not followed; None if nothing does."""
        try:
            with self.place(path) as place:
                return place.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def is_folder(self, path: str) -> bool:
        """Whether ``path`` leads to a folder."""
        try:
            with self.folder(path):
                return True
        except OSError:
            return False

    def open_to_read(self, path: str) -> BinaryIO:
        """Open a regular file.

        Raises:
            OSError: it is not there, or it is a folder, a device, a pipe.
        """
        with self.place(path, follow=True) as place, _named(path):
            descriptor = os.open(place.name, os.O_RDONLY | _QUIET, dir_fd=place.parent)
        return os.fdopen(_regular(descriptor, path), "rb")

    def open_to_write(self, path: str) -> BinaryIO:
        """Open a regular file to be written from its start; made, with folders, if missing.

        Raises:
            OSError: there is something that is no regular file.
        """
        with self.place(path, follow=True, make=True) as place, _named(path):
            descriptor = _open_or_make(place)
        file = os.fdopen(_regular(descriptor, path), "wb")
        file.truncate(0)  # only now: whatever else it might be, it must not be touched
        return file

    def make_folder(self, path: str) -> None:
        """Make a folder and those above it, unless they are there."""
        with self.folder(path, make=True):
            pass

    def names(self, path: str) -> list[str]:
        """Sorted names in a folder."""
        with self.folder(path) as descriptor, _named(path):
            readable = os.open(".", os.O_RDONLY | os.O_CLOEXEC, dir_fd=descriptor)
        try:
            return sorted(os.listdir(readable))
        finally:
            os.close(readable)

    def _open_folder(self, path: str, *, make: bool) -> int:
        try:
            return open_folder(self._fd, path)
        except FileNotFoundError:
            if not make:
                raise
        return walk(self._fd, path, make=True)


def _open_or_make(place: Place) -> int:
    flags = os.O_WRONLY | _QUIET
    try:
        descriptor = os.open(place.name, flags | os.O_CREAT | os.O_EXCL, dir_fd=place.parent)
    except FileExistsError:
        return os.open(place.name, flags, dir_fd=place.parent)
    os.fchmod(descriptor, 0o644)
    return descriptor


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Let errors speak of the path of the image, not of a part of it."""
    try:
        yield
    except OSError as error:
        error.filename = path
        raise


def _split(path: str) -> tuple[str, str]:
    # A last "..", "." or "/" names a folder by the way to it; only its parent knows its name,
    # and "." in the folder itself does as well.
    parent, _, name = path.rpartition("/")
    if name in ("", ".", ".."):
        return path, "."
    return parent, name


def _link_target(name: str, parent: int) -> str | None:
    try:
        return os.readlink(name, dir_fd=parent)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno == errno.EINVAL:  # it is no link
            return None
        raise


def _regular(descriptor: int, path: str) -> int:
    mode = os.fstat(descriptor).st_mode
    if stat.S_ISREG(mode):
        os.set_blocking(descriptor, True)
        return descriptor
    os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    raise OSError(errno.EINVAL, "neither a file nor a folder", path)


def open_folder(root: int, path: str) -> int:
    """Open a folder under ``root``, by the kernel if it can, step by step if not."""
    if os.uname().machine in _OPENAT2_MACHINES:
        try:
            return open_in_root(root, path)
        except OSError as error:
            if error.errno not in _UNUSABLE:
                raise
    return walk(root, path)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def open_in_root(root: int, path: str) -> int:
    """``openat2`` with ``RESOLVE_IN_ROOT``: open a folder under ``root``."""
    how = (ctypes.c_uint64 * 3)(
        getattr(os, "O_PATH", 0) | os.O_DIRECTORY | os.O_CLOEXEC,
        0,
        _RESOLVE_IN_ROOT | _RESOLVE_NO_MAGICLINKS,
    )
    result: int = _libc().syscall(
        ctypes.c_long(_OPENAT2),
        ctypes.c_int(root),
        ctypes.c_char_p(os.fsencode(path or ".")),
        ctypes.byref(how),
        ctypes.c_size_t(ctypes.sizeof(how)),
    )
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), path)
    return result


def walk(root: int, path: str, *, make: bool = False) -> int:
    """The same in Python, component by component.

    Args:
        root: Descriptor of the folder that is ``/``.
        path: Path in it.
        make: Make folders that are missing.
    """
    opened: list[int] = []
    todo, links = path.split("/")[::-1], 0
    try:
        while todo:
            part = todo.pop()
            if part in ("", "."):
                continue
            if part == "..":
                if opened:
                    os.close(opened.pop())
                continue
            here = opened[-1] if opened else root
            target = _step(here, part, opened, make=make)
            if target is None:
                continue
            links += 1
            if links > LINKS_MAX:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            if target.startswith("/"):
                _close(opened)
            todo += target.split("/")[::-1]
        return opened.pop() if opened else os.dup(root)
    finally:
        _close(opened)


def _step(here: int, part: str, opened: list[int], *, make: bool) -> str | None:
    """Go one component down, or tell the target of the link that lies there."""
    try:
        opened.append(os.open(part, _FOLDER, dir_fd=here))
    except FileNotFoundError:
        if not make:
            raise
        opened.append(_new_folder(here, part))
    except NotADirectoryError:
        target = _link_target(part, here)
        if target is None:
            raise
        return target
    return None


def _new_folder(parent: int, name: str) -> int:
    os.mkdir(name, 0o755, dir_fd=parent)
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=parent)
    os.fchmod(descriptor, 0o755)  # what an image holds does not depend on somebody's umask
    return descriptor


def _close(descriptors: list[int]) -> None:
    while descriptors:
        os.close(descriptors.pop())
