"""``packer fix``: an old JSON template as it is written today (FIX-001)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch
from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError
from packer_core.template.fix import FIXERS, fix
from packer_core.template.inputs import VariableInputs
from packer_core.template.json_load import check_json_template, read_json_template
from packer_core.template.load import is_hcl

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class FixOptions:
    """What the command line says."""

    template: str
    validate: bool = True


def run(app: App, options: FixOptions) -> int:
    """Print the template in its new form; the file stays as it is.

    Raises:
        TemplateError: it is no JSON, or what comes out is no template.
    """
    path = Path(options.template)
    if is_hcl(path, "json"):
        raise TemplateError(
            [
                Diagnostic(
                    f"only templates in JSON are fixed: {path}",
                    hint="packer validate tells what is wrong with one in HCL2",
                )
            ]
        )
    fixed = fix(read_json_template(path))
    text = json.dumps(fixed, indent=2, sort_keys=True, ensure_ascii=False)
    app.ui.say(text)
    if options.validate:
        check_json_template(text, f"{path}, as printed above", VariableInputs(environ=app.environ))
    return 0


_SUMMARIES = {fixer.name: fixer.summary for fixer in FIXERS}

COMMAND = Command(
    "fix",
    "Bring an old JSON template up to date",
    description=(
        "Prints the template with options of old releases replaced by those that took their"
        " place. The file stays as it is; - reads standard input."
        "\n\nFixers, in their order:\n\n\b\n"
        + "\n".join(f"{name}: {summary}" for name, summary in _SUMMARIES.items())
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
