"""A lock beside a template says which versions of its plugins are used, not only installed.

Other versions may be installed, for other templates. What the lock does not name is judged by what
the template demands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.constraints import NoConstraint, parse_constraints
from packer_core.plugin_sources import read_source
from packer_sdk.records import replaced

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from packer_core.template.model import RequiredPlugin

FILE_NAME = "packer.lock"


def lock_path(template: Path) -> Path:
    """Where the lock of a template is, whether there is one or not."""
    return (template if template.is_dir() else template.parent) / FILE_NAME


def pinned(plugins: Sequence[RequiredPlugin], template: Path) -> tuple[RequiredPlugin, ...]:
    """The same plugins, with the versions that a lock names where there is one.

    Raises:
        InstallError: The lock cannot be read.
    """
    path = lock_path(template)
    if not plugins or not path.exists():
        return tuple(plugins)
    from .lock.file import read_lock  # noqa: PLC0415 - most templates have none

    lock = read_lock(path)
    if lock is None:
        return tuple(plugins)
    found = []
    for plugin in plugins:
        name = read_source(plugin.source).distribution
        found.append(_pinned(plugin, lock.version_of(plugin.source, name)))
    return tuple(found)


def _pinned(plugin: RequiredPlugin, version: str | None) -> RequiredPlugin:
    if version is None:
        return plugin
    try:
        exactly = parse_constraints(f"= {version}")
    except NoConstraint:
        return plugin  # a version that templates cannot name
    return replaced(
        plugin,
        version=f"{plugin.version} ({version} in {FILE_NAME})",
        constraints=(*plugin.constraints, *exactly),
    )
