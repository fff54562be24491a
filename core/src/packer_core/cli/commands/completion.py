"""``packer completion``: commands, flags and their values at the press of a key (CLI-008).

The scripts are static: nothing of packer runs when the user presses TAB. After an upgrade the
command is run again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command, Group
from packer_core.cli.completion import install as files
from packer_core.cli.completion.scripts import SHELLS, script
from packer_core.cli.completion.table import nodes
from packer_core.cli.errors import UsageError

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.cli.completion.install import Place
    from packer_core.cli.completion.table import Node


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """Of ``packer completion install`` and its opposite."""

    shell: str | None = None


def show(shell: str, app: App, options: object) -> int:  # noqa: ARG001
    """Print the script of a shell."""
    app.ui.say(script(shell, _nodes(app)).rstrip())
    return 0


def install(app: App, options: InstallOptions) -> int:
    """Make shells complete, and say what was done for that."""
    for place in _places(app, options.shell):
        for done in files.install(place, script(place.shell, _nodes(app))):
            app.ui.say(done)
    app.ui.say("Completion works in every shell that is started from now on.")
    return 0


def uninstall(app: App, options: InstallOptions) -> int:
    """Undo that."""
    places = [
        place
        for place in files.places(app.environ, app.paths.data_dir)
        if options.shell in (None, place.shell)
    ]
    done = [line for place in places for line in files.uninstall(place)]
    app.ui.say("\n".join(done) or "Completion was not installed.")
    return 0


def _places(app: App, shell: str | None) -> list[Place]:
    """The shell that was asked for, or else every one that is used."""
    places = files.places(app.environ, app.paths.data_dir)
    chosen = [place for place in places if place.shell == shell or (not shell and place.used)]
    if not chosen:
        raise UsageError(
            "no shell found to install completion for",
            hint=f"name one: packer completion install {SHELLS[0]}",
        )
    return chosen


def _nodes(app: App) -> list[Node]:
    return nodes(list(app.extensions.commands()) if app.extended else [])


_SHELL = click.Argument(["shell"], type=click.Choice(SHELLS), required=False, metavar="[SHELL]")

_PRINTERS = [
    Command(
        shell,
        f"Print the script for {shell}",
        description="For those who want to put it into its place themselves.",
        run=partial(show, shell),
    )
    for shell in SHELLS
]

COMMAND = Group(
    "completion",
    "Complete commands and flags in bash, zsh and fish",
    members=(
        *_PRINTERS,
        Command(
            "install",
            "Make shells complete, and say what was changed for that",
            description=(
                "SHELL is bash, zsh or fish; without it, every one of them that is used here."
                " Run it again after an upgrade."
            ),
            parameters=(_SHELL,),
            options=InstallOptions,
            run=install,
        ),
        Command(
            "uninstall",
            "Undo what install has changed",
            description="SHELL is bash, zsh or fish; without it, all of them.",
            parameters=(_SHELL,),
            options=InstallOptions,
            run=uninstall,
        ),
    ),
)
