"""Lists: ``concat``, ``flatten``, ``element`` and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl import numbers, values
from packer_core.hcl.conversion import unify
from packer_core.hcl.convert import convert, described
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_core.hcl.marks import NONE, mark, unmark, unmark_deep
from packer_core.hcl.operators import equal
from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

from .letters import letters
from .simple import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_core.hcl.marks import Marks
    from packer_sdk.cty.types import Type

    from .table import Surroundings

_STRINGS = ListType("string")
_ANY_LIST = ListType("dynamic")


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    anything = Parameter("vals", null=True, unknown=True, dynamic=True)
    return {
        "alltrue": Function([Parameter("list", ListType("bool"))], "bool", _alltrue),
        "anytrue": Function([Parameter("list", ListType("bool"))], "bool", _anytrue),
        "chunklist": Function(
            [Parameter("list", _ANY_LIST, marked=True), Parameter("size", "number")],
            lambda given: ListType(given[0].type),
            _chunklist,
        ),
        "coalesce": Function((), _type_of_coalesce, _coalesce, rest=anything),
        "coalescelist": Function((), "dynamic", _coalescelist, rest=anything),
        "compact": Function([Parameter("list", _STRINGS)], _STRINGS, _compact),
        "concat": Function((), _type_of_concat, _concat, rest=Parameter("seqs", marked=True)),
        "contains": Function([Parameter("list"), Parameter("value")], "bool", _contains),
        "distinct": Function(
            [Parameter("list", _ANY_LIST)], lambda given: given[0].type, _distinct
        ),
        "element": Function(
            [Parameter("list", marked=True), Parameter("index", "number")],
            _type_of_element,
            _element,
        ),
        "flatten": Function([Parameter("list", marked=True)], "dynamic", _flatten),
        "index": Function([Parameter("list"), Parameter("value")], "number", _index),
        "length": Function(
            [Parameter("value", unknown=True, marked=True, dynamic=True)], "number", _length
        ),
        "range": Function((), ListType("number"), _range, rest=Parameter("params", "number")),
        "reverse": Function([Parameter("list", marked=True)], _type_of_reverse, _reverse),
        "slice": Function(
            [
                Parameter("list", marked=True),
                Parameter("start_index", "number"),
                Parameter("end_index", "number"),
            ],
            _type_of_slice,
            _slice,
        ),
        "sort": Function([Parameter("list", _STRINGS)], _STRINGS, _sort),
    }


def _alltrue(given: Value) -> Value:
    verdict = values.TRUE
    for item in values.items(given):
        if item.content is None or item.content is False:
            return values.FALSE
        if item.content is UNKNOWN:
            verdict = values.unknown("bool")
    return verdict


def _anytrue(given: Value) -> Value:
    verdict = values.FALSE
    for item in values.items(given):
        if item.content is True:
            return values.TRUE
        if item.content is UNKNOWN:
            verdict = values.unknown("bool")
    return verdict


def _chunklist(given: Value, size: Value) -> Value:
    plain, marks = unmark(given)
    count = whole(values.number_in(size), 1)
    if count < 0:
        raise FunctionError("must not be negative", 1)
    parts = values.items(plain)
    step = count or len(parts) or 1
    element = plain.type.element if isinstance(plain.type, ListType) else "dynamic"
    chunks = [
        values.list_of(element, parts[start : start + step]) for start in range(0, len(parts), step)
    ]
    return mark(values.list_of(plain.type, chunks), marks)


def _type_of_coalesce(given: Sequence[Value]) -> Type:
    types = [value.type for value in given]
    if not types:
        raise FunctionError("at least one argument is needed")
    found = unify(types)
    if found is None:
        raise FunctionError("all arguments must be of one type")
    return found


def _coalesce(*arguments: Value) -> Value:
    type_ = _type_of_coalesce(arguments)
    for argument in arguments:
        try:
            value = convert(argument, type_)
        except Mismatch:
            continue  # what cannot be of the type counts as nothing, as in Packer
        if value.content is UNKNOWN:
            return values.unknown(type_)
        # An empty text counts as nothing, as it does in Packer.
        if value.content is not None and value.content != "":
            return value
    raise FunctionError("no argument is neither null nor empty")


def _coalescelist(*arguments: Value) -> Value:
    if not arguments:
        raise FunctionError("at least one argument is needed")
    for position, argument in enumerate(arguments):
        if argument.content is UNKNOWN:
            break
        if not isinstance(argument.type, ListType | TupleType):
            raise FunctionError("a list or tuple is required", position)
    for argument in arguments:
        if argument.content is UNKNOWN:
            return values.ANYTHING
        if argument.content is not None and values.items(argument):
            return argument
    raise FunctionError("no argument has elements")


def _compact(given: Value) -> Value:
    if not values.is_wholly_known(given):
        return values.unknown(_STRINGS)
    return Value(_STRINGS, [item.content for item in values.items(given) if item.content])


def _type_of_concat(given: Sequence[Value]) -> Type:
    plain = [unmark_deep(value)[0] for value in given]
    if not plain:
        raise FunctionError("at least one argument is needed")
    if all(isinstance(value.type, ListType) for value in plain):
        common = unify([value.type for value in plain])
        if common is not None:
            return common
    types: list[Type] = []
    for position, value in enumerate(plain):
        match value.type:
            case TupleType(elements):
                types += elements
            case ListType(element):
                if value.content is UNKNOWN:
                    return "dynamic"
                types += [element] * len(values.items(value))
            case _:
                kind = described(value.type)
                raise FunctionError(f"a list or tuple is required, got {kind}", position)
    return TupleType(types)


def _concat(*arguments: Value) -> Value:
    type_ = _type_of_concat(arguments)
    marks: Marks = NONE
    parts: list[Value] = []
    for position, argument in enumerate(arguments):
        plain, found = unmark(argument)
        marks |= found
        if isinstance(type_, ListType):
            try:
                plain = convert(plain, type_)
            except Mismatch as error:
                raise FunctionError(error.message, position) from error
        parts += values.items(plain)
    if isinstance(type_, ListType):
        return mark(values.list_of(type_.element, parts), marks)
    return mark(values.tuple_of(parts), marks)


def _contains(given: Value, wanted: Value) -> Value:
    _require_sequence(given)
    verdict = values.FALSE
    for item in values.items(given):
        same = equal(wanted, item)
        if same.content is True:
            return values.TRUE
        if same.content is UNKNOWN:
            verdict = same
    return verdict


def _require_sequence(given: Value, argument: int = 0) -> None:
    if not isinstance(given.type, values.SEQUENCES):
        kind = described(given.type)
        raise FunctionError(f"a list, set or tuple is required, got {kind}", argument)


def _distinct(given: Value) -> Value:
    if not values.is_wholly_known(given):
        return values.unknown(given.type)
    kept: list[Value] = []
    for item in values.items(given):
        if not any(equal(one, item).content is True for one in kept):
            kept.append(item)
    element = given.type.element if isinstance(given.type, ListType) else "dynamic"
    return values.list_of(element, kept)


def _type_of_element(given: Sequence[Value]) -> Type:
    if given[1].content is not UNKNOWN and values.number_in(given[1]) < 0:
        raise FunctionError("must not be negative", 1)
    match given[0].type:
        case ListType(element):
            return element
        case TupleType(types) if given[1].content is not UNKNOWN and types:
            return types[_turn(given[1], len(types))]
        case TupleType():
            return "dynamic"
    raise FunctionError(f"a list or tuple is required, got {described(given[0].type)}", 0)


def _turn(index: Value, length: int) -> int:
    position = whole(values.number_in(index), 1)
    if position < 0:
        raise FunctionError("must not be negative", 1)
    if not length:
        raise FunctionError("there are no elements", 0)
    return position % length


def _element(given: Value, index: Value) -> Value:
    plain, marks = unmark(given)
    _type_of_element([plain, index])
    parts = values.items(plain)
    return mark(parts[_turn(index, len(parts))], marks)


def _flatten(given: Value) -> Value:
    plain, marks = unmark(given)
    _require_sequence(plain)
    parts, found, is_known = _flat(plain)
    result = values.tuple_of(parts) if is_known else values.ANYTHING
    return mark(result, marks | found)


def _flat(given: Value) -> tuple[list[Value], Marks, bool]:
    parts: list[Value] = []
    marks: Marks = NONE
    is_known = True
    for item in values.items(given):
        plain, found = unmark(item)
        if plain.content is None or not isinstance(plain.type, values.SEQUENCES):
            is_known = is_known and not (plain.type == "dynamic" and plain.content is UNKNOWN)
            parts.append(item)
            continue
        marks |= found
        if plain.content is UNKNOWN:
            is_known = False
            continue
        inner, inner_marks, inner_known = _flat(plain)
        parts += inner
        marks |= inner_marks
        is_known = is_known and inner_known
    return parts, marks, is_known


def _index(given: Value, wanted: Value) -> Value:
    if not isinstance(given.type, ListType | TupleType):
        raise FunctionError(f"a list or tuple is required, got {described(given.type)}", 0)
    parts = values.items(given)
    if not parts:
        raise FunctionError("an empty list has no elements to search", 0)
    for position, item in enumerate(parts):
        same = equal(item, wanted)
        if same.content is UNKNOWN:
            return values.unknown("number")
        if same.content is True:
            return values.number(position)
    raise FunctionError("the value is not in the list", 1)


def _length(given: Value) -> Value:
    plain, marks = unmark(given)
    return mark(_count(plain), marks)


def _count(plain: Value) -> Value:  # noqa: PLR0911 - a case each
    match plain.type:
        case TupleType(types):
            return values.number(len(types))
        case ObjectType(attributes):
            return values.number(len(attributes))
        case ListType() | SetType() | MapType() | "string" | "dynamic" if plain.content is UNKNOWN:
            return values.unknown("number")
        case "string":
            return values.number(len(letters(values.text_in(plain))))
        case SetType() if not values.is_wholly_known(plain) and len(values.items(plain)) > 1:
            return values.unknown("number")  # some may turn out to be the same
        case ListType() | SetType():
            return values.number(len(values.items(plain)))
        case MapType():
            return values.number(len(values.entries(plain)))
    kind = described(plain.type)
    raise FunctionError(f"a string or a collection is required, got {kind}", 0)


_MOST = 1024
"""Elements that ``range`` makes."""


def _range(*arguments: Value) -> Value:
    given = [values.number_in(argument) for argument in arguments]
    if not 1 <= len(given) <= 3:
        raise FunctionError("one to three numbers are needed")
    start, end = (0, given[0]) if len(given) == 1 else given[:2]
    step = given[2] if len(given) == 3 else -1 if end < start else 1
    if not step:
        raise FunctionError("must not be zero", 2)
    if (end > start and step < 0) or (end < start and step > 0):
        raise FunctionError("the steps lead away from the end", 2)
    found: list[Value] = []
    while (start < end) if step > 0 else (start > end):
        if len(found) >= _MOST:
            raise FunctionError(f"more than {_MOST} numbers")
        found.append(values.number(start))
        start = numbers.added(start, step)
    return values.list_of("number", found)


def _type_of_reverse(given: Sequence[Value]) -> Type:
    match given[0].type:
        case TupleType(types):
            return TupleType(list(reversed(types)))
        case ListType(element) | SetType(element):
            return ListType(element)
    raise FunctionError(f"a list or tuple is required, got {described(given[0].type)}", 0)


def _reverse(given: Value) -> Value:
    plain, marks = unmark(given)
    type_ = _type_of_reverse([plain])
    parts = list(reversed(values.items(plain)))
    return mark(Value(type_, [part.content for part in parts]), marks)


def _type_of_slice(given: Sequence[Value]) -> Type:
    plain, start, end = (unmark(value)[0] for value in given)
    if not isinstance(plain.type, ListType | TupleType):
        raise FunctionError(f"a list or tuple is required, got {described(plain.type)}", 0)
    length = None
    if isinstance(plain.type, TupleType):
        length = len(plain.type.elements)
    elif plain.content is not UNKNOWN:
        length = len(values.items(plain))
    ends = [_end(start, 1, length), _end(end, 2, length)]
    if None not in ends and ends != sorted(ends, key=lambda one: one or 0):
        raise FunctionError("must not be greater than the end", 1)
    if isinstance(plain.type, ListType):
        return plain.type
    return "dynamic" if None in ends else TupleType(list(plain.type.elements[ends[0] : ends[1]]))


def _end(given: Value, position: int, length: int | None) -> int | None:
    if given.content is UNKNOWN:
        return None
    index = whole(values.number_in(given), position)
    if index < 0 or (length is not None and index > length):
        most = "" if length is None else f" and not above {length}"
        raise FunctionError(f"must not be negative{most}, got {index}", position)
    return index


def _slice(given: Value, start: Value, end: Value) -> Value:
    plain, marks = unmark(given)
    type_ = _type_of_slice([plain, start, end])
    parts = values.items(plain)[whole(start.content) : whole(end.content)]
    return mark(Value(type_, [part.content for part in parts]), marks)


def _sort(given: Value) -> Value:
    if not values.is_wholly_known(given):
        return values.unknown(_STRINGS)
    texts: list[str] = []
    for position, item in enumerate(values.items(given)):
        if item.content is None:
            raise FunctionError(f"element {position} must not be null", 0)
        texts.append(values.text_in(item))
    return Value(_STRINGS, sorted(texts))  # by code points, which is the order of UTF-8
