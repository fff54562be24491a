"""Text: ``join``, ``split``, ``trim`` and others. Letters are what a reader takes for one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.bounds import joined, require_letters
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty.types import ListType

from .letters import letters
from .simple import simple, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.numbers import Number
    from packer_sdk.cty.values import Value

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "chomp": simple("string", lambda text: _LINE_ENDS.sub("", text), str="string"),
        "endswith": simple("bool", str.endswith, str="string", suffix="string"),
        "indent": simple("string", _indent, spaces="number", str="string"),
        "join": Function(
            [Parameter("separator", "string")],
            "string",
            _join,
            rest=Parameter("lists", ListType("string")),
        ),
        "lower": simple("string", _lower, str="string"),
        "replace": simple("string", _replace, str="string", substr="string", replace="string"),
        "split": simple(ListType("string"), _split, separator="string", str="string"),
        "startswith": simple("bool", str.startswith, str="string", prefix="string"),
        "strcontains": simple("bool", str.__contains__, str="string", substr="string"),
        "strrev": simple("string", lambda text: "".join(reversed(letters(text))), str="string"),
        "substr": simple("string", _substr, str="string", offset="number", length="number"),
        "title": simple("string", _title, str="string"),
        "trim": simple("string", _trim, str="string", cutset="string"),
        "trimprefix": simple("string", str.removeprefix, str="string", prefix="string"),
        "trimspace": simple("string", lambda text: text.strip(SPACES), str="string"),
        "trimsuffix": simple("string", _without_suffix, str="string", suffix="string"),
        "upper": simple("string", _upper, str="string"),
    }


SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""White space, as Go counts it; Python counts four control characters as well."""

_LINE_ENDS = re.compile(r"(?:\r\n?|\n)*\Z")


def _without_suffix(text: str, suffix: str) -> str:
    return text.removesuffix(suffix)


def _trim(text: str, cutset: str) -> str:
    return text.strip(cutset) if cutset else text


def _indent(spaces: Number, text: str) -> str:
    count = whole(spaces, 0)
    if count < 0:
        raise FunctionError(f"must not be negative, got {count}", 0)
    if count > 10_000:
        raise FunctionError("more spaces than any text needs", 0)
    return _replace(text, "\n", "\n" + " " * count)


def _split(separator: str, text: str) -> list[str]:
    if not separator:
        return list(text)
    return text.split(separator)


def _join(separator: Value, *lists: Value) -> Value:
    if not lists:
        raise FunctionError("at least one list is needed")
    if not all(values.is_wholly_known(given) for given in lists):
        return values.unknown("string")
    parts: list[str] = []
    for position, given in enumerate(lists, 1):
        for index, item in enumerate(values.items(given)):
            if item.content is None:
                raise FunctionError(f"element {index} must not be null", position)
            parts.append(values.text_in(item))
    return values.string(joined(parts, values.text_in(separator)))


def _replace(text: str, old: str, new: str) -> str:
    require_letters(len(text) + text.count(old) * (len(new) - len(old)))
    return text.replace(old, new)


def _lower(text: str) -> str:
    """Letter by letter, as Go: no letter becomes two, and none knows its neighbours."""
    return text.lower() if text.isascii() else "".join(_single(one, one.lower()) for one in text)


def _upper(text: str) -> str:
    return text.upper() if text.isascii() else "".join(_single(one, one.upper()) for one in text)


def _single(letter: str, changed: str) -> str:
    if letter == "\u0130":  # the one capital that Python makes two letters of
        return "i"
    return changed if len(changed) == 1 else letter


def _title(text: str) -> str:
    before = " "
    written = []
    for letter in text:
        written.append(_single(letter, letter.title()) if _separates(before) else letter)
        before = letter
    return "".join(written)


def _separates(letter: str) -> bool:
    if letter.isascii():
        return not (letter.isalnum() or letter == "_")
    return letter in SPACES


def _substr(text: str, offset: Number, length: Number) -> str:
    start, count = whole(offset, 1), whole(length, 2)
    parts = letters(text)
    if start < 0:
        start = max(0, start + len(parts))
    elif not count:
        return ""
    rest = parts[start:]
    # Nothing at all, counted from the end, is everything: so it is in Packer.
    return "".join(rest if count <= 0 else rest[:count])
