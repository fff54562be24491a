"""Regular expressions: ``regex``, ``regexall``, ``regex_replace``; of RE2's syntax."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.bounds import joined, require_letters
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty.types import ListType, ObjectType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

from .re2 import PatternError, compiled, group_names, matches
from .simple import simple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_sdk.cty.types import Type

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    parameters = [Parameter("pattern", "string"), Parameter("string", "string")]
    return {
        "regex": Function(parameters, _type_of_match, _regex),
        "regexall": Function(parameters, lambda given: ListType(_type_of_match(given)), _regexall),
        "regex_replace": simple(
            "string", _regex_replace, str="string", pattern="string", replace="string"
        ),
    }


def _compiled(pattern: str, argument: int = 0) -> re.Pattern[str]:
    try:
        return compiled(pattern)
    except PatternError as error:
        raise FunctionError(f"no regular expression: {error}", argument) from error


def _type_of_match(given: Sequence[Value]) -> Type:
    if given[0].content is UNKNOWN:
        return "dynamic"
    names = group_names(_compiled(values.text_in(given[0])))
    if not names:
        return "string"
    if all(names):
        return ObjectType(dict.fromkeys(sorted(names), "string"))
    if any(names):
        raise FunctionError("either all groups have a name or none", 0)
    return TupleType(["string"] * len(names))


def _regex(pattern: Value, text: Value) -> Value:
    type_ = _type_of_match([pattern])
    found = _compiled(values.text_in(pattern)).search(values.text_in(text))
    if found is None:
        raise FunctionError("the pattern matches no part of the string")
    return _result(type_, found)


def _regexall(pattern: Value, text: Value) -> Value:
    type_ = _type_of_match([pattern])
    found = matches(_compiled(values.text_in(pattern)), values.text_in(text))
    return values.list_of(type_, [_result(type_, match) for match in found])


def _result(type_: Type, match: re.Match[str]) -> Value:
    match type_:
        case TupleType():
            return Value(type_, list(match.groups()))
        case ObjectType():
            names = group_names(match.re)
            return Value(type_, dict(sorted(zip(names, match.groups(), strict=True))))
    return Value(type_, match[0])


def _regex_replace(text: str, pattern: str, replacement: str) -> str:
    found = _compiled(pattern, 1)
    names = group_names(found)
    written: list[str] = []
    at = length = 0
    for match in matches(found, text):
        written += [text[at : match.start()], _filled(replacement, match, names)]
        length += len(written[-2]) + len(written[-1])
        require_letters(length)
        at = match.end()
    return joined([*written, text[at:]])


_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))")


def _filled(replacement: str, match: re.Match[str], names: list[str]) -> str:
    """What stands for a match: ``$1`` and ``${name}`` are its groups."""

    def group(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        if name.isdecimal() and name.isascii() and len(name) < 9:
            number = int(name)
            return (match[number] or "") if number <= len(names) else ""
        return (match[names.index(name) + 1] or "") if name in names else ""

    return _REFERENCE.sub(group, replacement)
