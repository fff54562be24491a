"""``packer fix``: an old JSON template as it is written today (FIX-001)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch
from packer_core.template.load import read_json_template

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class FixOptions:
    """What the command line says."""

    template: str
    validate: bool = True


def run(app: App, options: FixOptions) -> int:
    """Print the template in its new form; the file stays as it is."""
    template = read_json_template(Path(options.template))
    app.ui.say(json.dumps(template, indent=2, sort_keys=True, ensure_ascii=False))
    return 0


COMMAND = Command(
    "fix",
    "Bring an old JSON template up to date",
    description=(
        "Prints the template with options of old releases replaced by those that took their"
        " place. The file stays as it is; - reads standard input."
    ),
    parameters=(
        Switch(
            ["-validate", "validate"],
            default=True,
            help="-validate=false does not look whether what comes out is a template.",
        ),
        click.Argument(["template"], metavar="TEMPLATE"),
    ),
    options=FixOptions,
    run=run,
)
