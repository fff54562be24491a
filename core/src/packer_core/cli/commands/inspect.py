"""``packer inspect``: what is in a template, without starting a plugin (INS-001)."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from packer_core.cli.command import Command
from packer_core.cli.templates import TEMPLATE_PARAMETERS, TemplateOptions, load, show_warnings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_core.app import App
    from packer_core.template.model import Template, Variable

HIDDEN = "<sensitive>"


def run(app: App, options: TemplateOptions) -> int:
    """Show it to people, or its records to programs (UI-005)."""
    template = load(app, options, strict_variables=False)
    show_warnings(app, template.warnings)
    for record in _records(template):
        app.ui.machine(*record)
    app.ui.say("\n".join(_lines(template)))
    return 0


def _lines(template: Template) -> Iterable[str]:
    if template.description:
        yield from ("Description:", "", textwrap.indent(template.description, "  "), "")
    variables = template.variables.values()
    required = [v for v in variables if v.required]
    optional = [v for v in variables if not v.required]
    if required:
        yield from ("Required variables:", "", *(f"  {v.name}" for v in required), "")
    yield from ("Optional variables and their defaults:", "")
    width = max((len(v.name) for v in optional), default=0)
    yield from (f"  {v.name:{width}} = {_default(v)}" for v in optional)
    yield from ([] if optional else ["  <no variables>"])
    yield from ("", "Builders:", "")
    width = max((len(source.name) for source in template.sources), default=0)
    for source in template.sources:
        kind = "" if source.name == source.type else f" ({source.type})"
        yield f"  {source.name:{width if kind else 0}}{kind}"
    yield from ("", "Provisioners:", "")
    yield from (f"  {provision.type}" for provision in template.provisions)
    yield from ([] if template.provisions else ["  <no provisioners>"])
    yield from ("", "Post-processors:", "")
    yield from ("  " + " -> ".join(step.name for step in chain) for chain in template.chains)
    yield from ([] if template.chains else ["  <no post-processors>"])


def _records(template: Template) -> Iterable[tuple[str, ...]]:
    for variable in template.variables.values():
        required = "1" if variable.required else "0"
        yield ("template-variable", variable.name, _default(variable), required)
    for source in template.sources:
        yield ("template-builder", source.name, source.type)
    for provision in template.provisions:
        yield ("template-provisioner", provision.type)


def _default(variable: Variable) -> str:
    return HIDDEN if variable.sensitive else variable.default or ""


COMMAND = Command(
    "inspect",
    "Show what is in a template",
    description="Its variables, builders, provisioners and post-processors. Starts no plugin.",
    parameters=TEMPLATE_PARAMETERS,
    options=TemplateOptions,
    run=run,
)
