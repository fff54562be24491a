"""Bodies: what stands between the braces of a block, or in a whole file.

Native and JSON syntax offer the same three questions (`AnyBody`). One has to ask with a schema,
because in JSON only that tells a block from an attribute whose value is an object.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.diagnostics import Diagnostic

    from .nodes import Attribute, Block
    from .source import Span


@dataclass(frozen=True, slots=True)
class BlockSchema:
    """A type of block that may appear.

    Attributes:
        type: The word in front.
        labels: What its labels are called in messages: ``("type", "name")`` for a source.
    """

    type: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Body:
    """A body of native syntax.

    Attributes:
        attributes: In the order of the text; no name twice.
        blocks: In the order of the text.
    """

    attributes: tuple[Attribute, ...]
    blocks: tuple[Block, ...]
    span: Span = field(compare=False, repr=False)

    def content(self, schema: BodySchema) -> Content:
        """See `AnyBody.content`."""
        raise NotImplementedError

    def partial_content(self, schema: BodySchema) -> Content:
        """See `AnyBody.partial_content`."""
        raise NotImplementedError

    def just_attributes(self) -> tuple[Mapping[str, Attribute], tuple[Diagnostic, ...]]:
        """See `AnyBody.just_attributes`."""
        raise NotImplementedError
