"""``packer plugins prune``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch

from .shared import say_json

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class PruneOptions:
    """Of ``packer plugins prune``."""

    keep: int
    json: bool


def prune(app: App, options: PruneOptions) -> int:
    """Remove what does not count any more."""
    from packer_core.plugins.install import upkeep  # noqa: PLC0415 - not for help
    from packer_core.plugins.release_store import prune_archives  # noqa: PLC0415

    with app.interruptible("clean-up"):
        pruned = upkeep.prune(app.paths, app.ui.say, app.cancel, keep=options.keep)
        freed = pruned.freed_bytes + prune_archives(app.paths)
    if options.json:
        say_json(
            app,
            generations=list(pruned.generations),
            freed_bytes=freed,
            in_use=list(pruned.in_use),
        )
        return 0
    for path in pruned.generations:
        app.ui.say(f"Removed {path}")
    for path in pruned.in_use:
        app.ui.say(f"Left {path}: a build is using it")
    app.ui.say(f"Freed {freed} bytes of wheels and archives that nobody needs")
    return 0


COMMAND = Command(
    "prune",
    "Remove earlier versions of plugins, and what they were made of",
    description=(
        "What counts stays. There is nothing to roll back to afterwards, unless -keep says so."
    ),
    parameters=(
        click.Option(
            ["-keep", "keep"],
            type=click.IntRange(min=0),
            default=0,
            metavar="COUNT",
            help="Earlier versions of each plugin to keep; none without it.",
        ),
        Switch(["-json", "json"], help="Print an object in JSON."),
    ),
    options=PruneOptions,
    run=prune,
)
