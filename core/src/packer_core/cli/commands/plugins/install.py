"""``packer plugins install``.

A plugin is a Python distribution in an environment of its own, so this takes what pip takes: a
name with or without versions, a wheel, a folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
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


def install(app: App, options: InstallOptions) -> int:
    """Put a plugin into an environment of its own."""
    with app.interruptible("installation"):
        installer(app).install(
            options.requirement, editable=options.editable, upgrade=options.force
        )
    return 0


COMMAND = Command(
    "install",
    "Install a plugin into an environment of its own",
    description=(
        "REQUIREMENT is what pip takes: packer-plugin-NAME, with versions if it matters"
        " (packer-plugin-NAME==1.2), a wheel, or a folder."
    ),
    parameters=(
        click.Argument(["requirement"]),
        Switch(
            ["-editable", "editable"],
            help="REQUIREMENT is the folder of a plugin you work on; use it in place.",
        ),
        Switch(["-force", "force"], help="Install anew even if it is there already."),
    ),
    options=InstallOptions,
    run=install,
)
