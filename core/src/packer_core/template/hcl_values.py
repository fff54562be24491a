"""Values of HCL2 for people and for the rest of the program."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.marks import unmark_deep
from packer_sdk.cty.numbers import text_of
from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, UNKNOWN_TEXT, Value, implied

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = "  "


def shown(value: Value, *, bare: bool = False) -> str:
    """Show a value as the console does (CON-001).

    Args:
        value: Whatever it is; nothing in it is hidden.
        bare: Whether a text stands without quotes, at the outermost level.
    """
    plain, _ = unmark_deep(value)
    if bare and plain.type == "string" and isinstance(plain.content, str):
        return plain.content
    return _shown(plain, "")


def _shown(value: Value, indent: str) -> str:  # noqa: PLR0911 - a case each
    if value.content is UNKNOWN:
        return UNKNOWN_TEXT
    if value.content is None:
        return "null"
    match value.type:
        case ListType() | SetType() | TupleType():
            inner = indent + _STEP
            lines = [f"{inner}{_shown(item, inner)},\n" for item in values.items(value)]
            return f"[\n{''.join(lines)}{indent}]" if lines else "[]"
        case MapType() | ObjectType():
            inner = indent + _STEP
            lines = [
                f"{inner}{json.dumps(name, ensure_ascii=False)} = {_shown(item, inner)}\n"
                for name, item in values.entries(value).items()
            ]
            return f"{{\n{''.join(lines)}{indent}}}" if lines else "{}"
        case "number":
            return text_of(values.number_in(value))
        case "bool":
            return "true" if value.content else "false"
        case "dynamic":
            inner_value = value.content
            return _shown(inner_value, indent) if isinstance(inner_value, Value) else "null"
    return json.dumps(value.content, ensure_ascii=False)


def in_line(value: Value) -> str:
    """Show a value in one line: ``["a", 1]``."""
    return _in_line(unmark_deep(value)[0])


def _in_line(value: Value) -> str:
    if not value.content or value.content is UNKNOWN:
        return _shown(value, "")
    match value.type:
        case ListType() | SetType() | TupleType():
            return f"[{', '.join(_in_line(item) for item in values.items(value))}]"
        case MapType() | ObjectType():
            named = values.entries(value).items()
            return f"{{{', '.join(f'{_key(name)} = {_in_line(item)}' for name, item in named)}}}"
    return _shown(value, "")


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)


_PLAIN_KEY = re.compile(r"[^\W\d][\w-]*")


def texts_in(value: Value) -> tuple[str, ...]:
    """Every text in a value, however deep: what must not be shown of a sensitive one (VAR-007).

    With it goes what it looks like in quotes, as in messages and in JSON.
    """
    found = tuple(_texts(unmark_deep(value)[0].content))
    return tuple(dict.fromkeys((*found, *map(_in_quotes, found))))


def _in_quotes(text: str) -> str:
    if text.isprintable() and '"' not in text and "\\" not in text:
        return text
    import json  # noqa: PLC0415 - few texts need it

    return json.dumps(text, ensure_ascii=False)[1:-1]


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for item in content:
            yield from _texts(item)
    elif isinstance(content, dict):
        for item in content.values():
            yield from _texts(item)
    elif isinstance(content, Value):
        yield from _texts(content.content)


def raw(value: Value) -> object:
    """A value as a raw configuration holds it: texts, numbers, lists and dictionaries."""
    return _raw(unmark_deep(value)[0].content)


def _raw(content: object) -> object:
    if isinstance(content, Value):
        return _raw(content.content)
    if isinstance(content, list):
        return [_raw(item) for item in content]
    if isinstance(content, dict):
        return {name: _raw(item) for name, item in content.items()}
    if content is UNKNOWN:
        return UNKNOWN_TEXT
    if content is None or isinstance(content, str | bool | int):
        return content
    return float(str(content))


def value_of(given: object) -> Value:
    """What a plugin has published about a build, as a value; what is none becomes text."""
    try:
        return implied(_decoded(given))
    except Mismatch:
        return values.string(str(given))


def _decoded(given: object) -> object:
    """The same without bytes, which is what old plugins send for text."""
    if isinstance(given, bytes):
        return given.decode(errors="replace")
    if isinstance(given, list | tuple):
        return [_decoded(item) for item in given]
    if isinstance(given, dict):
        return {str(_decoded(name)): _decoded(item) for name, item in given.items()}
    return given
