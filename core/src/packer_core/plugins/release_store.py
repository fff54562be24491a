"""From a release of a plugin in Go to a file where HashiCorp's packer finds it, too.

::

    DATA/releases/SHA256/packer-plugin-NAME_vX.Y.Z_x5.0_OS_ARCH.zip

What was fetched stays there under its checksum, for bundles and for installing it again offline.
Nothing of an archive is unpacked but the one program that its own name tells.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
import zipfile
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

from . import binary_store
from .binary_names import CHECKSUM_SUFFIX, PREFIX
from .install.wheels import GRACE_S, sha256_of
from .releases import NoSuchRelease, Releases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import IO

    from packer_core.constraints import Constraint
    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .binaries import Binaries
    from .releases import Archive
    from .semver import Version

_CHUNK = 1 << 20


class ReleaseStore:
    """Fetches, keeps and installs releases.

    Args:
        paths: Where archives are kept, and where plugins go.
        say: Told what is being done, a line at a time.
        environ: What plugins describe themselves in; settings of `Releases` count.
        cancel: Stops it.
    """

    def __init__(
        self,
        paths: Paths,
        say: Callable[[str], None],
        environ: Mapping[str, str],
        cancel: CancelToken,
    ) -> None:
        self._paths = paths
        self.say = say
        self._environ = environ
        self._cancel = cancel

    @property
    def releases(self) -> Releases:
        """What is asked for them.

        Raises:
            InstallError: The setting of its address is wrong.
        """
        return Releases(self._environ, self._cancel)

    def newest(self, address: str, constraints: Sequence[Constraint], platform: str) -> Archive:
        """The newest release that is allowed and has something for a platform.

        Raises:
            InstallError: There is none; the message says what there is, or why it does not do.
        """
        versions = self.releases.versions(address)
        allowed = [one for one in versions if all(each.allows(one.numbers) for each in constraints)]
        failures: list[NoSuchRelease] = []
        for version in allowed:
            try:
                return self.releases.archive(address, version, platform)
            except NoSuchRelease as error:
                failures.append(error)
        if failures:
            raise InstallError(failures[0].message, hint=failures[0].hint)
        wanted = ", ".join(map(str, constraints))
        raise InstallError(
            f"there is no release of {address}{f' that is {wanted}' if wanted else ''}",
            hint=f"there are {_few(versions)}" if versions else "it has no releases at all",
        )

    def install(self, archive: Archive) -> Path:
        """Install one file of a release; returns where the program is.

        Raises:
            InstallError: It cannot be installed; what was there is as it was.
            Cancelled: Somebody asked to stop.
        """
        path = self.fetched(archive)
        with _program(path, archive) as file:
            placed = binary_store.place(
                file,
                archive.address,
                self._root,
                environ=self._environ,
                cancel=self._cancel,
                version=archive.version,
            )
        self.say(f"Installed {archive.address} {archive.version} as {placed}")
        return placed

    def fetched(self, archive: Archive) -> Path:
        """The archive on disk, with the checksum that it should have.

        Raises:
            InstallError: It cannot be fetched, or has another one; both are named.
            Cancelled: Somebody asked to stop.
        """
        path = self.path(archive)
        if path.is_file() and sha256_of(path) == archive.sha256:
            return path
        self.say(f"Fetching {archive.address} {archive.version}…")
        with self.incoming() as folder:
            fresh = folder / archive.name
            releases = self.releases
            found = releases.fetch(releases.url_of(archive), fresh)
            return self.keep(fresh, archive, found)

    def keep(self, fresh: Path, archive: Archive, found: str) -> Path:
        """Take in an archive whose checksum is ``found``; returns where it is.

        Raises:
            InstallError: It should have another one.
        """
        if found != archive.sha256:
            raise InstallError(
                f"{archive.name} is not what it should be: its SHA-256 is {found}, "
                f"not {archive.sha256}",
                hint="somebody has replaced it, or it was torn on its way here: try again later, "
                "and tell its maker",
            )
        path = self.path(archive)
        path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh.replace(path)
        return path

    def path(self, archive: Archive) -> Path:
        """Where an archive lies, whether it does or not."""
        return self._paths.releases / archive.sha256 / archive.name

    def target(self, archive: Archive) -> Path:
        """Where its program will be."""
        return self._root.joinpath(*archive.address.split("/"), archive.program)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for what is being fetched; gone afterwards."""
        self._paths.releases.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder = tempfile.mkdtemp(prefix=".incoming-", dir=self._paths.releases)
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def _root(self) -> Path:
        return self._paths.plugin_folders[0]


def prune_archives(paths: Paths, *, grace_s: float = GRACE_S) -> int:
    """Remove archives whose program is not installed; returns the bytes that it freed.

    Args:
        paths: Where archives are kept, and where plugins are.
        grace_s: What has come in the last seconds stays: somebody is just installing it.
    """
    installed = {
        path.name.removesuffix(".exe")
        for root in paths.plugin_folders
        for path in root.rglob(f"{PREFIX}*")
    }
    freed = 0
    for folder in paths.releases.iterdir() if paths.releases.is_dir() else ():
        names = {path.name.removesuffix(".zip") for path in folder.iterdir()}
        if names & installed or time.time() - folder.stat().st_mtime <= grace_s:
            continue
        freed += sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder, ignore_errors=True)
    return freed


def has_checksum(program: Path) -> bool:
    """Whether a program is there, and is what its checksum says."""
    return digest_of(program) is not None


def digest_of(program: Path) -> str | None:
    """The SHA-256 of a program that is what its checksum says; None if it is not, or not there."""
    try:
        said = program.with_name(program.name + CHECKSUM_SUFFIX).read_text(encoding="utf-8")
        found = sha256_of(program)
    except (OSError, UnicodeDecodeError):
        return None
    return found if said[:64].lower() == found else None


def program_digest(path: Path, archive: Archive) -> str:
    """The SHA-256 of the program in an archive.

    Raises:
        InstallError: It is not in there.
    """
    digest = hashlib.sha256()
    with _opened(path, archive) as source:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def here(binaries: Binaries, address: str, constraints: tuple[Constraint, ...]) -> Version | None:
    """The highest version that is installed and allowed; a pre-release is none (INI-001)."""
    found = [one.candidate.name.version for one in binaries.installed(address, constraints)]
    releases = [version for version in found if not version.pre]
    return releases[-1] if releases else None


@contextmanager
def _program(path: Path, archive: Archive) -> Iterator[Path]:
    """The program of an archive as a file of its own, for as long as it takes to copy it."""
    with tempfile.TemporaryDirectory(prefix="packer-release-") as folder:
        target = Path(folder) / archive.program
        with _opened(path, archive) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
        target.chmod(0o755)
        yield target


@contextmanager
def _opened(path: Path, archive: Archive) -> Iterator[IO[bytes]]:
    try:
        with zipfile.ZipFile(path) as file:
            names = file.namelist()
            strange = [name for name in names if _leaves(name)]
            if strange or archive.program not in names:
                raise InstallError(
                    f"{archive.name} does not hold {archive.program}, but "
                    f"{', '.join(strange or names[:5]) or 'nothing'}",
                    hint="nothing of it was unpacked; choose another version, or tell its maker",
                )
            with file.open(archive.program) as source:
                yield source
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise InstallError(
            f"not a zip that can be read: {archive.name}: {error}", hint="tell its maker"
        ) from error


def _leaves(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _few(versions: Sequence[Version]) -> str:
    shown = ", ".join(map(str, versions[:8]))
    return shown + (", …" if len(versions) > 8 else "")
