"""Numbers: ``abs``, ``max``, ``parseint`` and others."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from packer_core.hcl import numbers, values
from packer_core.hcl.convert import convert, described
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty.numbers import number_of
from packer_sdk.cty.types import Mismatch

from .simple import simple, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packer_core.hcl.numbers import Number
    from packer_sdk.cty.types import Type
    from packer_sdk.cty.values import Value

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "abs": simple(
            "number",
            lambda num: num.copy_abs() if hasattr(num, "copy_abs") else abs(num),
            num="number",
        ),
        "ceil": simple("number", numbers.ceiling, num="number"),
        "floor": simple("number", numbers.floor, num="number"),
        "log": simple("number", _log, num="number", base="number"),
        "max": _extreme(lambda number, best: number > best),
        "min": _extreme(lambda number, best: number < best),
        "parseint": Function(
            [Parameter("number"), Parameter("base", "number")], _type_of_parseint, _parseint
        ),
        "pow": simple("number", _pow, num="number", power="number"),
        "signum": simple("number", _signum, num="number"),
        "sum": Function([Parameter("list")], "number", _sum),
    }


def _extreme(is_better: Callable[[Number, Number], bool]) -> Function:
    def body(*arguments: Value) -> Value:
        if not arguments:
            raise FunctionError("at least one number is needed")
        best = values.number_in(arguments[0])
        for argument in arguments[1:]:
            number = values.number_in(argument)
            best = number if is_better(number, best) else best
        return values.number(best)

    return Function((), "number", body, rest=Parameter("numbers", "number", dynamic=True))


def _log(num: Number, base: Number) -> Number:
    if num <= 0 or base <= 0:
        raise FunctionError("there is a logarithm of positive numbers only")
    if base == 1:
        raise FunctionError("there is no logarithm to base 1", 1)
    return _finite(lambda: math.log(num) / math.log(base))


def _pow(num: Number, power: Number) -> Number:
    return _finite(lambda: math.pow(num, power))


def _finite(calculate: Callable[[], float]) -> Number:
    """The result of floating-point arithmetic."""
    try:
        # By its shortest digits, as Go shows it, also where they stand before the point.
        return number_of(Decimal(repr(calculate())))
    except (ArithmeticError, ValueError) as error:
        raise FunctionError("the result is no finite number") from error


def _signum(num: Number) -> int:
    number = whole(num, 0)
    return (number > 0) - (number < 0)


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _type_of_parseint(given: Sequence[Value]) -> Type:
    if given[0].type != "string":
        raise FunctionError(f"a string is required, got {described(given[0].type)}", 0)
    return "number"


def _parseint(text: Value, base: Value) -> Value:
    _type_of_parseint([text])
    radix = whole(values.number_in(base), 1)
    if not 2 <= radix <= 62:
        raise FunctionError(f"must be between 2 and 62, got {radix}", 1)
    written = values.text_in(text)
    digits = written[1:] if written[:1] in {"+", "-"} else written
    folded = digits.lower() if radix <= 36 else digits
    places = [_DIGITS.find(digit) for digit in folded]
    if not places or not all(0 <= place < radix for place in places):
        raise FunctionError(f'"{written}" is no integer of base {radix}', 0)
    result = 0
    for place in places:
        result = result * radix + place
    return values.number(numbers.rounded(-result if written[0] == "-" else result))


def _sum(given: Value) -> Value:
    if not isinstance(given.type, values.SEQUENCES):
        raise FunctionError(f"a list, set or tuple is required, got {described(given.type)}", 0)
    parts = values.items(given)
    if not parts:
        raise FunctionError("an empty list has no sum", 0)
    if not values.is_wholly_known(given):
        return values.unknown("number")
    return values.number(_total(parts))


def _total(parts: Sequence[Value]) -> Number:
    total: Number = 0
    for index, part in enumerate(parts):
        try:
            number = convert(part, "number")
        except Mismatch as error:
            raise FunctionError(f"element {index}: {error.message}", 0) from error
        if number.content is None:
            raise FunctionError(f"element {index} must not be null", 0)
        total = numbers.added(total, values.number_in(number))
    return total
