"""What the commands that read a template have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.template.load import load_template
from packer_core.template.variables import VariableInputs

from . import options as flags
from .recording import record_template
from .render import render_diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_core.app import App
    from packer_core.diagnostics import Diagnostic
    from packer_core.template.model import Template

TEMPLATE_PARAMETERS = (flags.VAR, flags.VAR_FILE, flags.CONFIG_TYPE, flags.TEMPLATE)


@dataclass(frozen=True, kw_only=True)
class TemplateOptions:
    """Which template, and what its variables are set to."""

    template: str
    variables: tuple[tuple[str, str], ...] = ()
    var_files: tuple[str, ...] = ()
    config_type: str = "json"


def load(app: App, options: TemplateOptions, *, strict_variables: bool = True) -> Template:
    """Read the template, and mask its secrets from here on.

    Raises:
        TemplateError: it is refused.
    """
    app.crashes.template = str(Path(options.template).absolute())
    inputs = VariableInputs(
        assignments=options.variables,
        files=tuple(map(Path, options.var_files)),
        environ=app.environ,
    )
    template = load_template(
        Path(options.template),
        inputs,
        config_type=options.config_type,
        strict_variables=strict_variables,
    )
    for secret in template.secrets:
        app.secrets.register(secret)
    record_template(app, template)
    return template


def show_warnings(app: App, warnings: Iterable[Diagnostic]) -> None:
    """Show what is worth knowing though it stops nothing."""
    for warning in warnings:
        app.ui.say(render_diagnostic(warning, color=app.color))
