"""A whole template: its blocks in the order in which people read them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packer_core.hcl.printer import format_text

from .components import Components
from .options import entries
from .texts import block, comment, quoted
from .variables import Variables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .components import Schemas

_PLUGINS = (
    "amazon", "ansible", "azure", "docker", "googlecompute", "qemu", "vagrant", "virtualbox",
    "vmware", "vsphere",
)  # fmt: skip
"""Plugins of HashiCorp that everybody gets from the same place."""

_VERSION = re.compile(r"v?([0-9]+(?:\.[0-9]+)*)")

_ANNOTATIONS = {
    "packer": "What the template needs: a version of packer, and plugins. packer init, or packer"
    " plugins install, gets the plugins.",
    "variables": "Variables. They are set with -var, with -var-file, with PKR_VAR_NAME in the"
    " environment, or in a file ending in .auto.pkrvars.hcl; otherwise the default counts. They"
    " are read as var.NAME.",
    "data": "Data sources are asked before a build begins; their answer is read as"
    " data.TYPE.NAME.ATTRIBUTE.",
    "locals": "Locals are worked out once, from variables, functions and each other. They are read"
    " as local.NAME.",
    "sources": "A source says how one machine is made. Nothing is done with it until a build names"
    " it.",
    "build": "A build runs provisioners on the machine of each of its sources, in their order, and"
    " post-processors on what comes out.",
}


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What has become of a template.

    Attributes:
        text: In HCL2, tidy.
        notes: What a reader should look at.
        unknown: Kind and type of components that are not installed here.
    """

    text: str
    notes: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()


def upgrade(template: Mapping[str, Any], schemas: Schemas, *, annotate: bool = False) -> Upgraded:
    """Write a JSON template in HCL2.

    Args:
        template: As JSON has it; it must be one that is accepted, or one without builders, which
            is a file of variables.
        schemas: Knows the options of components.
        annotate: Whether to explain each kind of block.
    """
    variables = Variables(
        template.get("variables") or {}, template.get("sensitive-variables") or ()
    )
    components = Components(variables, schemas)
    builders = [*entries(template.get("builders"))]
    named = components.name_builders(builders)
    sources: list[str] = []
    for builder, options in zip(named, builders, strict=True):
        sources += [*components.source(builder, options), ""]
    parts = {
        "sources": sources,
        "build": _build(template, components, [one.step_name for one in named]),
        "locals": variables.local_blocks(),
        "data": [*variables.data_blocks(), *components.data],
        "variables": variables.variable_blocks(),
    }
    plugins = {*variables.plugins, *_plugins(components.used)}
    parts["packer"] = _packer(template.get("min_packer_version"), plugins)
    lines = _remarks(template)
    for name in ("packer", "variables", "data", "locals", "sources", "build"):
        if parts[name]:
            lines += [*(comment(_ANNOTATIONS[name]) if annotate else ()), *parts[name], ""]
    return Upgraded(
        _tidy(lines),
        (*variables.notes, *components.notes),
        tuple(components.unknown),
    )


def _build(template: Mapping[str, Any], components: Components, sources: list[str]) -> list[str]:
    if not sources:
        return []
    lines = []
    if description := template.get("description"):
        lines += [f"description = {quoted(description)}", ""]
    names = ", ".join(quoted(f"source.{name}") for name in sources)
    lines += [f"sources = [{names}]", ""]
    for options in entries(template.get("provisioners")):
        lines += [*components.provisioner(options), ""]
    if cleanup := template.get("error-cleanup-provisioner"):
        lines += [*components.provisioner(cleanup, "error-cleanup-provisioner"), ""]
    for entry in template.get("post-processors") or ():
        lines += [*components.chain(entry), ""]
    return block("build", lines)


def _packer(version: str | None, plugins: set[str]) -> list[str]:
    lines = []
    if version and (found := _VERSION.match(version.strip())):
        lines += [f'required_version = ">= {found[1]}"']
    if plugins:
        inner: list[str] = []
        for name in sorted(plugins):
            options = [f'source = "github.com/hashicorp/{name}"', 'version = "~> 1"']
            inner += [f"{name} = {{", *options, "}"]
        lines += block("required_plugins", inner)
    return block("packer", lines) if lines else []


def _plugins(types: Iterable[str]) -> set[str]:
    return {
        name
        for type_ in types
        for name in _PLUGINS
        if type_ == name or type_.startswith(f"{name}-")
    }


def _remarks(template: Mapping[str, Any]) -> list[str]:
    """Comments of a JSON template: keys that begin with ``_``."""
    texts = [str(text) for name, text in template.items() if name.startswith("_")]
    if "push" in template:
        texts.append('"push" was for a service that is gone, and is left out.')
    return [*(line for text in texts for line in comment(text)), ""] if texts else []


def _tidy(lines: list[str]) -> str:
    """Blank lines apart, none in front of a brace that closes, and everything in columns."""
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n") + "\n")
    return format_text(re.sub(r"\n+(\n *\})", r"\1", text))
