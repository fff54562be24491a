"""Sets: ``setunion``, ``setintersection``, ``setproduct``."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.bounds import MOST_ELEMENTS
from packer_core.hcl.conversion import unify
from packer_core.hcl.convert import convert
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_core.hcl.marks import NONE, mark, unmark
from packer_sdk.cty.types import ListType, Mismatch, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packer_core.hcl.marks import Marks
    from packer_sdk.cty.types import Type

    from .table import Surroundings

    Operation = Callable[[list[object], list[object]], list[object]]


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "setintersection": _operation(lambda ours, theirs: [one for one in ours if one in theirs]),
        "setproduct": Function(
            (), _type_of_product, _product, rest=Parameter("sets", unknown=True, marked=True)
        ),
        "setunion": _operation(lambda ours, theirs: ours + theirs),
    }


def _operation(combine: Operation) -> Function:
    def body(*arguments: Value) -> Value:
        type_ = _type_of_operation(arguments)
        contents: list[object] | None = None
        element: Type = "dynamic"
        for position, argument in enumerate(arguments):
            try:
                converted = convert(argument, type_)
            except Mismatch as error:
                raise FunctionError(error.message, position) from error
            if not values.is_wholly_known(converted):
                return values.unknown(type_)
            element = _common(element, converted.type)
            theirs = [item.content for item in values.items(converted)]
            contents = theirs if contents is None else combine(contents, theirs)
        return Value(SetType(element), values.in_set_order(element, contents or []))

    given = [Parameter("first_set", SetType("dynamic"), dynamic=True)]
    rest = Parameter("other_sets", SetType("dynamic"), dynamic=True)
    return Function(given, _type_of_operation, body, rest=rest)


def _common(element: Type, set_: Type) -> Type:
    """The type of all elements so far: nulls of no type go with those of any."""
    assert isinstance(set_, SetType), "it was converted to one"
    if "dynamic" in (element, set_.element):
        return set_.element if element == "dynamic" else element
    if element != set_.element:
        raise FunctionError("the elements of all sets must be of one type")
    return element


def _type_of_operation(given: Sequence[Value]) -> Type:
    types: list[Type] = []
    for value in given:
        if not isinstance(value.type, SetType):
            return "dynamic"
        is_empty = value.content == [] and value.type.element == "dynamic"
        if not is_empty:
            types.append(value.type.element)
    if not types:
        return SetType("dynamic")
    common = unify(types)
    if common is None:
        raise FunctionError("the elements of all sets must be of one type")
    return SetType(common)


def _type_of_product(given: Sequence[Value]) -> Type:
    if len(given) < 2:
        raise FunctionError("at least two sets or lists are needed")
    types: list[Type] = []
    ordered = True
    for position, value in enumerate(given):
        match value.type:
            case SetType(element):
                ordered = False
                types.append(element)
            case ListType(element):
                types.append(element)
            case TupleType(elements):
                common = unify(elements) if elements else "dynamic"
                if common is None:
                    raise FunctionError("all elements must be of one type", position)
                types.append(common)
            case _:
                raise FunctionError("a set or a list is required", position)
    return (ListType if ordered else SetType)(TupleType(types))


def _product(*arguments: Value) -> Value:
    type_ = _type_of_product(arguments)
    marks: Marks = NONE
    plain: list[Value] = []
    for argument in arguments:
        bare, found = unmark(argument)
        marks |= found
        plain.append(bare)
    if any(value.content is UNKNOWN for value in plain):
        return mark(values.unknown(type_), marks)
    assert isinstance(type_, ListType | SetType), "what was worked out"
    assert isinstance(type_.element, TupleType), "what was worked out"
    columns = [
        [convert(item, element) for item in values.items(value)]
        for value, element in zip(plain, type_.element.elements, strict=True)
    ]
    if prod(map(len, columns)) > MOST_ELEMENTS:
        raise FunctionError(f"there would be more than {MOST_ELEMENTS} elements")
    rows = [Value(type_.element, [item.content for item in row]) for row in product(*columns)]
    make = values.list_of if isinstance(type_, ListType) else values.set_of
    return mark(make(type_.element, rows), marks)
