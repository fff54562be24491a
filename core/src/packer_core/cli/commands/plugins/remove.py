"""``packer plugins remove``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command

from .shared import installer

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class RemoveOptions:
    """Of ``packer plugins remove``."""

    name: str


def remove(app: App, options: RemoveOptions) -> int:
    """Take a plugin and its environment away."""
    with app.interruptible("removal"):
        installer(app).remove(options.name)
    return 0


COMMAND = Command(
    "remove",
    "Remove a plugin and its environment",
    description="NAME is packer-plugin-NAME, or NAME alone.",
    parameters=(click.Argument(["name"]),),
    options=RemoveOptions,
    run=remove,
)
