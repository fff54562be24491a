"""``packer plugins upgrade``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command

from .shared import each, installer

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class UpgradeOptions:
    """Of ``packer plugins upgrade``."""

    names: tuple[str, ...]
    installer: str


def upgrade(app: App, options: UpgradeOptions) -> int:
    """Install plugins anew, from where they came from."""
    store = installer(app, options.installer)
    names = options.names or tuple(one.distribution for one in store.installed())
    if not names:
        app.ui.say("No plugin is installed")
        return 0
    with app.interruptible("upgrade"):
        return each(app, names, store.upgrade)


COMMAND = Command(
    "upgrade",
    "Install the newest versions of plugins",
    description=(
        "NAME is packer-plugin-NAME, or NAME alone; without any, all that are installed. Each is"
        " installed anew from the requirement, and the places, that it was installed with. The"
        " version before stays: packer plugins rollback goes back to it."
    ),
    parameters=(
        click.Argument(["names"], metavar="[NAME...]", nargs=-1),
        click.Option(["-installer", "installer"], default="", metavar="NAME", help="pip or uv."),
    ),
    options=UpgradeOptions,
    run=upgrade,
)
