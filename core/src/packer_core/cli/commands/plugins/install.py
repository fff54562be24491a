"""``packer plugins install``.

A plugin is a Python distribution in an environment of its own, so this takes what pip takes: a
name with or without versions, a wheel, a folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.errors import UsageError
from packer_core.cli.options import Switch

from .shared import installer

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """Of ``packer plugins install``."""

    requirement: str
    editable: bool
    force: bool
    path: str = ""


def install(app: App, options: InstallOptions) -> int:
    """Put a plugin into an environment of its own, or a binary where HashiCorp keeps them."""
    if options.path:
        return _place(app, options)
    with app.interruptible("installation"):
        installer(app).install(
            options.requirement, editable=options.editable, upgrade=options.force
        )
    return 0


def _place(app: App, options: InstallOptions) -> int:
    from packer_core.plugins import binary_store  # noqa: PLC0415 - for one flag

    if options.editable:
        raise UsageError("-path and -editable do not go together")
    root = app.paths.plugin_folders[0]
    with app.interruptible("installation"):
        path = binary_store.place(
            Path(options.path),
            options.requirement,
            root,
            environ=app.environ,
            cancel=app.cancel,
        )
    app.ui.say(f"Installed {options.requirement} as {path}")
    return 0


COMMAND = Command(
    "install",
    "Install a plugin into an environment of its own",
    description=(
        "REQUIREMENT is what pip takes: packer-plugin-NAME, with versions if it matters"
        " (packer-plugin-NAME==1.2), a wheel, or a folder."
        "\n\nWith -path, it is an address, such as github.com/OWNER/NAME: the program at PATH, in"
        " whatever language, is put where HashiCorp's packer would find it."
    ),
    parameters=(
        click.Argument(["requirement"]),
        Switch(
            ["-editable", "editable"],
            help="REQUIREMENT is the folder of a plugin you work on; use it in place.",
        ),
        click.Option(
            ["-path", "path"],
            default="",
            metavar="PATH",
            help="Install this program, under the address that stands in for REQUIREMENT.",
        ),
        Switch(["-force", "force"], help="Install anew even if it is there already."),
    ),
    options=InstallOptions,
    run=install,
)
