"""``packer plugins explain``: why this one, of all that are called so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch

from .shared import installer, say_json, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.app import App
    from packer_core.plugins.catalog import Component
    from packer_core.plugins.install.receipts import Receipt

_WHY = {
    "plugin binary": "is used unless anything else has the name",
    "bundled": "comes with packer, and gives way to whatever a person installs",
    "installed": "was installed, which wins over what comes with packer",
    "executable folder": "lies beside packer, which wins over what is installed",
    "plugin folder": "lies in a plugin folder, which wins over what is installed",
    "working folder": "lies in the working folder, which wins over every other folder",
    "config file": "is named in the config file, which always wins",
}


@dataclass(frozen=True, slots=True)
class ExplainOptions:
    """Of ``packer plugins explain``."""

    kind: str
    name: str
    json: bool


def explain(app: App, options: ExplainOptions) -> int:
    """Show where a component comes from, and what it took the place of."""
    component = app.catalog.find(options.kind, options.name)
    receipt = _receipt(app, component)
    facts = dict(_facts(component, receipt))
    if options.json:
        shadows = [{"path": str(one.path), "source": one.source} for one in component.shadowed()]
        say_json(app, kind=component.kind, name=component.name, shadows=shadows, **facts)
        return 0
    rows = [(key.replace("_", " "), value) for key, value in facts.items()]
    rows += [
        ("shadows", f"{one.path} ({one.source}), which {_WHY.get(one.source, '')}".rstrip())
        for one in component.shadowed()
    ]
    app.ui.say(f"{component}\n{table_of(rows)}")
    return 0


def _receipt(app: App, component: Component) -> Receipt | None:
    if component.source != "installed":
        return None
    for receipt in installer(app).installed():
        if str(component.path) in receipt.shims:
            return receipt
    return None


def _facts(component: Component, receipt: Receipt | None) -> Iterator[tuple[str, str]]:
    yield "path", str(component.path)
    yield "source", component.source
    yield "why", f"it {_WHY.get(component.source, 'was found there')}"
    if receipt is None:
        return
    from packer_core.plugins.install import upkeep  # noqa: PLC0415 - not for help

    differences = upkeep.verify(receipt)
    yield "plugin", receipt.distribution
    yield "version", receipt.version
    yield "requirement", f"{receipt.requirement} ({receipt.origin})"
    yield "installed", f"{receipt.installed_at} by {receipt.installer}"
    yield "python", f"{receipt.interpreter_version} {receipt.interpreter}"
    yield "environment", receipt.environment
    yield "state", receipt.state
    yield "files", differences[0] if differences else "as they were installed"


COMMAND = Command(
    "explain",
    "Tell where a component comes from, and why it is the one that is used",
    description=(
        "KIND is builder, provisioner, post-processor or datasource; NAME is what templates call"
        " it. For a run, see packer explain RUN."
    ),
    parameters=(
        click.Argument(["kind"]),
        click.Argument(["name"]),
        Switch(["-json", "json"], help="Print an object in JSON."),
    ),
    options=ExplainOptions,
    run=explain,
)
