"""What the commands that read a template have in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.engine.plan import build_names, unknown_choices
from packer_core.nearest import did_you_mean, join
from packer_core.template.load import load_template
from packer_core.template.variables import VariableInputs

from . import options as flags
from .recording import record_template
from .render import render_diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_core.app import App
    from packer_core.engine.choice import Choice
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
        app.ui.say(f"{render_diagnostic(warning, color=app.color)}\n")


def show_undeclared(app: App, template: Template) -> None:
    """Warn of variables that are set and neither declared nor used (BLD-013)."""
    declared = [variable.name for variable in template.variables.values() if variable.place]
    show_warnings(
        app,
        (
            Diagnostic(
                f'variable "{name}" is set by {template.variables[name].source}, but the template'
                " does not declare it",
                hint=did_you_mean(name, declared),
                severity="warning",
            )
            for name in template.undeclared
        ),
    )


def show_unknown_choices(app: App, template: Template, choice: Choice) -> None:
    """Warn of names behind ``-only`` and ``-except`` that match nothing."""
    names = build_names(template)
    show_warnings(
        app,
        (
            Diagnostic(
                f"no build is named {name}",
                hint=did_you_mean(name, names) or f"there are {join(names)}",
                severity="warning",
            )
            for name in unknown_choices(template, choice)
        ),
    )
