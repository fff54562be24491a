"""What a template requires, compared with what is installed and with what is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.constraints import Constraint, NoConstraint, allows
from packer_core.errors import InstallError
from packer_core.plugin_sources import read_source
from packer_core.plugins.install.receipts import read_receipts
from packer_core.plugins.lock.locking import Request
from packer_core.plugins.required import problem_of_distribution, problem_of_others

from .commands.plugins.shared import binaries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packer_core.app import App
    from packer_core.plugins.binaries import Binary
    from packer_core.plugins.lock.model import Lock
    from packer_core.template.model import RequiredPlugin


class Needs:
    """What is there of what templates require.

    Args:
        app: This run.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._binaries = binaries(app)
        self._receipts = read_receipts(app.paths.receipts)

    def request(
        self, plugin: RequiredPlugin, *, upgrade: bool = False, force: bool = False
    ) -> Request | None:
        """What has to be installed for a plugin; None if it is there.

        Args:
            plugin: As the template requires it.
            upgrade: Whether a newer release is wanted, whatever is there.
            force: Whether what is there is wanted anew.
        """
        name = read_source(plugin.source).distribution
        there = self._version(plugin, name)
        if there is None and not name and not self._is_elsewhere(plugin):
            return Request(source=plugin.source, constraints=plugin.constraints)
        if not name and there is None and not (upgrade or force):
            return None
        constraints = plugin.constraints
        if there and force and not upgrade:
            constraints = (Constraint("=", there),)
        if there and not (upgrade or force):
            return None
        return Request(source="" if name else plugin.source, name=name, constraints=constraints)

    def places(self, plugin: RequiredPlugin) -> list[Path]:
        """Where what is installed of a plugin is, the lowest version first (PLC-005)."""
        if name := read_source(plugin.source).distribution:
            fitting = problem_of_distribution(plugin, name, self._receipts) is None
            return [one.folder for one in self._receipts if one.distribution == name and fitting]
        return [one.candidate.path for one in self._binaries_of(plugin)]

    def _version(self, plugin: RequiredPlugin, name: str) -> tuple[int, ...] | None:
        """The numbers of the version that is there and will do; releases only."""
        if name:
            if problem_of_distribution(plugin, name, self._receipts):
                return None
            receipt = next(one for one in self._receipts if one.distribution == name)
            return tuple(int(part) for part in receipt.version.split(".") if part.isdecimal())
        found = [one.candidate.name.version for one in self._binaries_of(plugin)]
        return next((one.numbers for one in reversed(found) if not one.pre), None)

    def _is_elsewhere(self, plugin: RequiredPlugin) -> bool:
        """Whether components that were installed in another way will do for a build."""
        return problem_of_others(self._app.catalog, plugin) is None

    def _binaries_of(self, plugin: RequiredPlugin) -> list[Binary]:
        return self._binaries.installed(plugin.source, plugin.constraints)


def refuse_misfit(lock: Lock, required: Sequence[RequiredPlugin], template: str) -> None:
    """Refuse a lock that is not for what a template requires.

    Raises:
        InstallError: It lacks a plugin, or names a version that the template does not allow.
    """
    for plugin in required:
        version = lock.version_of(plugin.source, read_source(plugin.source).distribution)
        if version is None:
            raise InstallError(
                f"the lock does not name {plugin.source}, which {template} requires",
                hint=f"packer plugins lock {template}",
            )
        if not _allowed(plugin, version):
            raise InstallError(
                f"the lock has {plugin.source} {version}, and {template} requires {plugin.version}",
                hint=f"packer plugins lock {template}",
            )


def _allowed(plugin: RequiredPlugin, version: str) -> bool:
    try:
        return allows(plugin.constraints, version)
    except NoConstraint:
        return True  # a version that templates cannot name
