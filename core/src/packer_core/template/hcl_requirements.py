"""What a template requires of packer and of plugins: ``packer`` blocks (HCL-005 to HCL-007)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.constraints import EXAMPLE, NoConstraint, allows, parse_constraints
from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.scope import EMPTY
from packer_core.hcl.values import entries, text_in
from packer_core.nearest import did_you_mean
from packer_core.plugin_sources import FORMS, read_source
from packer_core.version import COMPATIBLE
from packer_sdk.cty.types import ObjectType

from .model import RequiredPlugin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packer_core.hcl.findings import Findings
    from packer_core.hcl.nodes import Attribute, Block
    from packer_core.hcl.source import Span
    from packer_sdk.cty.values import Value

PACKER = BodySchema(("required_version",), (BlockSchema("required_plugins"),))
ROOT_OF_PACKER = BodySchema((), (BlockSchema("packer"),))
"""Of a file, for who reads nothing else of it."""

_ACCESSOR = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", re.ASCII)
_KEYS = ("source", "version")
_FORM = 'NAME = { source = "github.com/OWNER/NAME", version = ">= 1.0.0" }'


def check_version(blocks: Iterable[Block], findings: Findings) -> None:
    """Tell of every ``required_version`` that this program does not fulfil (HCL-005)."""
    for block in blocks:
        content = block.body.partial_content(PACKER)
        attribute = content.attributes.get("required_version")
        if attribute is None:
            continue
        text = _text(attribute, findings)
        if text is None:
            continue
        try:
            fits = allows(parse_constraints(text), COMPATIBLE)
        except NoConstraint as error:
            findings.error(str(error), attribute.expression.span, hint=f"such as {EXAMPLE}")
            continue
        if not fits:
            findings.error(
                f"the template needs Packer {text}; what is read here is that of {COMPATIBLE}",
                attribute.expression.span,
            )


def required_plugins(blocks: Iterable[Block], findings: Findings) -> tuple[RequiredPlugin, ...]:
    """Read every ``required_plugins`` block."""
    found: dict[str, RequiredPlugin] = {}
    for block in blocks:
        content = block.body.content(PACKER)
        findings.add(content.diagnostics)
        for inner in content.blocks:
            attributes, wrong = inner.body.just_attributes()
            findings.add(wrong)
            for plugin in _plugins(attributes.values(), findings):
                if first := found.get(plugin.accessor):
                    findings.error(
                        f'plugin "{plugin.accessor}" is required twice',
                        attributes[plugin.accessor].name_span,
                        detail=f"The other one is at {first.place}.",
                    )
                else:
                    found[plugin.accessor] = plugin
    return tuple(found.values())


def _plugins(attributes: Iterable[Attribute], findings: Findings) -> Iterator[RequiredPlugin]:
    for attribute in attributes:
        before = findings.errors
        if not _ACCESSOR.fullmatch(attribute.name):
            findings.error(
                f"not a name for a plugin: {attribute.name}",
                attribute.name_span,
                hint="lower-case letters, digits and hyphens, as in the names of components",
            )
        values = _keys(attribute, findings)
        if values is None or findings.errors > before:
            continue
        span = attribute.expression.span
        try:
            read_source(values["source"])
        except ValueError as error:
            findings.error(str(error), span, hint=f"host, owner and name: {FORMS}")
            continue
        try:
            constraints = parse_constraints(values["version"])
        except NoConstraint as error:
            findings.error(str(error), span, hint=f"such as {EXAMPLE}")
            continue
        yield RequiredPlugin(
            accessor=attribute.name,
            constraints=constraints,
            place=attribute.name_span.place,
            **values,
        )


def _keys(attribute: Attribute, findings: Findings) -> dict[str, str] | None:
    span = attribute.expression.span
    before = findings.errors
    value = evaluate(attribute.expression, EMPTY, findings)
    if findings.errors > before:
        return None
    if value.type == "string":
        text = text_in(value) if isinstance(value.content, str) else "…"
        findings.error(
            f'plugin "{attribute.name}" needs a source as well as a version',
            span,
            hint=f'{attribute.name} = {{ source = "github.com/OWNER/NAME", version = "{text}" }}',
        )
        return None
    if not isinstance(value.type, ObjectType):
        findings.error(f'plugin "{attribute.name}" is no object', span, hint=_FORM)
        return None
    return _texts(attribute.name, entries(value), span, findings)


def _texts(
    name: str, values: dict[str, Value], span: Span, findings: Findings
) -> dict[str, str] | None:
    before = findings.errors
    for key in values:
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or _FORM
            findings.error(f'unknown key "{key}" of plugin "{name}"', span, hint=hint)
    for key in _KEYS:
        if key not in values:
            findings.error(f'plugin "{name}" has no {key}', span, hint=_FORM)
        elif not isinstance(values[key].content, str):
            findings.error(f'the {key} of plugin "{name}" is no text', span, hint=_FORM)
    if findings.errors > before:
        return None
    return {key: text_in(values[key]) for key in _KEYS}


def _text(attribute: Attribute, findings: Findings) -> str | None:
    before = findings.errors
    value = evaluate(attribute.expression, EMPTY, findings)
    if findings.errors > before:
        return None
    if not isinstance(value.content, str):
        findings.error(f'"{attribute.name}" must be a string', attribute.expression.span)
        return None
    return value.content
