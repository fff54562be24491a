"""What is found while a template is evaluated; the evaluation goes on behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .source import Span


class Findings:
    """Collects diagnostics.

    Attributes:
        diagnostics: What was found, in the order in which it was.
        errors: How many of them are errors.
    """

    __slots__ = ("diagnostics", "errors")

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []
        self.errors = 0

    def error(
        self,
        summary: str,
        span: Span | None,
        detail: str = "",
        *,
        hint: str | None = None,
        values: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Add an error."""
        place = span.place if span else None
        self.add([Diagnostic(summary, place, detail, hint, values=values)])

    def add(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add what somebody else has found."""
        for diagnostic in diagnostics:
            self.diagnostics.append(diagnostic)
            self.errors += diagnostic.severity == "error"
