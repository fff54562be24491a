"""Classes of characters in regular expressions, written for the inside of brackets."""

from __future__ import annotations

import re
from functools import lru_cache

ESCAPES = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
"""Letters that stand for a character behind a backslash."""

escaped_class = {
    "d": "0-9",
    "w": "0-9A-Za-z_",
    "s": r"\t\n\f\r ",
    "D": r"\x00-/:-\U0010ffff",
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "S": r"\x00-\x08\x0b\x0e-\x1f!-\U0010ffff",
}
"""Those that stand for a class; all of ASCII only."""

_POSIX = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}


def in_class(character: str) -> str:
    """A character between brackets."""
    return f"\\{character}" if character in r"\]^-[&~|" else re.escape(character)


def posix_class(name: str) -> str | None:
    """``alpha``, ``^alpha``; None if there is no such class."""
    negated = name.startswith("^")
    inner = _POSIX.get(name.removeprefix("^"))
    return _without(inner) if inner and negated else inner


@lru_cache(maxsize=32)
def _without(inner: str) -> str:
    """All characters that are not in a class of ASCII."""
    members = re.compile(f"[{inner}]")
    others = [number for number in range(128) if not members.match(chr(number))]
    return _ranges(others) + r"\x80-\U0010ffff"


@lru_cache(maxsize=32)
def category_class(name: str, *, negated: bool) -> str | None:
    """A class by general category, ``L`` or ``Lu``; None if there is none of that name."""
    import unicodedata  # noqa: PLC0415 - few patterns need it

    if name == "Any":
        return r"\x00-\U0010ffff" if not negated else None
    if not re.fullmatch("[CLMNPSZ][a-z]?", name):
        return None
    members = [
        number
        for number in range(0x110000)
        if unicodedata.category(chr(number)).startswith(name) != negated
    ]
    return _ranges(members) if members else None


def _ranges(members: list[int]) -> str:
    written: list[str] = []
    start = previous = members[0]
    for number in [*members[1:], -1]:
        if number == previous + 1:
            previous = number
            continue
        written.append(f"\\U{start:08x}-\\U{previous:08x}")
        start = previous = number
    return "".join(written)
