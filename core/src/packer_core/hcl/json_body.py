"""The JSON syntax of HCL: ``.pkr.json`` and ``.pkrvars.json``.

What a member of an object is depends on who asks: with a schema that names a block, its value is
the body of the block, or an array of bodies, below one level of keys for each label. Otherwise it
is an argument, and its strings are templates. A key ``//`` is a comment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.nearest import did_you_mean
from packer_sdk.records import aside, record

from . import nodes
from .body import Body, Content, block_form, missing
from .json_text import JsonArray, JsonObject, JsonScalar, JsonString, Unreadable, read_json
from .parser import File, parse_template, source_of
from .source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .body import BlockSchema, BodySchema
    from .json_text import JsonNode

_COMMENT = "//"
_Member = tuple[JsonString, "JsonNode"]


def parse_json_file(data: bytes | str, path: str) -> File:
    """Read a file of JSON syntax: ``.pkr.json``, ``.pkrvars.json``.

    Args and result are those of `packer_core.hcl.parser.parse_file`.
    """
    source = source_of(data, path)
    try:
        root = read_json(source)
    except Unreadable as error:
        empty = Body((), (), Span(source, 0, len(source.text)))
        finding = Diagnostic(error.summary, error.span.place, hint=error.hint)
        return File(source, empty, (finding,))
    findings: list[Diagnostic] = []
    body = JsonBody(tuple(_members(root, findings, "the file")), root.span)
    return File(source, body, tuple(findings))


@record
class JsonBody:
    """A body of JSON syntax: members that are blocks or arguments, as a schema wants it.

    Attributes:
        members: Keys and values, in the order of the text; no comments.
    """

    members: tuple[_Member, ...]
    span: Span = aside()

    def content(self, schema: BodySchema) -> Content:
        """See `AnyBody.content`."""
        content = self.partial_content(schema)
        assert isinstance(content.remaining, JsonBody)
        known = [*schema.attributes, *(block.type for block in schema.blocks)]
        unknown = (
            Diagnostic(
                f"neither an argument nor a block: {key.value}",
                key.span.place,
                hint=did_you_mean(key.value, known),
            )
            for key, _ in content.remaining.members
        )
        empty = Body((), (), self.span)
        return content._replace(diagnostics=(*content.diagnostics, *unknown), remaining=empty)

    def partial_content(self, schema: BodySchema) -> Content:
        """See `AnyBody.partial_content`."""
        findings: list[Diagnostic] = []
        attributes: dict[str, nodes.Attribute] = {}
        blocks: list[nodes.Block] = []
        rest: list[_Member] = []
        for key, value in self.members:
            block = schema.block(key.value)
            if block:
                blocks += _blocks(block, key, value, findings)
            elif key.value in schema.names:
                _add(attributes, key, value, findings)
            else:
                rest.append((key, value))
        findings += missing(attributes, schema, self.span)
        remaining = JsonBody(tuple(rest), self.span)
        return Content(attributes, tuple(blocks), tuple(findings), remaining)

    def just_attributes(self) -> tuple[Mapping[str, nodes.Attribute], tuple[Diagnostic, ...]]:
        """See `AnyBody.just_attributes`."""
        findings: list[Diagnostic] = []
        attributes: dict[str, nodes.Attribute] = {}
        for key, value in self.members:
            _add(attributes, key, value, findings)
        return attributes, tuple(findings)


def _add(
    attributes: dict[str, nodes.Attribute],
    key: JsonString,
    value: JsonNode,
    findings: list[Diagnostic],
) -> None:
    first = attributes.get(key.value)
    if first:
        findings.append(
            Diagnostic(
                f"{key.value} is set twice",
                key.span.place,
                detail=f"First set at {first.name_span}.",
                hint="keep one of them",
            )
        )
        return
    expression = _expression(value, findings)
    span = key.span.to(value.span)
    attributes[key.value] = nodes.Attribute(key.value, expression, key.span, span)


def _expression(node: JsonNode, findings: list[Diagnostic]) -> nodes.Expression:
    if isinstance(node, JsonString):
        template, wrong = parse_template(node.inside)
        findings += wrong
        return template or nodes.Template((nodes.Text(node.value, node.span),), node.span)
    if isinstance(node, JsonScalar):
        return nodes.Literal(node.value, node.span)
    if isinstance(node, JsonArray):
        items = tuple(_expression(item, findings) for item in node.items)
        return nodes.Tuple(items, node.span)
    return nodes.Object(
        tuple(
            nodes.ObjectItem(
                _expression(key, findings), _expression(value, findings), key.span.to(value.span)
            )
            for key, value in node.members
        ),
        node.span,
    )


def _blocks(
    schema: BlockSchema, key: JsonString, value: JsonNode, findings: list[Diagnostic]
) -> Iterator[nodes.Block]:
    for keys, body in _labelled(schema, (), value, findings):
        labels = tuple(label.value for label in keys)
        spans = tuple(label.span for label in keys)
        members = tuple(_members(body, findings, schema.type))
        inner = JsonBody(members, body.span)
        header = key.span.to(spans[-1]) if spans else key.span
        yield nodes.Block(schema.type, labels, inner, key.span, spans, header)


def _labelled(
    schema: BlockSchema,
    keys: tuple[JsonString, ...],
    value: JsonNode,
    findings: list[Diagnostic],
) -> Iterator[tuple[tuple[JsonString, ...], JsonNode]]:
    """Go down one level of keys for each label, through arrays at every level."""
    if isinstance(value, JsonScalar) and value.value is None:
        return
    if isinstance(value, JsonArray):
        for item in value.items:
            yield from _labelled(schema, keys, item, findings)
    elif len(keys) == len(schema.labels):
        yield keys, value
    elif isinstance(value, JsonObject):
        for key, inner in value.members:
            if key.value != _COMMENT:
                yield from _labelled(schema, (*keys, key), inner, findings)
    else:
        label = schema.labels[len(keys)]
        findings.append(
            Diagnostic(
                f"{schema.type} lacks its {label}: an object is expected here",
                value.span.place,
                hint=f"its keys are what labels are in {block_form(schema)}",
            )
        )


def _members(node: JsonNode, findings: list[Diagnostic], what: str) -> Iterator[_Member]:
    """Return the members of an object, or of all objects of an array."""
    if isinstance(node, JsonObject):
        yield from (member for member in node.members if member[0].value != _COMMENT)
    elif isinstance(node, JsonArray):
        for item in node.items:
            yield from _members(item, findings, what)
    else:
        findings.append(
            Diagnostic(f"{what} has to be an object", node.span.place, hint='as in {"name": …}')
        )
