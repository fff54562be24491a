"""Making a lock: from what a template requires, or from what is installed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packer_core.errors import InstallError
from packer_core.plugins.install.pip_settings import index_url
from packer_core.plugins.install.sources import Sources
from packer_core.plugins.pep440 import specifier
from packer_core.plugins.release_store import program_digest
from packer_core.plugins.semver import Version

from .model import Lock, LockedArchive, LockedPackage, LockedPlugin, LockedProgram, LockedWheel
from .targets import Target, here, read_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packer_core.constraints import Constraint
    from packer_core.plugins.install.wheels import StoredWheel
    from packer_core.plugins.release_store import ReleaseStore

    from .resolve import Resolved, Resolver

WHEELS = "wheels"
"""The folder beside a lock with wheels that are on no index."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One plugin that shall be in a lock.

    Attributes:
        source: Its address, if it is a program; else empty.
        name: Its distribution, if it is in Python; else empty.
        constraints: What a template demands of its version.
        requirement: For pip, in place of name and constraints: where its wheel is.
        pins: Versions that it is installed with.
        wheels: What it is installed from; another hash is an error.
        sources: Where to look, beside what is configured.
    """

    source: str = ""
    name: str = ""
    constraints: tuple[Constraint, ...] = ()
    requirement: str = ""
    pins: Mapping[str, str] = field(default_factory=dict)
    wheels: tuple[StoredWheel, ...] = ()
    sources: Sources = field(default_factory=Sources)

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or self.source


class Locker:
    """Makes locks.

    Args:
        resolver: Asks pip.
        releases: Asks for releases.
        folder: Of the lock: paths in it start there.
        environ: The environment; pip's settings in it count.
    """

    def __init__(
        self,
        resolver: Resolver,
        releases: ReleaseStore,
        folder: Path,
        environ: Mapping[str, str],
    ) -> None:
        self._resolver = resolver
        self._releases = releases
        self._folder = folder
        self._environ = environ

    def lock(
        self,
        requests: Iterable[Request],
        targets: Sequence[Target],
        old: Lock | None = None,
        renew: Callable[[str], bool] = lambda _: False,
    ) -> Lock:
        """Make a lock.

        Args:
            requests: What shall be in it.
            targets: What it is for.
            old: The lock before; what is in it stays as it is where it will do.
            renew: Whether the versions of a plugin are chosen anew, by what people call it.

        Raises:
            InstallError: Something cannot be found, or contradicts itself.
            Cancelled: Somebody asked to stop.
        """
        plugins, programs = [], []
        for request in requests:
            before = None if renew(request.label) else old
            if request.name:
                plugins.append(self._plugin(request, targets, before))
            else:
                programs.append(self._program(request, targets, before))
        return Lock(
            targets=tuple(targets),
            plugins=tuple(sorted(plugins, key=lambda one: one.name)),
            programs=tuple(sorted(programs, key=lambda one: one.address)),
        )

    def _program(
        self, request: Request, targets: Sequence[Target], old: Lock | None
    ) -> LockedProgram:
        platforms = list(dict.fromkeys(target.platform for target in targets))
        known = old.version_of(request.source) if old else None
        if known and not _allowed(request, known):
            known = None
        if old and known:
            locked = next(one for one in old.programs if one.address == request.source)
            if sorted(one.archive.platform for one in locked.archives) == sorted(platforms):
                return locked
        if known:
            version = Version.read(known)
        else:
            version = self._releases.newest(
                request.source, request.constraints, platforms[0]
            ).version
        found = [self._releases.releases.archive(request.source, version, one) for one in platforms]
        return LockedProgram(
            address=request.source,
            version=str(version),
            archives=tuple(
                LockedArchive(one, program_digest(self._releases.fetched(one), one))
                for one in found
            ),
        )

    def _plugin(
        self, request: Request, targets: Sequence[Target], old: Lock | None
    ) -> LockedPlugin:
        locked = (
            next((one for one in old.plugins if one.name == request.name), None) if old else None
        )
        if locked and not _allowed(request, locked.version):
            locked = None
        if old and locked and old.targets == tuple(targets):
            return locked
        pins = {one.name: one.version for one in locked.packages} if locked else request.pins
        asked = request.requirement or f"{request.name}{specifier(request.constraints)}"
        found = {target: self._resolved(asked, target, request.sources, pins) for target in targets}
        _compare(request, found)
        return self._written(request, found)

    def _resolved(
        self, asked: str, target: Target, sources: Sources, pins: Mapping[str, str]
    ) -> list[Resolved]:
        try:
            return self._resolver.resolve(asked, target, sources, pins)
        except InstallError as error:
            if not pins:
                raise
            # What pip says about versions it was given is not what is wrong: ask without them.
            self._resolver.resolve(asked, target, sources, {})
            raise InstallError(
                f"the versions that are locked, or installed, are not possible for {target}",
                output=error.output,
                hint="packer plugins lock -upgrade TEMPLATE chooses others",
            ) from error

    def _written(
        self, request: Request, found: Mapping[Target, Sequence[Resolved]]
    ) -> LockedPlugin:
        versions = {
            one.version for each in found.values() for one in each if one.name == request.name
        }
        if len(versions) != 1:
            raise InstallError(
                f"{request.name} is of another version on each platform: "
                f"{', '.join(sorted(versions))}",
                hint="lock one that all have, or a file for each platform",
            )
        version = versions.pop()
        _refuse_pre_release(request, version)
        plain = f"{request.name}{specifier(request.constraints)}"
        return LockedPlugin(
            name=request.name,
            version=version,
            requirement=plain if request.constraints else request.name,
            sources=self._sources(request.sources),
            packages=tuple(self._packages(request, found)),
        )

    def _packages(
        self, request: Request, found: Mapping[Target, Sequence[Resolved]]
    ) -> list[LockedPackage]:
        index = request.sources.without_passwords().index_url or index_url(self._environ)
        where: dict[tuple[str, str], dict[Target, Resolved]] = {}
        for target, each in found.items():
            for one in each:
                where.setdefault((one.name, one.version), {})[target] = one
        return [
            LockedPackage(
                name=name,
                version=version,
                marker="" if len(at) == len(found) else _or([one.marker for one in at]),
                index=index if any(_is_remote(one.url) for one in at.values()) else "",
                wheels=tuple(
                    sorted(
                        {one.filename: self._wheel(one) for one in at.values()}.values(),
                        key=lambda one: one.name,
                    )
                ),
            )
            for (name, version), at in sorted(where.items())
        ]

    def _sources(self, sources: Sources) -> Sources:
        """As they are written down: folders below the lock's are found from anywhere."""
        return replace(
            sources.without_passwords(),
            find_links=tuple(self._below(one) for one in sources.find_links),
            allow_sdist=False,
        )

    def _below(self, place: str) -> str:
        folder = self._folder.resolve()
        if "://" in place or not Path(place).resolve().is_relative_to(folder):
            return place
        return Path(place).resolve().relative_to(folder).as_posix()

    def _wheel(self, one: Resolved) -> LockedWheel:
        if _is_remote(one.url):
            return LockedWheel(name=one.filename, sha256=one.sha256, url=one.url)
        path = self._below(url2pathname(urlsplit(one.url).path))
        if Path(path).is_absolute():
            path = f"{WHEELS}/{one.filename}"
        return LockedWheel(name=one.filename, sha256=one.sha256, path=path)


