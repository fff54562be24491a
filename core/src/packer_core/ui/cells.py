"""How wide text is on a terminal: cleaning, measuring, cutting and padding it (UI-007).

A terminal has cells, not characters. East Asian characters and most emoji take two, combining
marks none, and escape sequences move the cursor. What a build prints may hold all of these.
"""

from __future__ import annotations

import re
import unicodedata

_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC and its like: titles, links
    r"|[ -/]*[0-~])"  # two or three characters
)


def clean(text: str, encoding: str = "utf-8") -> str:
    """One line of plain text: no escape sequences, nothing that moves a cursor.

    Of a line that overwrites itself after carriage returns, as progress counters do, the last
    state is left. Bytes that no character stands for, and characters that ``encoding`` lacks,
    become question marks.
    """
    if not text.isprintable():
        text = _ESCAPE.sub("", text)
        text = next((part for part in reversed(text.split("\r")) if part), "")
        text = "".join(map(_visible, text))
    return text if text.isascii() else text.encode(encoding, "replace").decode(encoding)


def width(text: str) -> int:
    """The number of cells that clean text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def cut(text: str, cells: int, ellipsis: str = "…") -> str:
    """Shorten clean text to at most ``cells``; the ellipsis says that something is missing."""
    if width(text) <= cells:
        return text
    room = cells - width(ellipsis)
    if room < 0:
        return ellipsis[: max(cells, 0)]
    kept = 0
    for index, char in enumerate(text):
        kept += _cells(char)
        if kept > room:
            return text[:index] + ellipsis
    raise AssertionError("wider than it is")


def pad(text: str, cells: int) -> str:
    """Fill clean text up with spaces."""
    return text + " " * (cells - width(text))


def _visible(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs":
        return "?"
    if category in ("Zl", "Zp") or char == "\t":
        return " "
    # A joiner or a direction mark would make several characters one, or turn the line around.
    return "" if category in ("Cc", "Cf") else char


def _cells(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
