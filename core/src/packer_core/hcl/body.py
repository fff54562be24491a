"""Bodies: what stands between the braces of a block, or in a whole file.

Native and JSON syntax offer the same three questions (`AnyBody`). One has to ask with a schema,
because in JSON only that tells a block from an attribute whose value is an object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from packer_core.diagnostics import Diagnostic
from packer_core.nearest import did_you_mean, join
from packer_sdk.records import aside, mass_record, record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .nodes import Attribute, Block
    from .source import Span


_FEW = 12


@record
class BlockSchema:
    """A type of block that may appear.

    Attributes:
        type: The word in front.
        labels: What its labels are called in messages: ``("type", "name")`` for a source.
    """

    type: str
    labels: tuple[str, ...] = ()


@record
class BodySchema:
    """What may appear in a body.

    Attributes:
        attributes: Names of arguments that may be set.
        blocks: Types of blocks.
        required: Names of arguments, of those in `attributes`, that must be set.
    """

    attributes: tuple[str, ...] = ()
    blocks: tuple[BlockSchema, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Every argument that may be set."""
        return frozenset((*self.attributes, *self.required))

    def block(self, type_: str) -> BlockSchema | None:
        """Return the schema of a type of block."""
        return next((block for block in self.blocks if block.type == type_), None)


class Content(NamedTuple):
    """What a schema finds in a body.

    Attributes:
        attributes: Name to attribute, in the order of the text.
        blocks: In the order of the text.
        diagnostics: What is there and should not be, and what is missing.
        remaining: What `AnyBody.partial_content` left over; an empty body after ``content``.
    """

    attributes: Mapping[str, Attribute]
    blocks: tuple[Block, ...]
    diagnostics: tuple[Diagnostic, ...]
    remaining: AnyBody


class AnyBody(Protocol):
    """A body of either syntax."""

    @property
    def span(self) -> Span:
        """From brace to brace; of a file, all of it."""

    def content(self, schema: BodySchema) -> Content:
        """Return what the schema names; anything else, and what is missing, is a diagnostic."""

    def partial_content(self, schema: BodySchema) -> Content:
        """Return what the schema names; the rest is in ``remaining`` and is no mistake."""

    def just_attributes(self) -> tuple[Mapping[str, Attribute], tuple[Diagnostic, ...]]:
        """Return everything as arguments, as in ``locals``; blocks are diagnostics."""


@mass_record
class Body:
    """A body of native syntax.

    Attributes:
        attributes: In the order of the text; no name twice.
        blocks: In the order of the text.
    """

    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    span: Span = aside()

    def content(self, schema: BodySchema) -> Content:
        """See `AnyBody.content`."""
        content = self.partial_content(schema)
        rest = content.remaining
        assert isinstance(rest, Body)
        findings = (*content.diagnostics, *_unexpected(rest, schema))
        empty = Body((), (), self.span)
        return Content(content.attributes, content.blocks, findings, empty)

    def partial_content(self, schema: BodySchema) -> Content:
        """See `AnyBody.partial_content`."""
        names = schema.names
        attributes = {found.name: found for found in self.attributes if found.name in names}
        findings = list(missing(attributes, schema, self.span))
        blocks = []
        for block in self.blocks:
            wanted = schema.block(block.type)
            if wanted:
                problem = wrong_labels(block, wanted)
                findings += [problem] if problem else []
                blocks += [] if problem else [block]
        rest = Body(
            tuple(found for found in self.attributes if found.name not in names),
            tuple(block for block in self.blocks if not schema.block(block.type)),
            self.span,
        )
        return Content(attributes, tuple(blocks), tuple(findings), rest)

    def just_attributes(self) -> tuple[Mapping[str, Attribute], tuple[Diagnostic, ...]]:
        """See `AnyBody.just_attributes`."""
        attributes = {found.name: found for found in self.attributes}
        findings = tuple(
            Diagnostic(
                f"a block where only arguments may be: {block.type}",
                block.type_span.place,
                hint=f"write {block.type} = {{ … }} for a value",
            )
            for block in self.blocks
        )
        return attributes, findings


def missing(found: Mapping[str, object], schema: BodySchema, where: Span) -> Iterator[Diagnostic]:
    """Return a diagnostic for each argument that must be set and is not."""
    for name in schema.required:
        if name not in found:
            place = _beginning(where).place
            yield Diagnostic(f"{name} is missing", place, hint=f"add {name} = …")


def _beginning(where: Span) -> Span:
    return type(where)(where.source, where.start, min(where.end, where.start + 1))


def wrong_labels(block: Block, schema: BlockSchema) -> Diagnostic | None:
    """Return what is wrong with the number of labels of a block, if anything is."""
    wanted, got = len(schema.labels), len(block.labels)
    form = f"write {block_form(schema)}"
    if got > wanted:
        summary = f"one label too many for {block.type}: {block.labels[wanted]}"
        return Diagnostic(summary, block.label_spans[wanted].place, hint=form)
    if got < wanted:
        return Diagnostic(
            f"{block.type} lacks its {schema.labels[got]}", block.type_span.place, hint=form
        )
    return None


def block_form(schema: BlockSchema) -> str:
    """Return how a block is written: ``source "TYPE" "NAME" { … }``."""
    labels = "".join(f' "{label.upper()}"' for label in schema.labels)
    return f"{schema.type}{labels} {{ … }}"


def _unexpected(rest: Body, schema: BodySchema) -> Iterator[Diagnostic]:
    for found in rest.attributes:
        yield unknown_argument(found, schema)
    for block in rest.blocks:
        yield unknown_block(block, schema)


def unknown_argument(found: Attribute, schema: BodySchema) -> Diagnostic:
    """Return the diagnostic for an argument the schema does not name."""
    as_block = schema.block(found.name)
    if as_block:
        hint: str | None = f"it is a block: {block_form(as_block)}, without ="
    else:
        hint = did_you_mean(found.name, schema.attributes) or _what_there_is(schema.attributes)
    return Diagnostic(f"unknown argument: {found.name}", found.name_span.place, hint=hint)


def _what_there_is(names: Sequence[str]) -> str | None:
    """All names, where they are few enough to be read."""
    shown = len(names) <= _FEW and names
    return f"there {'are' if len(names) > 1 else 'is'} {join(names)}" if shown else None


def unknown_block(block: Block, schema: BodySchema) -> Diagnostic:
    """Return the diagnostic for a block the schema does not name."""
    if block.type in schema.attributes:
        hint: str | None = f"it is an argument: write {block.type} = …"
    else:
        known = [known.type for known in schema.blocks]
        hint = did_you_mean(block.type, known) or _what_there_is(known)
    return Diagnostic(f"unknown block: {block.type}", block.type_span.place, hint=hint)
