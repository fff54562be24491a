"""The way into the image for provisioners: commands in it, files in and out of it.

Every path is resolved inside of the image (`inside.py`). Files go through in pieces, whatever
their size.
"""

from __future__ import annotations

import logging
import os
import posixpath
import stat
from contextlib import contextmanager
from fnmatch import fnmatch
from typing import BinaryIO

from packer_sdk import ComponentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packer_sdk import FileInfo, RemoteCommand

    from .chroot import Entrance, Running
    from .inside import Root

logger = logging.getLogger(__name__)

_CHUNK = 1 << 18


class OciCommunicator:
    """A `packer_sdk.Communicator` for a root file system.

    Args:
        root: The image.
        entrance: Runs commands in it.
        folder: What relative paths are relative to, a path of the image.
        check_cancel: Called now and then; may raise.
    """

    def __init__(
        self, root: Root, entrance: Entrance, folder: str, check_cancel: Callable[[], None]
    ) -> None:
        self._root = root
        self._entrance = entrance
        self._folder = folder
        self._check_cancel = check_cancel

    def start(self, command: RemoteCommand) -> Running:
        """Start a command in the image and return at once.

        Raises:
            ComponentError: there is no way in, or no shell.
        """
        return self._entrance.start(command)

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        """Write a file; missing folders above it are made, since an image may have no mkdir.

        Raises:
            ComponentError: there is something else at that path.
        """
        path = self._absolute(destination)
        if self._root.is_folder(path) and info is not None:
            path = posixpath.join(path, info.name)
        with _explained("upload to", path):
            self._write(path, source, info)

    def download(self, source: str, destination: BinaryIO) -> None:
        """Read a file.

        Raises:
            ComponentError: there is none.
        """
        path = self._absolute(source)
        with _explained("download", path), self._root.open_to_read(path) as file:
            self._copy(file, destination)

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a local folder; with a trailing ``/`` only what is in it. Links stay links.

        Raises:
            ComponentError: it is not there, or a path is in the way.
        """
        target = _target(self._absolute(destination), source)
        if not os.path.isdir(source):
            raise ComponentError(f"not a folder: {source}")
        with _explained("upload to", target):
            self._upload_folder(target, source.rstrip("/") or "/", "", exclude)

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a folder of the image; with a trailing ``/`` only what is in it.

        Links to files become files. Links to folders or to nothing are left out: on this machine
        they would lead elsewhere.

        Raises:
            ComponentError: it is not there.
        """
        path = self._absolute(source)
        target = _target(destination, source)
        with _explained("download", path):
            self._download_folder(path, target, "", exclude)

    def _absolute(self, path: str) -> str:
        return posixpath.join(self._folder, path)

    def _write(self, path: str, source: BinaryIO, info: FileInfo | None) -> None:
        with self._root.open_to_write(path) as file:
            self._copy(source, file)
            file.flush()
            if info is not None:
                os.fchmod(file.fileno(), info.mode & 0o777)
                if info.modified is not None:
                    seconds = info.modified.timestamp()
                    os.utime(file.fileno(), (seconds, seconds))

    def _copy(self, source: BinaryIO, target: BinaryIO) -> None:
        while chunk := source.read(_CHUNK):
            self._check_cancel()
            target.write(chunk)

    def _upload_folder(
        self, target: str, source: str, relative: str, exclude: Sequence[str]
    ) -> None:
        self._root.make_folder(target)
        with self._root.place(f"{target}/.") as place:
            os.chmod(
                place.name,
                stat.S_IMODE(os.stat(source).st_mode) & 0o777 | 0o700,
                dir_fd=place.parent,
            )
        for name in sorted(os.listdir(source)):
            below = f"{relative}{name}"
            if _is_excluded(below, name, exclude):
                continue
            self._check_cancel()
            local, remote = f"{source}/{name}", f"{target}/{name}"
            mode = os.lstat(local).st_mode
            if stat.S_ISDIR(mode):
                self._upload_folder(remote, local, f"{below}/", exclude)
            elif stat.S_ISLNK(mode):
                self._make_link(remote, os.readlink(local))
            elif stat.S_ISREG(mode):
                self._upload_file(remote, local, mode)
            else:
                logger.warning("not uploaded, neither file, folder nor link: %s", local)

    def _upload_file(self, remote: str, local: str, mode: int) -> None:
        with open(local, "rb") as source, self._root.open_to_write(remote) as file:
            self._copy(source, file)
            file.flush()
            os.fchmod(file.fileno(), stat.S_IMODE(mode) & 0o777)

    def _make_link(self, path: str, target: str) -> None:
        with self._root.place(path) as place:
            existing = place.lstat()
            if existing is not None and not stat.S_ISDIR(existing.st_mode):
                os.unlink(place.name, dir_fd=place.parent)
            os.symlink(target, place.name, dir_fd=place.parent)

    def _download_folder(
        self, source: str, target: str, relative: str, exclude: Sequence[str]
    ) -> None:
        os.makedirs(target, exist_ok=True)
        for name in self._root.names(source):
            below = f"{relative}{name}"
            if _is_excluded(below, name, exclude):
                continue
            self._check_cancel()
            remote, local = f"{source}/{name}", f"{target}/{name}"
            status = self._root.lstat(remote)
            if status is not None and stat.S_ISDIR(status.st_mode):
                self._download_folder(remote, local, f"{below}/", exclude)
            else:
                self._download_file(remote, local)

    def _download_file(self, remote: str, local: str) -> None:
        try:
            file = self._root.open_to_read(remote)
        except OSError as error:
            logger.warning("not downloaded: %s: %s", remote, error.strerror)
            return
        with file, open(local, "wb") as target:
            self._copy(file, target)
            os.fchmod(target.fileno(), stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o777)


@contextmanager
def _explained(what: str, path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ComponentError(
            f"cannot {what} a path of the image: {path}: {error.strerror or error}"
        ) from error


def _target(destination: str, source: str) -> str:
    if source.endswith("/"):
        return destination
    return posixpath.join(destination, posixpath.basename(source))


def _is_excluded(relative: str, name: str, exclude: Sequence[str]) -> bool:
    return any(fnmatch(relative, pattern) or fnmatch(name, pattern) for pattern in exclude)
