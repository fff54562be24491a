"""A finding with a place in a source file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import mass_record, record

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal


@mass_record
class Place:
    """A stretch of a source file.

    Attributes:
        path: As the user typed it.
        line: From 1.
        column: From 1, in characters.
        length: In characters, at least 1.
        text: The whole line, without its end; empty if it cannot be shown.
        end_line: The last line, if it is another one; 0 if not.
        end_column: Column of the last character on it.
        end_text: The whole last line, without its end.
    """

    path: str
    line: int
    column: int
    length: int = 1
    text: str = ""
    end_line: int = 0
    end_column: int = 0
    end_text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@record
class Diagnostic:
    """One thing to tell about a template.

    Attributes:
        summary: What is wrong, in one line: ``unknown key "bilders"``.
        place: Where; None if it has no place.
        detail: More words, if there are any.
        hint: What to do next.
        severity: ``error`` stops the run, ``warning`` is only shown.
        values: What took part, name and value as shown: ``("var.region", '"eu"')``.
    """

    summary: str
    place: Place | None = None
    detail: str = ""
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"
    values: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.place}: {self.summary}" if self.place else self.summary


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics by file, line and column; those without a place come first."""
    return tuple(sorted(diagnostics, key=_position))


def _position(diagnostic: Diagnostic) -> tuple[str, int, int]:
    place = diagnostic.place
    return (place.path, place.line, place.column) if place else ("", 0, 0)
