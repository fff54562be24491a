"""``packer plugins new``: a whole plugin to start from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.plugins.scaffold import CIS, LICENCES, Choices, create
from packer_sdk.plugin import KINDS

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class NewOptions:
    """Of ``packer plugins new``."""

    name: str
    kinds: tuple[str, ...]
    licence: str
    ci: str
    author: str
    description: str
    to: str


def new(app: App, options: NewOptions) -> int:
    """Write a plugin."""
    choices = Choices(
        name=options.name,
        kinds=options.kinds or KINDS,
        licence=options.licence,
        ci=options.ci,
        author=options.author,
        description=options.description,
    )
    folder = create(choices, Path(options.to))
    app.ui.say(f"Wrote {folder}. To use it as it is, and to try it:")
    app.ui.say(f"  packer plugins install -editable {folder}")
    app.ui.say(f"  packer build {folder / 'example' / 'template.pkr.hcl'}")
    return 0


COMMAND = Command(
    "new",
    "Write a new plugin to start from",
    description=(
        "NAME is what templates will say: packer plugins new note writes packer-plugin-note, with"
        " a component of each kind, tests, documentation and an example."
    ),
    parameters=(
        click.Argument(["name"]),
        click.Option(
            ["-kind", "kinds"],
            multiple=True,
            type=click.Choice(KINDS),
            help="With a component of this kind; may be repeated. All four without it.",
        ),
        click.Option(
            ["-licence", "licence"],
            default=LICENCES[0],
            type=click.Choice(LICENCES),
            help=f"{LICENCES[0]} without it.",
        ),
        click.Option(
            ["-ci", "ci"],
            default=CIS[0],
            type=click.Choice(CIS),
            help=f"Where its tests run; {CIS[0]} without it.",
        ),
        click.Option(["-author", "author"], default="", help="Who holds the copyright."),
        click.Option(
            ["-description", "description"], default="", help="What it does, in one line."
        ),
        click.Option(
            ["-to", "to"],
            default="",
            metavar="DIR",
            help="The folder that gets the new one, instead of this one.",
        ),
    ),
    options=NewOptions,
    run=new,
)
