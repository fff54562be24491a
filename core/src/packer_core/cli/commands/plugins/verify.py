"""``packer plugins verify``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch

from .shared import installer, say_json

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.plugins.install.receipts import Receipt


@dataclass(frozen=True, slots=True)
class VerifyOptions:
    """Of ``packer plugins verify``."""

    names: tuple[str, ...]
    repair: bool
    json: bool


def verify(app: App, options: VerifyOptions) -> int:
    """Compare every file of installed plugins with its hash."""
    from packer_core.plugins.install import upkeep  # noqa: PLC0415 - not for help

    store = installer(app)
    receipts = [store.known(name) for name in options.names] or store.installed()
    found = {one.distribution: upkeep.verify(one) for one in receipts}
    lost = [] if options.names else list(upkeep.unreadable(app.paths))
    if options.repair:
        with app.interruptible("repair"):
            for name in [name for name, differences in found.items() if differences]:
                store.rebuild(name)
                found[name] = upkeep.verify(store.known(name))
                if not options.json:
                    app.ui.say(f"Made {name} again, from its wheels")
    if options.json:
        plugins = [
            {"plugin": name, "ok": not differences, "differences": differences}
            for name, differences in found.items()
        ]
        plugins += [
            {"plugin": one.plugin, "ok": False, "differences": [one.problem]} for one in lost
        ]
        say_json(app, plugins=plugins)
    else:
        _tell(app, receipts, found)
        for one in lost:
            app.ui.say(f"{one.plugin} cannot be compared: {one.problem}\n  {one.hint}")
    return 1 if lost or any(found.values()) else 0


def _tell(app: App, receipts: list[Receipt], found: dict[str, list[str]]) -> None:
    for receipt in receipts:
        differences = found[receipt.distribution]
        if not differences:
            app.ui.say(f"{receipt.distribution} {receipt.version} is as it was installed")
            continue
        app.ui.say(f"{receipt.distribution} {receipt.version} is not what was installed:")
        for difference in differences:
            app.ui.say(f"  {difference}")
        app.ui.say(f"packer plugins verify -repair {receipt.distribution} makes it again")


COMMAND = Command(
    "verify",
    "Compare every file of installed plugins with its hash",
    description="NAME is packer-plugin-NAME, or NAME alone; without any, all are looked at.",
    parameters=(
        click.Argument(["names"], metavar="[NAME...]", nargs=-1),
        Switch(
            ["-repair", "repair"],
            help="Make what was changed again, from the wheels that were kept; no network.",
        ),
        Switch(["-json", "json"], help="Print an object in JSON."),
    ),
    options=VerifyOptions,
    run=verify,
)
