"""``format`` and ``formatlist``: verbs as Go has them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.bounds import joined
from packer_core.hcl.convert import convert
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty import json as cty_json
from packer_sdk.cty.types import ListType, Mismatch, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

from .digits import fixed, general, scientific
from .letters import letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_core.hcl.numbers import Number

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    rest = Parameter("args", null=True, unknown=True)
    given = [Parameter("format", "string")]
    return {
        "format": Function(given, "string", _format, rest=rest),
        "formatlist": Function(given, ListType("string"), _formatlist, rest=rest),
    }


def _format(form: Value, *arguments: Value) -> Value:
    if not all(values.is_wholly_known(argument) for argument in arguments):
        return values.unknown("string")
    return values.string(formatted(values.text_in(form), arguments))


def _formatlist(form: Value, *arguments: Value) -> Value:
    length = None
    columns: list[list[Value] | None] = []
    for position, argument in enumerate(arguments, 1):
        if argument.type == "dynamic" and argument.content is UNKNOWN:
            return values.unknown(ListType("string"))
        if not isinstance(argument.type, values.SEQUENCES) or argument.content is None:
            columns.append(None)
            continue
        if isinstance(argument.type, TupleType):
            count = len(argument.type.elements)
        elif argument.content is UNKNOWN:
            return values.unknown(ListType("string"))
        else:
            count = len(values.items(argument))
        if length is not None and count != length:
            raise FunctionError(f"{count} elements, where another one has {length}", position)
        length = count
        if argument.content is UNKNOWN:
            return values.unknown(ListType("string"))
        columns.append(values.items(argument))
    texts = [
        _line(
            form,
            [
                item if column is None else column[row]
                for item, column in zip(arguments, columns, strict=True)
            ],
        )
        for row in range(1 if length is None else length)
    ]
    return values.list_of("string", texts)


def _line(form: Value, arguments: Sequence[Value]) -> Value:
    if not all(values.is_wholly_known(argument) for argument in arguments):
        return values.unknown("string")
    return values.string(formatted(values.text_in(form), arguments))


_VERB = re.compile(
    r"%(?P<flags>[-0#+ ]*)(?P<width>[1-9][0-9]*)?(?:\.(?P<precision>[0-9]*))?"
    r"(?:\[(?P<index>[1-9][0-9]*)\])?(?P<mode>[a-zA-Z])"
)
_MOST = 10_000
"""Letters that a verb may be padded to."""


def formatted(form: str, arguments: Sequence[Value]) -> str:
    """Put arguments in the place of verbs.

    Raises:
        FunctionError: they do not fit, or there are too many or too few.
    """
    written: list[str] = []
    at, following, highest = 0, 1, 0
    while at < len(form):
        percent = form.find("%", at)
        if percent < 0:
            written.append(form[at:])
            break
        written.append(form[at:percent])
        if form.startswith("%%", percent):
            written.append("%")
            at = percent + 2
            continue
        verb = _VERB.match(form, percent)
        if verb is None:
            raise FunctionError(f"no verb: {form[percent : percent + 8]}", 0)
        index = int(verb["index"] or following)
        if index > len(arguments):
            raise FunctionError(
                f"no value for {verb[0]}: it needs {index}, got {len(arguments)}", 0
            )
        written.append(_one(verb, arguments[index - 1], index))
        highest, following, at = max(highest, index), index + 1, verb.end()
    if highest < len(arguments):
        raise FunctionError("too many values: no verb is for this one", highest + 1)
    return joined(written)


def _one(verb: re.Match[str], value: Value, position: int) -> str:
    mode = verb["mode"]
    if max(int(verb["width"] or 0), int(verb["precision"] or 0)) > _MOST:
        raise FunctionError(f"too wide: {verb[0]}", 0)
    if mode != "v" and value.content is None:
        raise FunctionError(f"null cannot be {verb[0]}", position)
    try:
        if mode == "v":
            return _padded(verb, _as_it_is(value, sharp="#" in verb["flags"]))
        if mode == "t":
            return "true" if convert(value, "bool").content else "false"
        if mode in "bdoxX":
            return _integer(verb, values.number_in(convert(value, "number")), position)
        if mode in "eEfgG":
            return _real(verb, values.number_in(convert(value, "number")))
        if mode in "sq":
            return _text(verb, values.text_in(convert(value, "string")))
    except Mismatch as error:
        raise FunctionError(f"it cannot be {verb[0]}: {error.message}", position) from error
    raise FunctionError(f"no such verb: {verb[0]}", 0)


def _as_it_is(value: Value, *, sharp: bool) -> str:
    if not sharp and value.content is not None:
        if value.type == "string":
            return values.text_in(value)
        if value.type == "number":
            return general(values.number_in(value), None)
    return cty_json.encode_plain(value).decode()


def _text(verb: re.Match[str], text: str) -> str:
    if int(verb["precision"] or 0):
        text = "".join(letters(text)[: int(verb["precision"])])
    if verb["mode"] == "q":
        text = cty_json.encode_plain(Value("string", text)).decode()
    return _padded(verb, text)


def _padded(verb: re.Match[str], text: str) -> str:
    missing = int(verb["width"] or 0) - len(letters(text))
    padding = ("0" if "0" in verb["flags"] else " ") * missing
    return text + padding if "-" in verb["flags"] else padding + text


def _integer(verb: re.Match[str], number: Number, position: int) -> str:
    if not isinstance(number, int):
        raise FunctionError(f"{verb[0]} needs a whole number", position)
    flags, mode = verb["flags"], verb["mode"]
    prefix = {"b": "0b", "o": "0", "x": "0x", "X": "0X"}.get(mode, "") if "#" in flags else ""
    digits = format(abs(number), mode)
    least = verb["precision"]
    if least is not None:
        if not number and not int(least or 0):
            return ""
        digits = digits.rjust(int(least or 0), "0")
    sign = _sign(flags, is_negative=number < 0)
    missing = int(verb["width"] or 0) - len(sign + prefix + digits)
    if "-" in flags:
        return sign + prefix + digits + " " * missing
    if "0" in flags and least is None:
        return sign + prefix + "0" * missing + digits
    return " " * missing + sign + prefix + digits


def _real(verb: re.Match[str], number: Number) -> str:
    flags, mode = verb["flags"], verb["mode"]
    given = verb["precision"]
    precision = int(given or 0) if given is not None else None
    if mode == "f":
        text = fixed(number, 6 if precision is None else precision)
    elif mode in "eE":
        text = scientific(number, 6 if precision is None else precision)
    else:
        text = general(number, precision)
    if mode in "EG":
        text = text.replace("e", "E")
    sign = _sign(flags, is_negative=text.startswith("-"))
    digits = text.removeprefix("-")
    missing = int(verb["width"] or 0) - len(sign + digits)
    if "-" in flags:
        return sign + digits + " " * missing
    if "0" in flags:
        return sign + "0" * missing + digits
    return " " * missing + sign + digits


def _sign(flags: str, *, is_negative: bool) -> str:
    if is_negative:
        return "-"
    return "+" if "+" in flags else " " if " " in flags else ""
