"""What operators do with values: ``+``, ``==``, ``&&`` and the others.

Both sides are always evaluated, as in Go's HCL: ``&&`` and ``||`` are no short cuts. ``==``
compares values of any types, and those of different types are different.
"""

from __future__ import annotations

from packer_sdk.cty.types import Mismatch, SetType
from packer_sdk.cty.values import UNKNOWN, Value

from . import numbers, values
from .function import Function, FunctionError, Parameter
from .values import FALSE, TRUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .values import Number


def equal(left: Value, right: Value) -> Value:
    """Whether two values without marks are the same; unknown if that is not known yet."""
    known = values.is_known(left), values.is_known(right)
    if not all(known):
        return _equal_one_day(left, right, known)
    if left.content is None or right.content is None:
        return values.boolean(left.content is right.content)
    if values.has_dynamic(left.type) or values.has_dynamic(right.type):
        return _equal_inside(left, right) if _could_be_equal(left, right) else FALSE
    if left.type != right.type:
        return FALSE
    return _equal_inside(left, right)


def _equal_one_day(left: Value, right: Value, known: tuple[bool, bool]) -> Value:
    if any(known):
        here, there = (left, right) if known[0] else (right, left)
        settles = here.content is not None and not values.has_dynamic(there.type)
        if settles and here.type != there.type:
            return FALSE
    return values.unknown("bool")


def _could_be_equal(left: Value, right: Value) -> bool:
    return type(left.type) is type(right.type)


def _equal_inside(left: Value, right: Value) -> Value:
    here, there = left.content, right.content
    if isinstance(here, dict) and isinstance(there, dict):
        if here.keys() != there.keys():
            return FALSE
        ours, theirs = values.entries(left), values.entries(right)
        return _all_equal((ours[name], theirs[name]) for name in ours)
    if isinstance(here, list) and isinstance(there, list):
        if isinstance(left.type, SetType) and UNKNOWN in (*here, *there):
            return values.unknown("bool")
        if len(here) != len(there):
            return FALSE
        return _all_equal(zip(values.items(left), values.items(right), strict=True))
    return values.boolean(here == there)


def _all_equal(pairs: Iterable[tuple[Value, Value]]) -> Value:
    for left, right in pairs:
        verdict = equal(left, right)
        if verdict.content is not True:
            return verdict
    return TRUE


def _not_equal(left: Value, right: Value) -> Value:
    verdict = equal(left, right)
    return verdict if verdict.content is UNKNOWN else values.boolean(verdict.content is False)


def _comparison(compare: Callable[[Number, Number], bool]) -> Function:
    def body(left: Value, right: Value) -> Value:
        return values.boolean(compare(values.number_in(left), values.number_in(right)))

    return Function(_pair("number"), "bool", body)


def _calculation(calculate: Callable[[Number, Number], Number]) -> Function:
    def body(left: Value, right: Value) -> Value:
        try:
            return values.number(calculate(values.number_in(left), values.number_in(right)))
        except Mismatch as error:
            raise FunctionError(error.message) from error

    return Function(_pair("number"), "number", body)


def _logic(decide: Callable[[bool, bool], bool]) -> Function:
    def body(left: Value, right: Value) -> Value:
        return values.boolean(decide(left.content is True, right.content is True))

    return Function(_pair("bool"), "bool", body)


def _pair(type_: str) -> tuple[Parameter, Parameter]:
    name = "number" if type_ == "number" else "bool"
    return (
        Parameter("left", name, dynamic=True),  # type: ignore[arg-type] # it is one of the two
        Parameter("right", name, dynamic=True),  # type: ignore[arg-type] # it is one of the two
    )


_ANY = (
    Parameter("left", null=True, unknown=True, dynamic=True),
    Parameter("right", null=True, unknown=True, dynamic=True),
)

BINARY: Mapping[str, Function] = {
    "==": Function(_ANY, "bool", equal),
    "!=": Function(_ANY, "bool", _not_equal),
    "<": _comparison(lambda left, right: left < right),
    "<=": _comparison(lambda left, right: left <= right),
    ">": _comparison(lambda left, right: left > right),
    ">=": _comparison(lambda left, right: left >= right),
    "+": _calculation(numbers.added),
    "-": _calculation(numbers.subtracted),
    "*": _calculation(numbers.multiplied),
    "/": _calculation(numbers.divided),
    "%": _calculation(numbers.remainder),
    "&&": _logic(lambda left, right: left and right),
    "||": _logic(lambda left, right: left or right),
}

UNARY: Mapping[str, Function] = {
    "-": Function(
        [Parameter("operand", "number", dynamic=True)],
        "number",
        lambda operand: values.number(numbers.negated(values.number_in(operand))),
    ),
    "!": Function(
        [Parameter("operand", "bool", dynamic=True)],
        "bool",
        lambda operand: values.boolean(operand.content is False),
    ),
}
