"""``packer plugins``: what is installed, and changing that (PLC-001 to PLC-004).

A plugin is a Python distribution in an environment of its own, so ``install`` takes what pip
takes: a name with or without versions, a wheel, a folder.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command, Group
from packer_core.cli.help import table
from packer_core.cli.options import Switch
from packer_core.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packer_core.app import App
    from packer_core.plugins.catalog import Component
    from packer_core.plugins.install.installer import Installer
    from packer_core.plugins.install.receipts import InstalledRow

HEADER = ("KIND", "NAME", "VERSION", "PLUGIN", "STATE", "SOURCE")

BUNDLED = "packer-plugin-bundled"
"""Pinned by core to its own version."""


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """Of ``packer plugins install``."""

    requirement: str
    editable: bool
    force: bool


@dataclass(frozen=True, slots=True)
class ListOptions:
    """Of ``packer plugins list``."""

    json: bool


@dataclass(frozen=True, slots=True)
class RemoveOptions:
    """Of ``packer plugins remove``."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """One component as the list shows it; what is not known is empty.

    Attributes:
        kind: Of the component.
        name: What templates call it.
        version: Of its plugin.
        plugin: The distribution, if it was installed or came with packer.
        state: ``ok``, or why it cannot be started; ``shadowed`` if another one is used instead.
        source: Where it was found.
        path: The file that was found.
    """

    kind: str
    name: str
    version: str
    plugin: str
    state: str
    source: str
    path: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The columns of the table."""
        return (self.kind, self.name, self.version, self.plugin, self.state, self.source)


def install(app: App, options: InstallOptions) -> int:
    """Put a plugin into an environment of its own."""
    with app.interruptible("installation"):
        _installer(app).install(
            options.requirement, editable=options.editable, upgrade=options.force
        )
    return 0


def remove(app: App, options: RemoveOptions) -> int:
    """Take a plugin and its environment away."""
    with app.interruptible("removal"):
        _installer(app).remove(options.name)
    return 0


def list_components(app: App, options: ListOptions) -> int:
    """Show every component that can be used, and what it took the place of."""
    installed = {(row.kind, row.name): row for row in _installer(app).rows()}
    rows = [row for one in app.catalog.components() for row in _rows(one, installed)]
    if options.json:
        app.ui.say(json.dumps([asdict(row) for row in rows], indent=2))
        return 0
    app.ui.say("\n".join(line.removeprefix("  ") for line in table([HEADER, *_cells(rows)])))
    for refusal in app.catalog.refused:
        app.ui.say(f"not used: {refusal}")
    return 0


def _cells(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield tuple(cell or "-" for cell in row.cells)


def _installer(app: App) -> Installer:
    from packer_core.plugins.install.installer import Installer  # noqa: PLC0415 - not for help

    return Installer(app.paths, app.ui.say, environ=app.environ, cancel=app.cancel)


def _rows(component: Component, installed: dict[tuple[str, str], InstalledRow]) -> Iterator[Row]:
    """A component, and below it those it took the place of."""
    yield _row(component, installed)
    for one in component.shadowed():
        yield replace(_row(one, installed), state="shadowed")


def _row(component: Component, installed: dict[tuple[str, str], InstalledRow]) -> Row:
    version = plugin = ""
    state = "ok"
    if component.source == "bundled":
        version, plugin = VERSION, BUNDLED
    elif component.source == "installed" and (
        known := installed.get((component.kind, component.name))
    ):
        version, plugin, state = known.version, known.distribution, known.state
    return Row(
        kind=component.kind,
        name=component.name,
        version=version,
        plugin=plugin,
        state=state,
        source=component.source,
        path=str(component.path),
    )


COMMAND = Group(
    "plugins",
    "Install, list and remove plugins",
    members=(
        Command(
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
        ),
        Command(
            "list",
            "Show every component, its plugin and where it was found",
            description="A component that is shadowed is there, but another one is used instead.",
            parameters=(Switch(["-json", "json"], help="Print a list of objects in JSON."),),
            options=ListOptions,
            run=list_components,
        ),
        Command(
            "remove",
            "Remove a plugin and its environment",
            description="NAME is packer-plugin-NAME, or NAME alone.",
            parameters=(click.Argument(["name"]),),
            options=RemoveOptions,
            run=remove,
        ),
    ),
    aliases={"installed": "list"},
)
