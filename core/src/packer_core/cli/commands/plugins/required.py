"""``packer plugins required``: what a template requires, and what of it is installed (PLC-005)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.cli import options as flags
from packer_core.cli.command import Command

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class RequiredOptions:
    """Of ``packer plugins required``."""

    template: str
    config_type: str


def required(app: App, options: RequiredOptions) -> int:
    """Show a line for each plugin that a template requires."""
    from packer_core.cli.needs import Needs  # noqa: PLC0415 - not for help
    from packer_core.template.hcl_plugins import read_required_plugins  # noqa: PLC0415

    found = read_required_plugins(Path(options.template), options.config_type)
    if not found:
        app.ui.say(f"{options.template} requires no plugins: it has no required_plugins block.")
    needs = Needs(app)
    for plugin in found:
        places = "".join(f" {path}" for path in needs.places(plugin))
        app.ui.say(f'{plugin.accessor} {plugin.source} "{plugin.version}"{places}')
    return 0


COMMAND = Command(
    "required",
    "Show what a template requires, and what of it is installed",
    description=(
        "A line for each plugin: its name in the template, where it comes from, which versions are"
        " allowed, and where those are that are installed, the one that is used last."
    ),
    parameters=(flags.CONFIG_TYPE, flags.TEMPLATE),
    options=RequiredOptions,
    run=required,
)
