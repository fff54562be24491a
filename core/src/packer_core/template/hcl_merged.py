"""Two bodies as one: a source, and what a build adds to it (SRC-003)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.hcl.body import BodySchema, Content
from packer_sdk.records import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.nodes import Attribute
    from packer_core.hcl.source import Span


@record
class MergedBody:
    """Both bodies together; an argument may stand in one of them only.

    Attributes:
        first: Where it is defined.
        second: What is added.
    """

    first: AnyBody
    second: AnyBody

    @property
    def span(self) -> Span:
        """See `packer_core.hcl.body.AnyBody.span`."""
        return self.first.span

    def content(self, schema: BodySchema) -> Content:
        """See `packer_core.hcl.body.AnyBody.content`."""
        loose = BodySchema(schema.attributes, schema.blocks)
        one, other = self.first.content(loose), self.second.content(loose)
        return self._merged(one, other, schema, one.remaining)

    def partial_content(self, schema: BodySchema) -> Content:
        """See `packer_core.hcl.body.AnyBody.partial_content`."""
        loose = BodySchema(schema.attributes, schema.blocks)
        one, other = self.first.partial_content(loose), self.second.partial_content(loose)
        return self._merged(one, other, schema, MergedBody(one.remaining, other.remaining))

    def just_attributes(self) -> tuple[Mapping[str, Attribute], tuple[Diagnostic, ...]]:
        """See `packer_core.hcl.body.AnyBody.just_attributes`."""
        one, wrong = self.first.just_attributes()
        other, also_wrong = self.second.just_attributes()
        return {**other, **one}, (*wrong, *also_wrong, *_twice(one, other))

    def _merged(
        self, one: Content, other: Content, schema: BodySchema, remaining: AnyBody
    ) -> Content:
        attributes = {**other.attributes, **one.attributes}
        return Content(
            attributes,
            (*one.blocks, *other.blocks),
            (
                *one.diagnostics,
                *other.diagnostics,
                *_twice(one.attributes, other.attributes),
                *(
                    Diagnostic(f'argument "{name}" is missing', self.first.span.place)
                    for name in schema.required
                    if name not in attributes
                ),
            ),
            remaining,
        )


def _twice(one: Mapping[str, Attribute], other: Mapping[str, Attribute]) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(
            f'argument "{name}" is set in the source already',
            other[name].name_span.place,
            f"It is set at {one[name].name_span.place}, and a build can only add to that.",
            "take it out of the source block, and set it in every build that uses the source",
        )
        for name in other
        if name in one
    )
