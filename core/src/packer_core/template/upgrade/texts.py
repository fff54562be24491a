"""Pieces of HCL2 as text: strings, templates, names, comments."""

from __future__ import annotations

import itertools
import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]|[$%](?=\{)')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "$": "$$", "%": "%%"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Expression:
    """HCL2 that gives a text, where it stands between others."""

    text: str


Part = str | Expression
"""A stretch of a text: as it is, or worked out."""


def quoted(text: str) -> str:
    """A text as a string of HCL2."""
    return f'"{_SPECIAL.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character, f"\\u{ord(character):04x}")


def template(parts: Sequence[Part], *, bare: bool = True) -> str:
    """Several stretches as one expression.

    Args:
        parts: In their order.
        bare: Whether one that is worked out may stand alone, without quotes.
    """
    parts = list(_joined(parts))
    if bare and len(parts) == 1 and isinstance(parts[0], Expression):
        return parts[0].text
    written = []
    for part, following in itertools.zip_longest(parts, parts[1:], fillvalue=""):
        if isinstance(part, Expression):
            written.append(f"${{{part.text}}}")
        elif part.endswith("$") and isinstance(following, Expression):
            # Dollars would take the one that follows for their own: $${ is a text.
            rest = part.rstrip("$")
            written.append(f'{quoted(rest)[1:-1]}${{"{part[len(rest) :]}"}}')
        else:
            written.append(quoted(part)[1:-1])
    return f'"{"".join(written)}"'


def _joined(parts: Iterable[Part]) -> Iterator[Part]:
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
            continue
        if text:
            yield text
        text = ""
        yield part
    if text:
        yield text


def is_name(text: str) -> bool:
    """Whether a text may stand without quotes, as the name of an argument."""
    return _NAME.fullmatch(text) is not None


class Names:
    """Gives out names, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def take(self, wanted: str) -> str:
        """A name as near to the wanted one as it can be."""
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted).strip("-") or "_"
        name = name if is_name(name) else f"_{name}"
        number, unique = 2, name
        while unique in self._taken:
            unique, number = f"{name}_{number}", number + 1
        self._taken.add(unique)
        return unique


def comment(text: str) -> list[str]:
    """A text as lines of comment."""
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, _WIDTH) or [""]]
    return [f"# {line}".rstrip() for line in lines]


def block(head: str, lines: Iterable[str]) -> list[str]:
    """A block with what is in it."""
    lines = list(lines)
    return [f"{head} {{", *lines, "}"] if lines else [f"{head} {{}}"]


def listed(items: Sequence[str]) -> str:
    """Expressions as a list: on one line, if they are few and short."""
    line = f"[{', '.join(items)}]"
    if len(line) <= _WIDTH - 20 and "\n" not in line:
        return line
    return "\n".join(["[", *(f"{item}," for item in items), "]"])
