"""A root file system from programs of this machine: from = host.

Each program is copied to the very path it has here, with the symbolic links on the way (``/bin``
to ``usr/bin``, ``sh`` to ``dash``), and so is whatever it needs to start: its loader and
libraries, or the interpreter a script names. Set-user-ID bits and capabilities stay behind: in
the image nobody asked for them.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
from dataclasses import dataclass

from packer_sdk import ComponentError

from .elf import Elf, NotElf, libraries, loader_folders, read_elf

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import BinaryIO

    from .inside import Root

SEARCH = ("/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin")
_BUILT_IN = ("/lib", "/usr/lib", "/lib64", "/usr/lib64", "/usr/local/lib")
_CHUNK = 1 << 18
_LINKS_MAX = 40
_SHEBANG_MAX = 4096

_FOLDERS = {
    "dev": 0o755,
    "etc": 0o755,
    "proc": 0o755,
    "root": 0o700,
    "run": 0o755,
    "sys": 0o755,
    "tmp": 0o1777,
    "var": 0o755,
    "var/tmp": 0o1777,
}
_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    "etc/group": "root:x:0:\nnobody:x:65534:\n",
}


@dataclass(frozen=True, slots=True)
class _Script:
    interpreter: str
    argument: str


def find_program(name: str, search: Iterable[str]) -> str | None:
    """Absolute path of a program, None if it is not there.

    The usual folders come before those of PATH: what is in the image should not depend on the
    shell somebody builds from.
    """
    if "/" in name:
        return name if name.startswith("/") and os.access(name, os.X_OK) else None
    for folder in dict.fromkeys((*SEARCH, *search)):
        path = f"{folder}/{name}"
        if folder.startswith("/") and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return None


class HostCopier:
    """Copies programs of this machine into an image.

    Args:
        root: The image.
        search: Further folders to look for programs in.
        check_cancel: Called now and then; may raise.
    """

    def __init__(self, root: Root, search: Sequence[str], check_cancel: Callable[[], None]) -> None:
        self._root = root
        self._search = search
        self._check_cancel = check_cancel
        self._copied: set[str] = set()
        self._loader_folders = _all_loader_folders()

    def lay_out(self) -> None:
        """Make what programs expect of any system."""
        for path, mode in _FOLDERS.items():
            self._root.make_folder(path)
            with self._root.place(path) as place:
                os.chmod(place.name, mode, dir_fd=place.parent)
        for path, text in _FILES.items():
            with self._root.open_to_write(path) as file:
                file.write(text.encode())
        for name in ("bin", "sbin"):
            if os.path.islink(f"/{name}"):
                self._copy_link(f"/{name}")

    def copy_program(self, name: str) -> None:
        """Copy a program and all it needs.

        Raises:
            ComponentError: it, or something it needs, is not there or cannot be read.
        """
        path = find_program(name, self._search)
        if path is None:
            raise ComponentError(f"program not found: {name}", hint="install it on this machine")
        self._copy_runnable(path)

    def _copy_runnable(self, path: str) -> None:
        self._check_cancel()
        real = self._copy(path)
        if real is None:
            return
        kind = _kind_of(real)
        if isinstance(kind, Elf):
            self._copy_needs(real, kind)
        elif isinstance(kind, _Script):
            self._copy_runnable(kind.interpreter)
            if kind.argument and os.path.basename(kind.interpreter) == "env":
                self.copy_program(kind.argument)

    def _copy_needs(self, path: str, elf: Elf) -> None:
        if elf.interpreter is not None:
            self._copy(elf.interpreter)
        needs, missing = libraries(path, elf, read_elf_at, self._loader_folders)
        if missing:
            raise ComponentError(
                f"library not found: {missing[0].name}, needed by {missing[0].needed_by}",
                hint="install it on this machine; ldd tells the same of the program",
            )
        for library in needs:
            self._copy(library)
        self._make_findable(needs)

    def _make_findable(self, needs: Sequence[str]) -> None:
        """Link libraries from configured folders to where the loader looks without its cache.

        The folder of the C library is certainly one of those.
        """
        home = next(
            (os.path.dirname(path) for path in needs if "/libc." in path or "/libc.so" in path),
            None,
        )
        if home is None:
            return
        for path in needs:
            folder, _, name = path.rpartition("/")
            if folder in self._loader_folders and not _is_same_folder(folder, home):
                with self._root.place(f"{home}/{name}", make=True) as place:
                    if place.lstat() is None:
                        os.symlink(path, place.name, dir_fd=place.parent)

    def _copy(self, path: str) -> str | None:
        """Copy a file with the links on the way; the path it really has, None if it was there."""
        for _ in range(_LINKS_MAX):
            link = _first_link(path)
            if link is None:
                break
            path = self._copy_link(link) + path[len(link) :]
        else:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        path = os.path.normpath(path)
        if path in self._copied:
            return None
        self._copied.add(path)
        self._copy_file(path)
        return path

    def _copy_link(self, link: str) -> str:
        """Make the same link in the image; the path it leads to."""
        target = os.readlink(link)
        with self._root.place(link, make=True) as place:
            if place.lstat() is None:
                os.symlink(target, place.name, dir_fd=place.parent)
        return os.path.join(os.path.dirname(link), target)

    def _copy_file(self, path: str) -> None:
        try:
            with open(path, "rb") as source, self._root.open_to_write(path) as target:
                status = os.fstat(source.fileno())
                while chunk := source.read(_CHUNK):
                    self._check_cancel()
                    target.write(chunk)
                target.flush()
                os.fchmod(target.fileno(), stat.S_IMODE(status.st_mode) & 0o777)
                os.utime(target.fileno(), ns=(status.st_mtime_ns, status.st_mtime_ns))
        except OSError as error:
            raise ComponentError(f"cannot copy: {path}: {error.strerror}") from error


def _first_link(path: str) -> str | None:
    """The first component of a path that is a symbolic link, as a path."""
    parts = path.split("/")
    for count in range(2, len(parts) + 1):
        front = "/".join(parts[:count])
        if os.path.islink(front):
            return front
    return None


def _is_same_folder(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)


def _kind_of(path: str) -> Elf | _Script | None:
    try:
        with open(path, "rb") as file:
            if file.read(2) == b"#!":
                return _script(file)
            return read_elf(file)
    except NotElf:
        return None
    except OSError as error:
        raise ComponentError(f"cannot read: {path}: {error.strerror}") from error


def _script(file: BinaryIO) -> _Script | None:
    words = os.fsdecode(file.readline(_SHEBANG_MAX)).split()
    if not words:
        return None
    # `env -S prog`, `env NAME=value prog`: the program is the first plain word.
    plain = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return _Script(words[0], plain[0] if plain else "")


def read_elf_at(path: str) -> Elf | None:
    """Headers of a file, None if there is no such ELF file."""
    try:
        with open(path, "rb") as file:
            return read_elf(file)
    except (OSError, NotElf):
        return None


def _all_loader_folders() -> list[str]:
    def text_of(path: str) -> str:
        try:
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError:
            return ""

    configured = loader_folders(text_of, lambda pattern: sorted(glob.glob(pattern)))
    musl = [
        folder
        for path in sorted(glob.glob("/etc/ld-musl-*.path"))
        for folder in text_of(path).replace(":", "\n").splitlines()
    ]
    triplets = [f"{folder}/{os.uname().machine}-linux-gnu" for folder in ("/lib", "/usr/lib")]
    return list(dict.fromkeys((*configured, *musl, *triplets, *_BUILT_IN)))
