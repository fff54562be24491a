"""The text of a file, and the way from an offset in it to a place a person can find."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from packer_core.diagnostics import Place


class SourceText:
    """A decoded file.

    Lines end at LF; a CR in front of it is no part of the line. Neither form feeds nor Unicode's
    line separators count, because no editor counts them.

    Args:
        path: As the user typed it.
        text: The whole text.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    def place(self, start: int, end: int) -> Place:
        """Return the place of ``text[start:end]``; what spans lines is cut at the first."""
        number, column = self.line_and_column(start)
        line = self._lines[number - 1]
        left = len(line) - column + 1
        return Place(self.path, number, column, max(1, min(end - start, left)), line)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Return line and column, both from 1, of an offset."""
        number = bisect_right(self._starts, offset)
        return number, offset - self._starts[number - 1] + 1

    @cached_property
    def _lines(self) -> list[str]:
        # Made once and shared: a minified file is one line of megabytes, and each finding in it
        # holds that line.
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        del starts[-1]
        return starts
