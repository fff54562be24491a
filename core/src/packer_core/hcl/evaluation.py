"""What the evaluation of one kind of node needs of all the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .findings import Findings
from .involved import involved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_sdk.cty.values import Value

    from .made_nodes import Known
    from .nodes import Expression
    from .scope import Scope
    from .source import Span


class Evaluation:
    """One evaluation: where names are looked up, and where errors go.

    Args:
        scope: What names mean.
        findings: Where errors go.
        handlers: How each kind of node is evaluated.
    """

    __slots__ = ("findings", "handlers", "scope")

    def __init__(
        self,
        scope: Scope,
        findings: Findings,
        handlers: Mapping[type, Callable[..., Value]],
    ) -> None:
        self.scope = scope
        self.findings = findings
        self.handlers = handlers

    def value(self, node: object) -> Value:
        """Evaluate an expression."""
        return self.handlers[type(node)](node, self)

    def inside(self, variables: Mapping[str, Value]) -> Evaluation:
        """The same with further names."""
        return Evaluation(self.scope.child(variables), self.findings, self.handlers)

    def apart(self) -> Evaluation:
        """The same with findings of its own, which may come to nothing."""
        return Evaluation(self.scope, Findings(), self.handlers)

    def error(
        self,
        summary: str,
        where: Expression | Known,
        detail: str = "",
        *,
        span: Span | None = None,
        hint: str | None = None,
    ) -> None:
        """Report an error about an expression, with the values that took part in it."""
        took_part = involved(where, self.scope)
        self.findings.error(summary, span or where.span, detail, hint=hint, values=took_part)
