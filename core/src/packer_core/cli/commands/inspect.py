"""``packer inspect``: what is in a template (INS-001)."""

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
    app.ui.say("\n".join(_lines(template) if template.language == "json" else hcl_lines(template)))
    return 0


def hcl_lines(template: Template) -> Iterable[str]:
    """An HCL2 template (INS-001)."""
    yield from ("Packer Inspect: HCL2 mode", "", *variable_lines(template), "> builds:")
    for number, block in enumerate(template.blocks):
        yield from ("", f"  > {block.name or f'<unnamed build {number}>'}:", "")
        yield from (f"  > Description: {block.description}", "") if block.description else ()
        yield from _section("sources", [source.step_name for source in block.sources])
        names = [_named(one.type, one.name) for one in block.provisions]
        yield from _section("provisioners", names)
        yield from ("    post-processors:", "")
        for position, chain in enumerate(block.chains):
            yield f"      {position}:"
            yield from (f"        {_named(step.type, step.name)}" for step in chain)
        yield from () if block.chains else ("      <no post-processor>",)


def variable_lines(template: Template) -> Iterable[str]:
    """Variables and locals with their values."""
    declared = [variable for variable in template.variables.values() if variable.place]
    yield from ("> input-variables:", "", *_values("var", declared), "")
    yield from ("> local-variables:", "", *_values("local", template.locals.values()), "")


def _values(prefix: str, variables: Iterable[Variable]) -> Iterable[str]:
    for variable in sorted(variables, key=lambda one: one.name):
        shown = f'"{HIDDEN}"' if variable.sensitive else variable.value
        yield f"{prefix}.{variable.name}: {shown if variable.is_set else '<unknown>'}"


def _section(title: str, names: list[str]) -> Iterable[str]:
    yield from (f"    {title}:", "")
    yield from (f"      {name}" for name in names)
    yield from (f"      <no {title.removesuffix('s')}>",) if not names else ()
    yield ""


def _named(type_: str, name: str) -> str:
    return type_ if name in {"", type_} else f"{type_}.{name}"


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
    description="Its variables and builds. Of the plugins, only data sources are started.",
    parameters=TEMPLATE_PARAMETERS,
    options=TemplateOptions,
    run=run,
)
