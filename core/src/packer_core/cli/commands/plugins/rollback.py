"""``packer plugins rollback``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command

from .shared import installer

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class RollbackOptions:
    """Of ``packer plugins rollback``."""

    name: str


def rollback(app: App, options: RollbackOptions) -> int:
    """Use what was there before the last change."""
    with app.interruptible("rollback"):
        installer(app).rollback(options.name)
    return 0


COMMAND = Command(
    "rollback",
    "Go back to the version of a plugin before the last change",
    description="NAME is packer-plugin-NAME, or NAME alone. Nothing is fetched or made.",
    parameters=(click.Argument(["name"]),),
    options=RollbackOptions,
    run=rollback,
)
