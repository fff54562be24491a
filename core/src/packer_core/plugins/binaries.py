"""Plugins as HashiCorp's packer installs them: one versioned file with many components.

They are looked for where HashiCorp keeps them, at any depth of the plugin folder but not directly
in it, and only under the names of `binary_names` (protocol section 1.7, PLG-001 to PLG-006)::

    plugins/github.com/hashicorp/docker/packer-plugin-docker_v1.1.0_x5.0_linux_amd64

A file counts if nobody but the user and root could have written it, if its checksum lies beside
it and is right, and if it describes itself as its name says. Of each plugin the highest version is
used; those below it are not looked at. One that does not count says why, and breaks nothing.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.records import record

from . import trust
from .binary_names import API, CHECKSUM_SUFFIX, PREFIX, BinaryName, platform_suffix
from .catalog import Component, Refusal
from .described import Description, Descriptions, full_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packer_core.constraints import Constraint

logger = logging.getLogger(__name__)

DEPTH_MAX = 16
"""Folders between the plugin folder and a plugin."""


@record
class Candidate:
    """A file that is called like a plugin.

    Attributes:
        path: Of the file.
        root: The plugin folder it was found in.
        name: What its name says.
    """

    path: Path
    root: Path
    name: BinaryName

    @property
    def address(self) -> str:
        """The folder below the root: ``github.com/hashicorp/docker``."""
        return self.path.parent.relative_to(self.root).as_posix()


@record
class Binary:
    """A plugin that counts: a candidate, its digest and what it says of itself."""

    candidate: Candidate
    digest: str
    description: Description

    def components(self, plugin: str, *, gob: bool = False) -> Iterator[Component]:
        """Its components.

        Args:
            plugin: What templates call the plugin: the first part of every name.
            gob: Whether protobuf is forbidden (ENV-011).
        """
        path = self.candidate.path
        for kind, name in self.description.components:
            yield Component(
                kind=kind,
                name=full_name(plugin, name),
                argv=(str(path), "start", kind, name),
                source="plugin binary",
                path=path,
                protobuf=self.description.protobuf and not gob,
                digest=self.digest,
                version=str(self.description.version),
            )


class Binaries:
    """Looks for plugins, and judges them.

    Args:
        roots: The plugin folders.
        cache: Where answers and digests are kept.
        environ: The environment that plugins describe themselves in.
        ignore_prereleases: Whether ``1.0.0-dev`` does not count (BLD-015).
    """

    def __init__(
        self,
        roots: Iterable[Path],
        cache: Path,
        environ: Mapping[str, str],
        *,
        ignore_prereleases: bool = False,
    ) -> None:
        self._roots = tuple(roots)
        self._suffix = platform_suffix()
        self._descriptions = Descriptions(cache, environ)
        self._ignore_prereleases = ignore_prereleases
        self.refused: list[Refusal] = []

    def newest(self) -> list[Binary]:
        """Of each plugin the one to be used; what was passed over for a fault is `refused`."""
        by_plugin: dict[str, list[Candidate]] = {}
        for candidate in self.candidates():
            by_plugin.setdefault(candidate.name.plugin, []).append(candidate)
        return self._saved([one for found in by_plugin.values() if (one := self._best(found))])

    def installed(
        self,
        address: str | None = None,
        constraints: tuple[Constraint, ...] = (),
        *,
        any_api: bool = False,
    ) -> list[Binary]:
        """Every one that counts, the lowest version first (PLC-003).

        Args:
            address: Only those in this folder of a plugin folder, ``github.com/hashicorp/docker``.
            constraints: Only versions that meet them all; ``1.2.3-dev`` counts as ``1.2.3``.
            any_api: Also those that speak another version of the plugin API.
        """
        chosen = [
            one
            for one in self.candidates()
            if (address is None or one.address == address)
            and all(each.allows(one.name.version.numbers) for each in constraints)
        ]
        chosen.sort(key=lambda one: (one.name.plugin, one.name.rank, str(one.path)))
        judged = (self.judged(candidate, any_api=any_api) for candidate in chosen)
        return self._saved([one for one in judged if one])

    def candidates(self) -> Iterator[Candidate]:
        """Every file with the right name; none of them is opened."""
        for root in self._roots:
            for path in _files(root, self._suffix):
                try:
                    name = BinaryName.read(path.name, self._suffix)
                except ValueError as error:
                    self._refuse(path, str(error), _plugin_of(path.name), "rename it, or remove it")
                    continue
                if name:
                    yield Candidate(path, root, name)

    def judged(self, candidate: Candidate, *, any_api: bool = False) -> Binary | None:
        """The plugin, if it counts; if not, why it does not is among `refused`."""
        path, name = candidate.path, candidate.name
        objection = self._trusted(candidate) or self._suitable(candidate, any_api=any_api)
        if objection:
            self._refuse(path, objection[0], name.plugin, objection[1])
            return None
        try:
            digest = self._checked(path)
            description = self._descriptions.of(path, digest)
            _compare(name, description)
        except _Fault as fault:
            self._refuse(path, fault.reason, name.plugin, fault.hint)
        except ValueError as error:
            self._refuse(path, str(error), name.plugin, f"see what it says: {path} describe")
        else:
            return Binary(candidate, digest, description)
        return None

    def _best(self, found: list[Candidate]) -> Binary | None:
        found.sort(key=lambda one: (one.name.rank, str(one.path)), reverse=True)
        for candidate in found:
            if binary := self.judged(candidate):
                return binary
        return None

    def _saved(self, found: list[Binary]) -> list[Binary]:
        self._descriptions.save()
        return found

    def _trusted(self, candidate: Candidate) -> tuple[str, str] | None:
        path = candidate.path
        folders = [path.parent, *path.parent.parents]
        for folder in folders[: len(path.parent.relative_to(candidate.root).parts) + 1]:
            if objection := trust.objection_to_folder(folder):
                return objection, f"look at the permissions of {folder}"
        objection = trust.objection_to_file(path)
        return (objection, Refusal(path, objection).remedy) if objection else None

    def _suitable(self, candidate: Candidate, *, any_api: bool) -> tuple[str, str] | None:
        name = candidate.name
        if not any_api and (name.api[0] != API[0] or name.api[1] > API[1]):
            mine = f"x{API[0]}.{API[1]}"
            return (
                f"it needs the plugin API {name.api_version}, and this packer speaks {mine}",
                "install an older version of it" if name.api > API else "install a newer one",
            )
        if self._ignore_prereleases and name.version.pre:
            return "it is a pre-release", "leave -ignore-prerelease-plugins out"
        return None

    def _checked(self, path: Path) -> str:
        beside = path.with_name(path.name + CHECKSUM_SUFFIX)
        again = "packer plugins install --path FILE SOURCE writes both"
        try:
            wanted = beside.read_text(encoding="ascii", errors="replace")[:64].lower()
        except OSError:
            raise _Fault(f"there is no checksum beside it: {beside.name}", again) from None
        try:
            digest = self._descriptions.digest(path)
        except OSError as error:
            raise _Fault(f"it cannot be read: {error.strerror}", "chmod u+r, if it is yours") from (
                error
            )
        if digest != wanted:
            raise _Fault(f"it has another checksum than the one in {beside.name}", again)
        return digest

    def _refuse(self, path: Path, reason: str, plugin: str, hint: str) -> None:
        logger.warning("Not used: %s: %s", path, reason)
        self.refused.append(Refusal(path, reason, plugin=plugin, hint=hint))


class _Fault(Exception):
    """Why a file does not count, and what would help."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


def _compare(name: BinaryName, description: Description) -> None:
    version, api = description.version.plain, description.api_version
    if version != name.version.plain:
        raise ValueError(f"it says that it is version {version}, and its name says otherwise")
    if api != name.api_version:
        raise ValueError(f"it says that it speaks {api}, and its name says otherwise")


def _plugin_of(name: str) -> str:
    return name.removeprefix(PREFIX).partition("_")[0]


def _files(root: Path, suffix: str) -> Iterator[Path]:
    """Files that end like plugins, sorted, in folders below ``root``; links to folders are none."""
    for folder in _folders(root):
        yield from _below(folder, suffix, DEPTH_MAX - 1)


def _below(folder: str, suffix: str, depth: int) -> Iterator[Path]:
    entries = _entries(folder)
    for entry in entries:
        if entry.name.startswith(PREFIX) and entry.name.endswith(suffix) and not entry.is_dir():
            yield Path(entry.path)
    if depth > 0:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, suffix, depth - 1)


def _folders(root: Path) -> list[str]:
    return [one.path for one in _entries(str(root)) if one.is_dir(follow_symlinks=False)]


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda one: one.name)
    except OSError as error:
        logger.debug("Cannot look for plugins in %s: %s", folder, error.strerror)
        return []
