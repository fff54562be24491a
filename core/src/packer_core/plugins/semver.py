"""Semantic versions of plugins: one spelling each, and an order (protocol section 1.7, PLG-003)."""

from __future__ import annotations

import re

from packer_sdk.records import record

_NUMBER = r"(0|[1-9]\d*)"
_VERSION = re.compile(
    rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+(?P<meta>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)


@record
class Version:
    """A version in its one canonical spelling.

    Attributes:
        numbers: Major, minor, patch.
        pre: What makes it a pre-release: ``dev``.
        meta: What nobody compares.
    """

    numbers: tuple[int, int, int]
    pre: str = ""
    meta: str = ""

    @classmethod
    def read(cls, text: str) -> Version:
        """Read a version.

        Raises:
            ValueError: it is none, or not in its canonical spelling (``01.2.3``).
        """
        match = _VERSION.fullmatch(text)
        if match is None:
            raise ValueError(f"not a version: {text}")
        major, minor, patch = (int(match[number]) for number in (1, 2, 3))
        return cls((major, minor, patch), match["pre"] or "", match["meta"] or "")

    def __str__(self) -> str:
        return self.plain + (f"+{self.meta}" if self.meta else "")

    @property
    def plain(self) -> str:
        """Without the metadata."""
        core = ".".join(map(str, self.numbers))
        return core + (f"-{self.pre}" if self.pre else "")

    @property
    def rank(self) -> tuple[object, ...]:
        """Sorts as versions do: a pre-release comes before its release."""
        return (self.numbers, not self.pre, tuple(map(_rank, self.pre.split("."))))


def _rank(identifier: str) -> tuple[bool, int, str]:
    """Numbers before words, and by their size."""
    is_number = identifier.isdigit()
    return (not is_number, int(identifier) if is_number else 0, identifier)