def targets_of(platforms: Sequence[str], pythons: Sequence[str], old: Lock | None) -> list[Target]:
    """Every named platform with every named Python; by default those of the lock before, or here.

    Raises:
        InstallError: One of them is none.
    """
    if not platforms and not pythons and old:
        return list(old.targets)
    own = here()
    return sorted(
        {
            read_target(one, each)
            for one in platforms or [own.platform]
            for each in pythons or [own.python]
        }
    )


def _allowed(request: Request, version: str) -> bool:
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415

    if request.pins:
        return request.pins.get(request.name) == version
    if request.name:
        return SpecifierSet(specifier(request.constraints)).contains(version, prereleases=True)
    return all(each.allows(Version.read(version).numbers) for each in request.constraints)


def _refuse_pre_release(request: Request, version: str) -> None:
    from packaging.version import Version as PythonVersion  # noqa: PLC0415

    if PythonVersion(version).is_prerelease and not request.pins:
        raise InstallError(
            f"there is no release of {request.name} that will do, only {version}",
            hint=f"packer plugins install {request.name}=={version} takes it all the same",
        )


def _compare(request: Request, found: Mapping[Target, Sequence[Resolved]]) -> None:
    """What is installed and what is locked from it are the same wheels."""
    installed = {wheel.filename: wheel.sha256 for wheel in request.wheels}
    for one in found.get(here(), ()):
        expected = installed.get(one.filename, one.sha256)
        if one.sha256 != expected:
            raise InstallError(
                f"{one.filename} is not the one that is installed: its SHA-256 is {one.sha256}, "
                f"not {expected}",
                hint=f"find out who has replaced it; packer plugins install -force "
                f"{request.name} takes the one that is there now",
            )


def _or(markers: Sequence[str]) -> str:
    return " or ".join(f"({one})" for one in markers)


def _is_remote(url: str) -> bool:
    return urlsplit(url).scheme != "file"
