"""Everything that a lock names in one file, for machines without a network.

A tar archive, uncompressed, since what is in it is compressed already::

    packer-bundle.json                {"format": 1, "targets": [{"platform": …, "python": …}]}
    packer.lock
    releases/SHA256/NAME.zip
    wheels/SHA256/NAME.whl

Names are sorted, times and owners are zero: the same lock gives the same bytes. Of a bundle that
comes from somewhere every file is compared with the lock in it before anything else is done.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.plugins.pinned import FILE_NAME

from .choosing import chosen
from .file import lock_text, parse_lock
from .targets import Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import IO, Self

    from .model import Lock

FORMAT = 1
HEAD = "packer-bundle.json"

_CHUNK = 1 << 20
_HEAD_MAX = 1 << 16
_LOCK_MAX = 1 << 26


def members(lock: Lock, targets: Iterable[Target]) -> dict[str, str]:
    """What a bundle for these targets holds beside head and lock: names, and their SHA-256.

    Raises:
        InstallError: The lock has nothing for one of them.
    """
    found: dict[str, str] = {}
    for target in targets:
        for plugin in lock.plugins:
            for _, wheel in chosen(plugin, target):
                found[f"wheels/{wheel.sha256}/{wheel.name}"] = wheel.sha256
        for program in lock.programs:
            if locked := program.for_platform(target.platform):
                archive = locked.archive
                found[f"releases/{archive.sha256}/{archive.name}"] = archive.sha256
    return dict(sorted(found.items()))


def write_bundle(
    path: Path, lock: Lock, targets: Sequence[Target], files: Mapping[str, Path]
) -> str:
    """Write a bundle, whole or not at all; returns its SHA-256.

    Args:
        path: Of the bundle.
        lock: What goes into it.
        targets: For which of the lock's targets.
        files: Where each of `members` is.

    Raises:
        InstallError: It cannot be written.
    """
    about = [{"platform": one.platform, "python": one.python} for one in targets]
    head = json.dumps({"format": FORMAT, "targets": about}, indent=2) + "\n"
    fresh = None
    try:
        with tempfile.NamedTemporaryFile(
            prefix=f".{path.name}.", dir=path.parent, delete=False
        ) as file:
            fresh = Path(file.name)
            with tarfile.open(fileobj=file, mode="w", format=tarfile.USTAR_FORMAT) as archive:
                _add_text(archive, HEAD, head)
                _add_text(archive, FILE_NAME, lock_text(lock))
                for name, source in sorted(files.items()):
                    _add_file(archive, name, source)
        fresh.chmod(0o644)
        with fresh.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        fresh.replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InstallError(f"cannot write the bundle {path}: {reason}") from error
    finally:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
    return digest


class Bundle:
    """A bundle that was looked through: what is in it is what its lock names.

    Attributes:
        lock: The lock in it.
        targets: What it has files for.
    """

    def __init__(self, path: Path, lock: Lock, targets: tuple[Target, ...]) -> None:
        self.lock = lock
        self.targets = targets
        self._path = path
        self._archive: tarfile.TarFile | None = None

    @classmethod
    def open(cls, path: Path) -> Self:
        """Look a bundle through, every byte of it.

        Raises:
            InstallError: It is none, was changed, or is of a newer packer.
        """
        try:
            with tarfile.open(path, "r:") as archive:
                return cls(path, *_checked(archive, path))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InstallError(
                f"cannot read the bundle {path}: {reason}",
                hint="packer plugins bundle -o FILE makes one, on a machine with a network",
            ) from error
        except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
            raise _no_bundle(path, str(error)) from error

    def take(self, name: str, sha256: str, into: Path) -> bool:
        """Write one file of it; false if it is not in there.

        Raises:
            InstallError: It has changed since it was looked through.
        """
        with tarfile.open(self._path, "r:") as archive:
            try:
                source = archive.extractfile(name)
            except KeyError:
                return False
            if source is None:
                return False
            with source, into.open("wb") as file:
                shutil.copyfileobj(source, file, _CHUNK)
        with into.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if found != sha256:
            raise _changed(self._path, name, found, sha256)
        return True


def _checked(archive: tarfile.TarFile, path: Path) -> tuple[Lock, tuple[Target, ...]]:
    entries = archive.getmembers()
    names = [one.name for one in entries]
    if names[:2] != [HEAD, FILE_NAME] or len(set(names)) != len(names):
        raise ValueError(f"it does not begin with {HEAD}")
    if strange := [one.name for one in entries if not one.isreg()]:
        raise ValueError(f"{strange[0]} is no file")
    targets = _head(_read(archive, entries[0], _HEAD_MAX), path)
    lock = parse_lock(_read(archive, entries[1], _LOCK_MAX), f"{path}: {FILE_NAME}")
    expected = members(lock, targets)
    for entry in entries[2:]:
        if entry.name not in expected:
            raise ValueError(f"its lock does not name {entry.name}")
        found = _digest(archive, entry)
        if found != expected[entry.name]:
            raise _changed(path, entry.name, found, expected[entry.name])
    if missing := expected.keys() - set(names):
        raise ValueError(f"{min(missing)} is missing")
    return lock, targets


def _head(data: bytes, path: Path) -> tuple[Target, ...]:
    content = json.loads(data)
    version = content["format"]
    if isinstance(version, int) and version > FORMAT:
        raise InstallError(
            f"{path} was made by a newer packer: it is of format {version}, "
            f"and this one knows {FORMAT}",
            hint="upgrade packer, or make the bundle with this one",
        )
    if version != FORMAT:
        raise ValueError(f"there is no format {version}")
    return tuple(Target(str(one["platform"]), str(one["python"])) for one in content["targets"])


def _read(archive: tarfile.TarFile, entry: tarfile.TarInfo, most: int) -> bytes:
    file = archive.extractfile(entry)
    if file is None or entry.size > most:
        raise ValueError(f"{entry.name} is too large")
    with file:
        return file.read()


def _digest(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> str:
    digest = hashlib.sha256()
    file: IO[bytes] | None = archive.extractfile(entry)
    if file is None:
        raise ValueError(f"{entry.name} is no file")
    with file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _no_bundle(path: Path, reason: str) -> InstallError:
    return InstallError(
        f"not a bundle of plugins, or torn on its way here: {path}: {reason}",
        hint="packer plugins bundle -o FILE makes one, on a machine with a network",
    )


def _changed(path: Path, name: str, found: str, expected: str) -> InstallError:
    return InstallError(
        f"somebody has changed the bundle {path}: the SHA-256 of {name} is {found}, not {expected}",
        hint="nothing was installed; get it again from who made it",
    )


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    archive.addfile(_entry(name, len(data)), io.BytesIO(data))


def _add_file(archive: tarfile.TarFile, name: str, source: Path) -> None:
    with source.open("rb") as file:
        archive.addfile(_entry(name, source.stat().st_size), file)


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    entry.mode = 0o644
    return entry
