"""The values that took part in what went wrong: ``var.size = "12"``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

from . import values
from .convert import described
from .find import find
from .marks import is_sensitive, unmark
from .variables import variables_of

if TYPE_CHECKING:
    from .scope import Scope

_MOST = 5
"""Values that are shown for one error."""

_LONGEST = 60
"""Characters of a text that are shown."""


def involved(expression: object, scope: Scope) -> tuple[tuple[str, str], ...]:
    """Return names and values in short, as an expression refers to them."""
    lines = {}
    for reference in variables_of(expression):
        value = scope.variable(reference.root)
        if value is None:
            continue
        for key in reference.path[1:]:
            try:
                value = find(value, key)
            except Mismatch:
                break
        else:
            lines[str(reference)] = in_short(value)
    return tuple(lines.items())[:_MOST]


def in_short(value: Value) -> str:  # noqa: PLR0911 - a case each
    """Show a value in a few words; nothing of what is sensitive."""
    if is_sensitive(value):
        return "(sensitive value)"
    plain, _ = unmark(value)
    content = plain.content
    if content is UNKNOWN:
        return "(not known yet)"
    if content is None:
        return "null"
    match plain.type:
        case "string":
            return _text_in_short(values.text_in(plain))
        case "number":
            from packer_sdk.cty.numbers import text_of  # noqa: PLC0415 - errors are rare

            return text_of(values.number_in(plain))[:_LONGEST]
        case "bool":
            return "true" if content else "false"
        case ListType() | SetType() | TupleType():
            return _counted(described(plain.type), len(values.items(plain)), "element")
        case ObjectType() | MapType():
            kind = "attribute" if isinstance(plain.type, ObjectType) else "element"
            return _counted(described(plain.type), len(values.entries(plain)), kind)
    return described(plain.type)


def _text_in_short(text: str) -> str:
    # Cut in the middle, a text could show half of a secret, which nobody would know again.
    if len(text) > _LONGEST:
        return _counted("string", len(text), "character")
    import json  # noqa: PLC0415 - errors are rare

    return json.dumps(text, ensure_ascii=False)


def _counted(kind: str, count: int, word: str) -> str:
    return f"{kind} with {count or 'no'} {word}{'' if count == 1 else 's'}"
