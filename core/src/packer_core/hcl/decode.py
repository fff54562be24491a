"""Bodies to values, as the schema of a component describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import ListType, Mismatch, SetType
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec, implied_type

from . import nodes, values
from .body import BlockSchema, BodySchema
from .conversion import without_optional
from .convert import convert
from .evaluate import evaluate
from .involved import involved
from .marks import bare

if TYPE_CHECKING:
    from packer_sdk.cty.values import Value
    from packer_sdk.wire.specs import Spec

    from .body import AnyBody
    from .findings import Findings
    from .nodes import Attribute
    from .scope import Scope


def decode(body: AnyBody, spec: ObjectSpec, scope: Scope, findings: Findings) -> Value:
    """Work out a body.

    What may not be there, what is missing and what is of the wrong type are findings, each where it
    stands; in its place there is a value that is not known.

    Args:
        body: Of either syntax; of one from `expand_dynamic` the dynamic blocks are expanded.
        spec: What may be in it.
        scope: What names mean.
        findings: Where errors go.

    Returns:
        An object with everything the schema names; null where it was left out.
    """
    content = body.content(schema_of(spec))
    findings.add(content.diagnostics)
    blocks: dict[str, list[nodes.Block]] = {}
    for block in content.blocks:
        blocks.setdefault(block.type, []).append(block)
    named = {}
    for name, inner in spec.attributes.items():
        match inner:
            case Attr():
                found = content.attributes.get(inner.name)
                named[name] = _attribute(found, inner, scope, findings)
            case Block():
                given = blocks.get(inner.name, [])
                named[name] = _block(given, inner, body, scope, findings)
            case BlockList():
                given = blocks.get(inner.name, [])
                parts = [_nested(one.body, inner.nested, scope, findings) for one in given]
                named[name] = _list(parts, inner)
    return values.object_of(named)


def schema_of(spec: ObjectSpec) -> BodySchema:
    """What may stand in a body of a component."""
    attributes = [one for one in spec.attributes.values() if isinstance(one, Attr)]
    kinds = [one for one in spec.attributes.values() if isinstance(one, Block | BlockList)]
    return BodySchema(
        tuple(one.name for one in attributes),
        tuple(BlockSchema(name) for name in dict.fromkeys(one.name for one in kinds)),
        tuple(one.name for one in attributes if one.required),
    )


def _attribute(attribute: Attribute | None, spec: Attr, scope: Scope, findings: Findings) -> Value:
    if attribute is None:
        return values.null(without_optional(spec.type))
    before = findings.errors
    value = evaluate(attribute.expression, scope, findings)
    if findings.errors > before:
        return values.unknown(without_optional(spec.type))
    try:
        converted = convert(value, spec.type)
    except Mismatch as error:
        span, took_part = attribute.expression.span, involved(attribute.expression, scope)
        is_alone = isinstance(spec.type, ListType | SetType) and isinstance(value.type, str)
        hint = "a list stands in brackets, even one of one element: […]" if is_alone else None
        summary = f"{spec.name}: {error.message}"
        findings.error(summary, span, hint=hint, values=took_part)
        return values.unknown(without_optional(spec.type))
    if spec.required and bare(converted.content) is None:
        findings.error(f"{spec.name} is required, and must not be null", attribute.expression.span)
    return converted


def _block(
    found: list[nodes.Block], spec: Block, body: AnyBody, scope: Scope, findings: Findings
) -> Value:
    if not found:
        if spec.required:
            findings.error(f'a "{spec.name}" block is missing', body.span)
        return values.null(implied_type(spec))
    first, *others = found
    for other in others:
        place = first.type_span.place
        findings.error(
            f'only one "{spec.name}" block may stand here', other.span, f"the first is at {place}"
        )
    return _nested(first.body, spec.nested, scope, findings)


def _nested(body: AnyBody, spec: Spec, scope: Scope, findings: Findings) -> Value:
    assert isinstance(spec, ObjectSpec), "what is in a block is an object"
    return decode(body, spec, scope, findings)


def _list(parts: list[Value], spec: BlockList) -> Value:
    element = implied_type(spec.nested)
    if values.is_settled(element):
        return values.list_of(element, parts)
    types = [part.type for part in parts]
    if all(one == types[0] for one in types):
        return values.list_of(types[0] if types else element, parts)
    return values.tuple_of(parts)
