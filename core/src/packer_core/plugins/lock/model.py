"""What ``packer.lock`` says: exactly which files every plugin is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from packer_core.plugins.install.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.plugins.releases import Archive

    from .targets import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedWheel:
    """One wheel of a distribution.

    Attributes:
        name: Of the file.
        sha256: Of its content.
        url: Where it was; empty if nobody but the one who locked has it.
        path: Where it is, below the folder of the lock, if ``url`` is empty.
    """

    name: str
    sha256: str
    url: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One distribution in the environment of a plugin: an entry of PEP 751.

    Attributes:
        name: Normalised.
        version: The one and only.
        marker: Where it is needed (PEP 508); empty for everywhere.
        index: Where it came from; empty if it came from no index.
        wheels: One for each target, some for several.
    """

    name: str
    version: str
    marker: str = ""
    index: str = ""
    wheels: tuple[LockedWheel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPlugin:
    """A plugin in Python, with everything in its environment.

    Attributes:
        name: Of its distribution.
        version: Of the plugin.
        requirement: What was asked for.
        sources: Where to look, beside what is configured; without passwords.
        packages: Itself, and all it needs, by name.
    """

    name: str
    version: str
    requirement: str
    sources: Sources = field(default_factory=Sources)
    packages: tuple[LockedPackage, ...] = ()


@dataclass(frozen=True, slots=True)
class LockedArchive:
    """A program for one platform.

    Attributes:
        archive: What is fetched.
        program_sha256: Of the program in it.
    """

    archive: Archive
    program_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedProgram:
    """A plugin in Go.

    Attributes:
        address: ``github.com/OWNER/NAME``.
        version: Of the release.
        archives: By platform.
    """

    address: str
    version: str
    archives: tuple[LockedArchive, ...]

    def for_platform(self, platform: str) -> LockedArchive | None:
        """What is for a platform."""
        return next((one for one in self.archives if one.archive.platform == platform), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """A whole lock.

    Attributes:
        targets: What it is for.
        plugins: Those in Python, by name.
        programs: Those in Go, by address.
    """

    targets: tuple[Target, ...]
    plugins: tuple[LockedPlugin, ...] = ()
    programs: tuple[LockedProgram, ...] = ()

    def version_of(self, source: str, distribution: str = "") -> str | None:
        """The locked version of a plugin.

        Args:
            source: As a template has it.
            distribution: The name behind it, if it is one in Python.
        """
        if distribution:
            return next((one.version for one in self.plugins if one.name == distribution), None)
        return next((one.version for one in self.programs if one.address == source), None)

    def names(self) -> Iterator[str]:
        """What everything in it is called, for messages."""
        yield from (f"{one.name} {one.version}" for one in self.plugins)
        yield from (f"{one.address} {one.version}" for one in self.programs)
