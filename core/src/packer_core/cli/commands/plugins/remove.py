"""``packer plugins remove``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.errors import UsageError

from .shared import binaries, installer

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class RemoveOptions:
    """Of ``packer plugins remove``."""

    name: str
    constraint: str = ""


def remove(app: App, options: RemoveOptions) -> int:
    """Take a plugin and its environment away, or binaries at an address."""
    if "/" in options.name:
        return _remove_binaries(app, options)
    if options.constraint:
        raise UsageError(
            f"{options.name} has one version, the one that is installed: {options.constraint}",
            hint="only an address, such as github.com/OWNER/NAME, has several",
        )
    with app.interruptible("removal"):
        installer(app).remove(options.name)
    return 0


def _remove_binaries(app: App, options: RemoveOptions) -> int:
    from packer_core.plugins import binary_store  # noqa: PLC0415 - most plugins are ours

    folders = app.paths.plugin_folders
    removed = binary_store.remove(binaries(app), options.name, options.constraint, folders)
    for path in removed:
        app.ui.say(str(path))
    return 0


COMMAND = Command(
    "remove",
    "Remove a plugin and its environment",
    description=(
        "NAME is packer-plugin-NAME, or NAME alone. What was installed with -path is removed by its"
        " address, github.com/OWNER/NAME, all of it or what meets a CONSTRAINT such as '< 1.2'; or"
        " by its absolute path."
    ),
    parameters=(
        click.Argument(["name"]),
        click.Argument(["constraint"], required=False, default=""),
    ),
    options=RemoveOptions,
    run=remove,
)
