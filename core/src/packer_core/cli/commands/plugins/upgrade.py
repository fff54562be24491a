"""``packer plugins upgrade``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command

from .shared import each_watched, installer

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class UpgradeOptions:
    """Of ``packer plugins upgrade``."""

    names: tuple[str, ...]
    installer: str


def upgrade(app: App, options: UpgradeOptions) -> int:
    """Install plugins anew, from where they came from."""
    names = options.names or tuple(one.distribution for one in installer(app).installed())
    if not names:
        app.ui.say("No plugin is installed")
        return 0

    def one(name: str, told: Callable[[str], None]) -> None:
        installer(app, options.installer, told).upgrade(name)

    with app.interruptible("upgrade"):
        return each_watched(app, names, "upgrading", one)


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
