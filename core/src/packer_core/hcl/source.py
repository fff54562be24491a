"""The text of a file, and stretches of it that know their line and column.

Offsets count characters of the decoded text, from 0, and cost nothing to keep; lines, columns and
bytes are worked out when somebody asks, because most nodes are never spoken of.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from packer_core.diagnostics import Place
from packer_sdk.records import mass_record

from .graphemes import count as grapheme_count

_LINE_END = re.compile(r"\n")


class Source:
    """A decoded file. A line ends at LF; a CR in front of it is no part of the line.

    Args:
        path: As the user typed it.
        text: The whole text, without a byte order mark.
    """

    __slots__ = ("__dict__", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def line(self, offset: int) -> int:
        """Return the number of a line, from 1."""
        return bisect_right(self._starts, offset)

    def start_of_line(self, number: int) -> int:
        """Return the offset of the first character of a line."""
        return self._starts[number - 1]

    def column(self, offset: int) -> int:
        """Return the column in characters (code points), from 1."""
        return offset - self._starts[self.line(offset) - 1] + 1

    def grapheme_column(self, offset: int) -> int:
        """Return the column as HCL counts it: in what a reader takes for one character, from 1."""
        return grapheme_count(self.text[self._starts[self.line(offset) - 1] : offset]) + 1

    def byte(self, offset: int) -> int:
        """Return the offset in bytes of UTF-8."""
        return len(self.text[:offset].encode("utf-8", "surrogatepass"))

    def line_text(self, number: int) -> str:
        """Return a line without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].removesuffix("\r")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]


@mass_record
class Span:
    """A stretch of a source: ``source.text[start:end]``."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """What is written there."""
        return self.source.text[self.start : self.end]

    @property
    def line(self) -> int:
        """Number of the first line, from 1."""
        return self.source.line(self.start)

    @property
    def column(self) -> int:
        """Column of the first character, from 1, in characters (code points)."""
        return self.source.column(self.start)

    @property
    def place(self) -> Place:
        """The same for a Diagnostic."""
        source, line, column = self.source, self.line, self.column
        text = source.line_text(line)
        last = max(self.start, self.end - 1)
        end_line = source.line(last)
        if end_line == line:
            return Place(source.path, line, column, max(1, self.end - self.start), text)
        return Place(
            source.path,
            line,
            column,
            max(1, len(text) - column + 1),
            text,
            end_line=end_line,
            end_column=source.column(last),
            end_text=source.line_text(end_line),
        )

    def to(self, other: Span) -> Span:
        """Return the stretch from the start of this one to the end of another."""
        return Span(self.source, self.start, other.end)

    def __str__(self) -> str:
        return f"{self.source.path}:{self.line}:{self.column}"
