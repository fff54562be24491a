"""``dynamic`` blocks: blocks that are made by going through something (HCL-009)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.records import record

from . import nodes, values
from .body import BlockSchema, BodySchema, Content
from .convert import convert, described
from .evaluate import evaluate
from .findings import Findings
from .made_nodes import Scoped
from .marks import mark, unmark

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_core.diagnostics import Diagnostic

    from .body import AnyBody
    from .nodes import Attribute, Block, Expression
    from .scope import Scope
    from .source import Span

_DYNAMIC = BlockSchema("dynamic", ("type",))

_INSIDE = BodySchema(("for_each", "iterator", "labels"), (BlockSchema("content"),), ("for_each",))


def expand_dynamic(body: AnyBody, scope: Scope) -> AnyBody:
    """Return a body whose ``dynamic`` blocks are the blocks they stand for.

    They are expanded when somebody asks for the content of the body, at every depth: only the
    schema tells which blocks may be meant. What is wrong with them is among the diagnostics.

    Args:
        body: Of either syntax.
        scope: What names mean in ``for_each`` and ``labels``.
    """
    return _Expanded(body, scope, {})


@record
class _Expanded:
    """A body with its dynamic blocks expanded.

    Attributes:
        body: As it was written.
        scope: What names mean, without those of `iterators`.
        iterators: What the iterators around it stand for.
    """

    body: AnyBody
    scope: Scope
    iterators: Mapping[str, Value]

    @property
    def span(self) -> Span:
        """See `AnyBody.span`."""
        return self.body.span

    def content(self, schema: BodySchema) -> Content:
        """See `AnyBody.content`."""
        return self._expanded(self.body.content(_with_dynamic(schema)), schema, is_partial=False)

    def partial_content(self, schema: BodySchema) -> Content:
        """See `AnyBody.partial_content`."""
        types = {block.type for block in schema.blocks}
        # A dynamic block of a type that is asked for later stays for later.
        found = self.body.partial_content(_with_dynamic(schema))
        later = [block for block in found.blocks if _is_for_others(block, types)]
        content = self._expanded(found, schema, is_partial=True)
        remaining = _Expanded(_Rejoined(found.remaining, tuple(later)), self.scope, self.iterators)
        return content._replace(remaining=remaining)

    def just_attributes(self) -> tuple[Mapping[str, Attribute], tuple[Diagnostic, ...]]:
        """See `AnyBody.just_attributes`."""
        attributes, diagnostics = self.body.just_attributes()
        return self._attributes(attributes), diagnostics

    def _expanded(self, content: Content, schema: BodySchema, *, is_partial: bool) -> Content:
        labels = {block.type: block.labels for block in schema.blocks}
        findings = Findings()
        blocks: list[Block] = []
        for block in content.blocks:
            if block.type != "dynamic" or "dynamic" in labels:
                blocks.append(self._inside(block, self.iterators))
            elif block.labels[0] in labels:
                blocks += self._blocks(block, labels[block.labels[0]], findings)
            elif not is_partial:
                name = block.labels[0]
                findings.error(f'no blocks of type "{name}" may stand here', block.label_spans[0])
        diagnostics = (*content.diagnostics, *findings.diagnostics)
        return Content(
            self._attributes(content.attributes), tuple(blocks), diagnostics, content.remaining
        )

    def _attributes(self, attributes: Mapping[str, Attribute]) -> Mapping[str, Attribute]:
        if not self.iterators:
            return attributes
        return {name: self._attribute(one) for name, one in attributes.items()}

    def _attribute(self, attribute: Attribute) -> Attribute:
        expression = Scoped(attribute.expression, self.iterators)
        return nodes.Attribute(
            attribute.name,
            expression,  # type: ignore[arg-type] # evaluation knows it as well
            attribute.name_span,
            attribute.span,
        )

    def _inside(self, block: Block, iterators: Mapping[str, Value]) -> Block:
        body = _Expanded(block.body, self.scope, iterators)
        return nodes.Block(
            block.type, block.labels, body, block.type_span, block.label_spans, block.span
        )

    def _blocks(self, block: Block, labels: tuple[str, ...], findings: Findings) -> Iterator[Block]:
        written = block.body.content(_INSIDE)
        findings.add(written.diagnostics)
        inside = [one for one in written.blocks if one.type == "content"]
        if len(inside) != 1:
            findings.error('a dynamic block has one "content" block', block.span)
        if len(inside) != 1 or "for_each" not in written.attributes:
            return
        iterator = _iterator(block, written.attributes, findings)
        if iterator is None:
            return
        scope = self.scope.child(self.iterators)
        for key, value in _elements(written.attributes["for_each"].expression, scope, findings):
            both = values.object_of({"key": key, "value": value})
            iterators = {**self.iterators, iterator: both}
            given = _labels(written.attributes, labels, block, scope.child(iterators), findings)
            if given is not None:
                made = nodes.Block(
                    block.labels[0], given, inside[0].body, block.label_spans[0],
                    block.label_spans, block.span,
                )  # fmt: skip
                yield self._inside(made, iterators)


@record
class _Rejoined:
    """What is left of a body, with dynamic blocks that had been taken out of it."""

    body: AnyBody
    blocks: tuple[Block, ...]

    @property
    def span(self) -> Span:
        return self.body.span

    def content(self, schema: BodySchema) -> Content:
        return self._with_blocks(self.body.content(schema), schema)

    def partial_content(self, schema: BodySchema) -> Content:
        return self._with_blocks(self.body.partial_content(schema), schema)

    def just_attributes(self) -> tuple[Mapping[str, Attribute], tuple[Diagnostic, ...]]:
        attributes, diagnostics = self.body.just_attributes()
        findings = Findings()
        for block in self.blocks:
            findings.error("no blocks may stand here", block.span)
        return attributes, (*diagnostics, *findings.diagnostics)

    def _with_blocks(self, content: Content, schema: BodySchema) -> Content:
        if all(block.type != "dynamic" for block in schema.blocks):
            return content
        blocks = sorted((*content.blocks, *self.blocks), key=lambda block: block.span.start)
        return content._replace(blocks=tuple(blocks))


def _with_dynamic(schema: BodySchema) -> BodySchema:
    if any(block.type == "dynamic" for block in schema.blocks):
        return schema
    return BodySchema(schema.attributes, (*schema.blocks, _DYNAMIC), schema.required)


def _is_for_others(block: Block, types: set[str]) -> bool:
    return block.type == "dynamic" and block.labels[0] not in types


def _iterator(block: Block, attributes: Mapping[str, Attribute], findings: Findings) -> str | None:
    if "iterator" not in attributes:
        return block.labels[0]
    expression = attributes["iterator"].expression
    if isinstance(expression, nodes.Variable):
        return expression.name
    if isinstance(expression, nodes.Template) and expression.constant:  # as JSON has it
        return expression.constant
    findings.error("the iterator must be a plain name", expression.span)
    return None


def _elements(
    expression: Expression, scope: Scope, findings: Findings
) -> list[tuple[Value, Value]]:
    before = findings.errors
    gone_through, marks = unmark(evaluate(expression, scope, findings))
    if findings.errors > before:
        return []
    if gone_through.content is None:
        findings.error("for_each must not be null", expression.span)
        return []
    if gone_through.content is UNKNOWN:
        return [(values.ANYTHING, values.ANYTHING)]  # one of them stands for however many
    if not values.can_iterate(gone_through.type):
        kind = described(gone_through.type)
        findings.error(f"for_each cannot go through a {kind}", expression.span)
        return []
    return [(key, mark(value, marks)) for key, value in values.elements(gone_through)]


def _labels(
    attributes: Mapping[str, Attribute],
    names: tuple[str, ...],
    block: Block,
    scope: Scope,
    findings: Findings,
) -> tuple[str, ...] | None:
    expression = attributes["labels"].expression if "labels" in attributes else None
    if expression is None:
        given: tuple[Expression, ...] = ()
    elif isinstance(expression, nodes.Tuple):
        given = expression.items
    else:
        findings.error("labels must be a list", expression.span)
        return None
    if len(given) != len(names):
        where = expression.span if expression else block.span
        wanted = ", ".join(names) or "none"
        findings.error(f'labels of "{block.labels[0]}": {wanted}; got {len(given)}', where)
        return None
    texts = [_label(one, scope, findings) for one in given]
    return tuple(text for text in texts if text is not None) if None not in texts else None


def _label(expression: Expression, scope: Scope, findings: Findings) -> str | None:
    before = findings.errors
    value, _ = unmark(evaluate(expression, scope, findings))
    if findings.errors > before:
        return None
    try:
        text = convert(value, "string").content
    except Mismatch as error:
        findings.error(f"a label must be text: {error.message}", expression.span)
        return None
    if isinstance(text, str):
        return text
    hint = "validate -evaluate-datasources asks data sources" if text is UNKNOWN else None
    findings.error("a label must be known, and not null", expression.span, hint=hint)
    return None
