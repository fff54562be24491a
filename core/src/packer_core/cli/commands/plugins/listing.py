"""``packer plugins list``: every component that can be used, and where it was found."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from packer_core.cli.command import Command
from packer_core.version import VERSION

from .shared import say_json, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import click

    from packer_core.app import App
    from packer_core.plugins.catalog import Component
    from packer_core.plugins.install.receipts import InstalledRow

HEADER = ("KIND", "NAME", "VERSION", "PLUGIN", "STATE", "SOURCE")

BUNDLED = "packer-plugin-bundled"
"""Pinned by core to its own version."""


@dataclass(frozen=True, slots=True)
class ListOptions:
    """Of ``packer plugins list``."""

    json: bool = False


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


def list_components(app: App, options: ListOptions) -> int:
    """Show every component that can be used, and what it took the place of."""
    from packer_core.plugins.install.receipts import (  # noqa: PLC0415 - not for help
        installed_rows,
        read_receipts,
    )

    receipts = read_receipts(app.paths.receipts)
    installed = {(row.kind, row.name): row for row in installed_rows(receipts)}
    rows = [row for one in app.catalog.components() for row in _rows(one, installed)]
    if options.json:
        refused = [str(refusal) for refusal in app.catalog.refused]
        say_json(app, components=[asdict(row) for row in rows], refused=refused)
        return 0
    app.ui.say(table_of([HEADER, *_cells(rows)]))
    for refusal in app.catalog.refused:
        app.ui.say(f"not used: {refusal}")
    return 0


def _cells(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield tuple(cell or "-" for cell in row.cells)


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
    elif component.source == "plugin binary":
        version, plugin = component.version, component.path.name.partition("_")[0]
    return Row(
        kind=component.kind,
        name=component.name,
        version=version,
        plugin=plugin,
        state=state,
        source=component.source,
        path=str(component.path),
    )


def _parameters() -> tuple[click.Parameter, ...]:
    from packer_core.cli.options import Switch  # noqa: PLC0415 - shells complete with this list

    return (Switch(["-json", "json"], help="Print an object in JSON."),)


COMMAND = Command(
    "list",
    "Show every component, its plugin and where it was found",
    description="A component that is shadowed is there, but another one is used instead.",
    parameters=_parameters,
    options=ListOptions,
    run=list_components,
)
