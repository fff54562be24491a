"""Making the store hold what a lock names. What is there already costs no question to anybody."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.plugins.binary_names import CHECKSUM_SUFFIX
from packer_core.plugins.install.receipts import read_receipts
from packer_core.plugins.install.wheels import StoredWheel, WheelCache, read_name, sha256_of
from packer_core.plugins.release_store import digest_of

from .choosing import chosen
from .resolve import name_both_hashes
from .targets import here

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packer_core.paths import Paths
    from packer_core.plugins.install.installer import Installer
    from packer_core.plugins.install.receipts import Receipt
    from packer_core.plugins.release_store import ReleaseStore

    from .bundle import Bundle
    from .model import Lock, LockedArchive, LockedPackage, LockedPlugin, LockedProgram, LockedWheel
    from .resolve import Resolver
    from .targets import Target

    Wheels = Sequence[tuple[LockedPackage, LockedWheel]]


class LockedStore:
    """Brings the store to what a lock names, plugin by plugin.

    Args:
        paths: Where the store is.
        installer: Installs plugins in Python.
        releases: Installs those in Go.
        resolver: Fetches wheels for other machines.
        folder: Of the lock: paths in it start there.
        bundle: Where the files come from, in place of any network.
    """

    def __init__(
        self,
        *,
        paths: Paths,
        installer: Installer,
        releases: ReleaseStore,
        resolver: Resolver,
        folder: Path,
        bundle: Bundle | None = None,
    ) -> None:
        self._paths = paths
        self._installer = installer
        self._releases = releases
        self._resolver = resolver
        self._folder = folder
        self._bundle = bundle
        self._cache = WheelCache(paths.wheels)

    # --- plugins in Python

    def has_plugin(self, plugin: LockedPlugin, *, strict: bool = True) -> bool:
        """Whether a plugin is installed from exactly these wheels.

        Args:
            plugin: As it is locked.
            strict: Refuse one that is of the same version and other wheels.

        Raises:
            InstallError: It is, and should not be; both hashes are named. Or the lock has nothing
                for this machine.
        """
        present = self._receipt(plugin)
        if present is None or present.state != "ok":
            return False
        wanted = {one.filename: one for one in _stored(chosen(plugin, here()))}
        found = {one.filename: one for one in present.wheels}
        if wanted == found:
            return True
        for name, one in wanted.items() if strict else ():
            if name in found and found[name].sha256 != one.sha256:
                raise _differs(f"{name} of {plugin.name}", found[name].sha256, one.sha256)
        return False

    def install_plugin(self, plugin: LockedPlugin, *, again: bool = False) -> None:
        """Install a plugin from exactly these wheels.

        Args:
            plugin: As it is locked.
            again: Even if it is there.

        Raises:
            InstallError: It cannot be installed; what was there is as it was.
            Cancelled: Somebody asked to stop.
        """
        wheels = chosen(plugin, here())
        self.keep_wheels(plugin, wheels, here())
        self._installer.install(
            plugin.requirement,
            upgrade=again,
            sources=plugin.sources.seen_from(self._folder),
            wheels=sorted(_stored(wheels)),
        )

    def keep_wheels(self, plugin: LockedPlugin, wheels: Wheels, target: Target) -> None:
        """Have wheels in the cache: from a bundle, from beside the lock, or from an index.

        Raises:
            InstallError: One cannot be had, or has another hash; both are named.
            Cancelled: Somebody asked to stop.
        """
        gone = {one.sha256 for one in self._cache.missing(_stored(wheels))}
        missing = [one for one in wheels if one[1].sha256 in gone]
        if not missing:
            return
        with self._cache.incoming() as folder:
            places = plugin.sources.seen_from(self._folder).find_links
            rest = [one for one in missing if not self._taken(one[1], places, folder)]
            if rest:
                self._fetch(plugin, rest, target, folder)
            for package, wheel in missing:
                _compare(folder / wheel.name, package, wheel)
            self._cache.keep(folder)

    def _taken(self, wheel: LockedWheel, places: Sequence[str], into: Path) -> bool:
        """Whether a wheel came from nearby; what comes from a bundle was compared."""
        target = into / wheel.name
        if self._bundle is not None:
            name = f"wheels/{wheel.sha256}/{wheel.name}"
            return self._bundle.take(name, wheel.sha256, target)
        near = [self._folder / wheel.path, *(Path(place, wheel.name) for place in places)]
        source = next((path for path in near if not wheel.url and path.is_file()), None)
        if source is None:
            return False
        shutil.copyfile(source, target)
        return True

    def _fetch(self, plugin: LockedPlugin, wheels: Wheels, target: Target, into: Path) -> None:
        if self._bundle is not None:
            raise self._not_in_bundle(f"{wheels[0][1].name} of {plugin.name}")
        sources = plugin.sources.seen_from(self._folder)
        try:
            if target.is_here:
                self._installer.backend().collect(list(_pinned(wheels)), into, sources)
            else:
                self._resolver.fetch(_pinned(wheels), target, sources, into)
        except InstallError as error:
            raise self._not_fetched(error, plugin, wheels) from error

    def _not_fetched(
        self, error: InstallError, plugin: LockedPlugin, wheels: Wheels
    ) -> InstallError:
        told = name_both_hashes(_for_plugin(error, plugin))
        local = [wheel for _, wheel in wheels if not wheel.url]
        if not local or told.message.startswith("a wheel is not"):
            return told
        return InstallError(
            f"the wheel is neither kept here, nor beside the lock, nor where pip looks: "
            f"{local[0].name}",
            output=error.output,
            hint=f"put it at {self._folder / local[0].path}, or take a bundle from the machine "
            "that has it: packer plugins bundle",
        )

    def _receipt(self, plugin: LockedPlugin) -> Receipt | None:
        receipts = read_receipts(self._paths.receipts)
        return next((one for one in receipts if one.distribution == plugin.name), None)

    # --- plugins in Go

    def has_program(self, program: LockedProgram, *, strict: bool = True) -> bool:
        """Whether exactly this program is installed; see `has_plugin`.

        Raises:
            InstallError: Another one of this version is; both hashes are named. Or the lock has
                nothing for this machine.
        """
        locked = self._archive(program)
        path = self._releases.target(locked.archive)
        found = digest_of(path)
        if strict and found not in {None, locked.program_sha256}:
            raise _differs(str(path), str(found), locked.program_sha256)
        return found == locked.program_sha256

    def install_program(self, program: LockedProgram) -> None:
        """Install exactly this program.

        Raises:
            InstallError: It cannot be installed; what was there is as it was.
            Cancelled: Somebody asked to stop.
        """
        locked = self._archive(program)
        self.keep_archive(locked)
        self._releases.install(locked.archive)

    def keep_archive(self, locked: LockedArchive) -> Path:
        """Have an archive on disk: from a bundle, or from where it was released.

        Raises:
            InstallError: It cannot be had, or has another hash; both are named.
            Cancelled: Somebody asked to stop.
        """
        archive = locked.archive
        path = self._releases.path(archive)
        if self._bundle is None or (path.is_file() and sha256_of(path) == archive.sha256):
            return self._releases.fetched(archive)
        with self._releases.incoming() as folder:
            fresh = folder / archive.name
            name = f"releases/{archive.sha256}/{archive.name}"
            if not self._bundle.take(name, archive.sha256, fresh):
                raise self._not_in_bundle(archive.name)
            return self._releases.keep(fresh, archive, archive.sha256)

    def _archive(self, program: LockedProgram) -> LockedArchive:
        if locked := program.for_platform(here().platform):
            return locked
        raise InstallError(
            f"the lock has nothing of {program.address} for {here().platform}",
            hint=f"packer plugins lock -platform {here().platform}, with the others it is for",
        )

    def _not_in_bundle(self, name: str) -> InstallError:
        assert self._bundle is not None
        made_for = ", ".join(map(str, self._bundle.targets))
        return InstallError(
            f"the bundle does not hold {name}; it is for {made_for}",
            hint="make another one from the lock you have: packer plugins bundle",
        )

    # --- what the lock does not name

    def remove_others(self, lock: Lock) -> None:
        """Remove plugins in Python that a lock does not name, and other versions of its programs.

        Raises:
            InstallError: One cannot be removed.
        """
        named = {one.name for one in lock.plugins}
        for receipt in read_receipts(self._paths.receipts):
            if receipt.distribution not in named:
                self._installer.remove(receipt.distribution)
        for program in lock.programs:
            wanted = self._releases.target(self._archive(program).archive)
            suffix = wanted.name.rpartition("_v")[0] + "_v"
            try:
                for path in sorted(wanted.parent.glob(f"{suffix}*")):
                    if path.name not in {wanted.name, wanted.name + CHECKSUM_SUFFIX}:
                        path.unlink()
                        self._releases.say(f"Removed {path}")
            except OSError as error:
                reason = (error.strerror or str(error)).lower()
                raise InstallError(f"cannot remove {error.filename}: {reason}") from error

    def files(self, lock: Lock, targets: Sequence[Target]) -> Mapping[str, Path]:
        """Have every file of a lock on disk, for a bundle; by its name in there.

        Raises:
            InstallError: One cannot be had, or has another hash.
            Cancelled: Somebody asked to stop.
        """
        found: dict[str, Path] = {}
        for target in targets:
            for plugin in lock.plugins:
                wheels = chosen(plugin, target)
                self.keep_wheels(plugin, wheels, target)
                for one in _stored(wheels):
                    found[f"wheels/{one.sha256}/{one.filename}"] = self._cache.path(one)
            for program in lock.programs:
                if locked := program.for_platform(target.platform):
                    name = f"releases/{locked.archive.sha256}/{locked.archive.name}"
                    found[name] = self.keep_archive(locked)
        return found


def _pinned(wheels: Wheels) -> Iterator[str]:
    """As pip takes them, one requirement with its hash for each."""
    for package, wheel in wheels:
        yield f"{package.name}=={package.version} --hash=sha256:{wheel.sha256}"


def _for_plugin(error: InstallError, plugin: LockedPlugin) -> InstallError:
    """The same error, about the plugin in place of the distribution that pip began with."""
    cause = error.message.rpartition(": ")[2]
    return InstallError(
        f"cannot fetch what {plugin.name} {plugin.version} is made of: {cause}",
        output=error.output,
        hint=f"{error.hint or 'look at what the installer said'}; without a network, "
        "packer init -from BUNDLE",
    )


def _stored(wheels: Wheels) -> list[StoredWheel]:
    """As the cache knows them: by the names of their files."""
    return [
        StoredWheel(*read_name(Path(wheel.name)), wheel.name, wheel.sha256) for _, wheel in wheels
    ]


def _compare(path: Path, package: LockedPackage, wheel: LockedWheel) -> None:
    try:
        found = sha256_of(path)
    except FileNotFoundError as error:
        raise InstallError(
            f"the index has another wheel of {package.name} {package.version} than the lock: "
            f"there is no {wheel.name}",
            hint="packer plugins lock -upgrade takes what the index has now",
        ) from error
    if found != wheel.sha256:
        raise _differs(wheel.name, found, wheel.sha256)


def _differs(what: str, found: str, expected: str) -> InstallError:
    return InstallError(
        f"{what} is not what the lock names: its SHA-256 is {found}, not {expected}",
        hint="find out who has replaced it; packer plugins sync puts the one of the lock in place",
    )
