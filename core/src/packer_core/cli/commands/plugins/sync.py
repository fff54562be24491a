"""``packer plugins sync``: make the store hold exactly what a lock names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """Of ``packer plugins sync``."""

    template: str
    keep: bool


def sync(app: App, options: SyncOptions) -> int:
    """Install what the lock names, and remove what it does not name."""
    from packer_core.cli.locks import Bringing, existing, locked_store, path_of  # noqa: PLC0415

    path = path_of(options.template)
    lock = existing(path)
    with app.interruptible("installation"):
        failed = Bringing(app=app, lock=lock, folder=path.parent, strict=False).everything()
        if not failed and not options.keep:
            locked_store(app, path.parent).remove_others(lock)
    return failed


COMMAND = Command(
    "sync",
    "Make the store hold exactly what a lock names",
    description=(
        "The lock is that beside TEMPLATE, or packer.lock in the working folder. What it names is"
        " installed; other plugins in Python, and other versions of its plugins in Go, are removed."
        " No network is asked for what was fetched once."
    ),
    parameters=(
        Switch(["-keep", "keep"], help="Remove nothing."),
        click.Argument(["template"], metavar="[TEMPLATE]", required=False, default=""),
    ),
    options=SyncOptions,
    run=sync,
)
