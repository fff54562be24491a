"""Nodes that nobody wrote: evaluation puts them in the place of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cty.values import Value

    from .nodes import Expression
    from .source import Span


@record
class Known:
    """A value in the place of an expression: ``f(list...)`` makes one of every element."""

    value: Value
    span: Span


@record
class Scoped:
    """An expression with names of its own: inside a ``dynamic`` block, its iterator."""

    expression: Expression
    variables: Mapping[str, Value]

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.expression.span
