"""The wheels that environments were filled with, by their content.

::

    DATA/wheels/SHA256/packer_plugin_note-1.2-py3-none-any.whl
    DATA/wheels/SHA256/bytecode-cpython-311.zip   made once, see `unpack`
    DATA/wheels/.incoming-XXXX/                   what an installer is just fetching

An environment can be made again from here without asking anybody.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

GRACE_S = 300.0
"""From taking in a wheel to the receipt that names it, with plenty to spare."""

_INCOMING = ".incoming-"


@dataclass(frozen=True, slots=True, order=True)
class StoredWheel:
    """One wheel in the cache.

    Attributes:
        name: Normalised name of its distribution.
        version: Of its distribution.
        filename: As an index calls it.
        sha256: Of its content.
    """

    name: str
    version: str
    filename: str
    sha256: str


class WheelCache:
    """A folder of wheels; safe to use from many processes.

    Args:
        folder: Is made when the first wheel comes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, wheel: StoredWheel) -> Path:
        """Where a wheel lies, whether it does or not."""
        return self.home(wheel) / wheel.filename

    def home(self, wheel: StoredWheel) -> Path:
        """The folder of a wheel and of what was made from it."""
        return self._folder / wheel.sha256

    def missing(self, wheels: Collection[StoredWheel]) -> list[StoredWheel]:
        """Those that are not there, or not whole any more."""
        return [wheel for wheel in wheels if not self._is_whole(wheel)]

    def _is_whole(self, wheel: StoredWheel) -> bool:
        try:
            return sha256_of(self.path(wheel)) == wheel.sha256
        except OSError:
            return False

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for what is being fetched; gone afterwards."""
        import shutil  # noqa: PLC0415 - lists need none of it
        import tempfile  # noqa: PLC0415 - likewise

        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=_INCOMING, dir=self._folder)
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, folder: Path) -> tuple[StoredWheel, ...]:
        """Take in every wheel of a folder that is on the same file system; sorted."""
        return tuple(sorted(self._take(path) for path in folder.glob("*.whl")))

    def _take(self, path: Path) -> StoredWheel:
        name, version = read_name(path)
        wheel = StoredWheel(name, version, path.name, sha256_of(path))
        target = self.path(wheel)
        target.parent.mkdir(mode=0o755, exist_ok=True)
        if not self._is_whole(wheel):
            path.replace(target)
        os.utime(target.parent)  # see `prune`
        return wheel

    def prune(self, keep: Collection[str], *, grace_s: float = GRACE_S) -> int:
        """Remove every wheel but those with these hashes; returns the bytes that it freed.

        Args:
            keep: SHA-256 of each wheel that a receipt names.
            grace_s: What has come in the last seconds stays: somebody is just installing it.
        """
        import shutil  # noqa: PLC0415 - lists need none of it

        freed = 0
        now = time.time()
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.name not in keep and now - folder.stat().st_mtime > grace_s:
                freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
                shutil.rmtree(folder, ignore_errors=True)
        return freed


def read_name(path: Path) -> tuple[str, str]:
    """Name and version of a wheel, by the name of its file.

    Raises:
        InstallError: It is not called like a wheel.
    """
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415

    try:
        name, version, _, _ = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise InstallError(f"not the name of a wheel: {path.name}") from error
    return str(name), str(version)


def fits_here(wheel: StoredWheel) -> bool:
    """Whether the running interpreter can use a wheel."""
    from packaging.tags import sys_tags  # noqa: PLC0415
    from packaging.utils import parse_wheel_filename  # noqa: PLC0415

    return not parse_wheel_filename(wheel.filename)[3].isdisjoint(sys_tags())


def sha256_of(path: Path) -> str:
    """Of the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
