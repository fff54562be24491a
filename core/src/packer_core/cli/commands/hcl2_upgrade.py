"""``packer hcl2_upgrade``: a JSON template in HCL2 (H2U-001)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.failures import report
from packer_core.cli.options import Switch
from packer_core.cli.templates import show_warnings
from packer_core.diagnostics import Diagnostic
from packer_core.errors import PluginNotFound, TemplateError
from packer_core.template.inputs import VariableInputs
from packer_core.template.json_load import read_json_template
from packer_core.template.load import is_hcl
from packer_core.template.upgrade import upgrade
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.template.upgrade import Upgraded
    from packer_sdk.wire.specs import ObjectSpec

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class UpgradeOptions:
    """What the command line says."""

    template: str
    output_file: str = ""
    with_annotations: bool = False


def run(app: App, options: UpgradeOptions) -> int:
    """Write the template in HCL2, beside the old one.

    Raises:
        TemplateError: it is no JSON template, or nothing can be written there.
    """
    path = Path(options.template)
    if options.template == "-" or is_hcl(path, "json"):
        summary = f"only a file with a template in JSON is turned into HCL2: {path}"
        raise TemplateError([Diagnostic(summary, hint="packer hcl2_upgrade box.json")])
    template = read_json_template(path, inputs=VariableInputs(environ=app.environ))
    schemas = Schemas(app)
    upgraded = upgrade(template, schemas, annotate=options.with_annotations)
    target = Path(options.output_file or f"{options.template}.pkr.hcl")
    _write(target, upgraded.text)
    _tell(app, upgraded, schemas)
    app.ui.say(f"Written: {target}")
    return 1 if upgraded.unknown else 0


class Schemas:
    """The options of components, as far as they are installed.

    Attributes:
        errors: Why those are not known that are installed.
    """

    def __init__(self, app: App) -> None:
        self.errors: list[PackerError] = []
        self._specs = app.specs()

    def __call__(self, kind: str, type_: str) -> ObjectSpec | None:
        """Those of one component; None if nobody knows."""
        try:
            return self._specs.config_spec(kind, type_)
        except PluginNotFound as error:
            logger.info("%s", error)
        except PackerError as error:
            self.errors.append(error)
        return None


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise TemplateError([Diagnostic(f"cannot write {path}: {reason}")]) from error


def _tell(app: App, upgraded: Upgraded, schemas: Schemas) -> None:
    """Tell what to look at, and what nobody knows here."""
    notes = dict.fromkeys(upgraded.notes)
    show_warnings(app, (Diagnostic(note, severity="warning") for note in notes))
    for error in schemas.errors:
        report(app, error)
    if upgraded.unknown:
        names = ", ".join(f"{kind} {type_}" for kind, type_ in upgraded.unknown)
        hint = "install the plugins and upgrade again, or look at each option that is a guess"
        report(app, PluginNotFound(f"not installed: {names}", hint=hint))


COMMAND = Command(
    "hcl2_upgrade",
    "Turn a JSON template into HCL2",
    description=(
        "Writes a template in HCL2 that builds the same, as TEMPLATE.pkr.hcl beside the old one,"
        " which stays as it is. What is left to do is told, and stands as a comment where it is."
    ),
    parameters=(
        click.Option(
            ["-output-file", "output_file"],
            default="",
            metavar="PATH",
            help="Write this file; the default is TEMPLATE.pkr.hcl.",
        ),
        Switch(
            ["-with-annotations", "with_annotations"],
            help="Explain each kind of block to those who are new to HCL2.",
        ),
        click.Argument(["template"], metavar="TEMPLATE"),
    ),
    options=UpgradeOptions,
    run=run,
)
