"""What the pieces of a string mean: escapes, and the indentation ``<<-`` takes away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{0,4}|U[0-9a-fA-F]{0,8}|.)", re.DOTALL)
_SHORT = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def without_escape(text: str) -> str:
    """Return what ``$${`` or ``%%{`` stands for; any other text as it is."""
    return text[1:] if text[:3] in ("$${", "%%{") else text


def unescaped(text: str, complain: Callable[[int, int, str, str | None], None]) -> str:
    """Return the meaning of a piece of a quoted string.

    Args:
        text: As it is written.
        complain: Told about a bad escape: its start and end in the text, what is wrong, a hint.
    """
    if "\\" not in text:
        return without_escape(text)

    def meaning(escape: re.Match[str]) -> str:
        written = escape[0]
        if written[1] in _SHORT:
            return _SHORT[written[1]]
        if written[1] in "uU":
            return _character(escape, complain)
        hint = 'a backslash may stand in front of n, r, t, ", \\, u and U; write \\\\ for itself'
        complain(*escape.span(), f"unknown escape: {written}", hint)
        return written[1:]

    return _ESCAPE.sub(meaning, text)


def _character(escape: re.Match[str], complain: Callable[[int, int, str, str | None], None]) -> str:
    written = escape[0]
    wanted = 4 if written[1] == "u" else 8
    if len(written) != wanted + 2:
        hint = "as in \\u00e9 and \\U0001f4e6"
        complain(*escape.span(), f"\\{written[1]} needs {wanted} hexadecimal digits", hint)
        return written
    code = int(written[2:], base=16)  # noqa: FURB166 - there is no 0x in front
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        complain(*escape.span(), f"there is no such character: {written}", None)
        return written
    return chr(code)


def shared_indentation(starts: Sequence[str | None]) -> int:
    """Return how many blanks all lines of a heredoc start with.

    Args:
        starts: The first literal of each line; None where a line starts with something else.
            Lines with nothing but blanks do not count.
    """
    widths = [
        0 if start is None else len(start) - len(start.lstrip())
        for start in starts
        if start is None or start.strip() or not start.endswith("\n")
    ]
    return min(widths, default=0)
