"""Values while they are evaluated: how they are made, and looked into.

They are those of `packer_sdk.cty`, with two additions: content may be marked (`marks`), and a type
is ``dynamic`` only where the value is null or not known, as in cty; `settled` makes it so.
"""

from __future__ import annotations

from decimal import Decimal

from packer_sdk.cty.texts import normal
from packer_sdk.cty.types import (
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
)
from packer_sdk.cty.values import UNKNOWN, Value

from .marks import NONE, Marked, bare, mark, unmark_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_sdk.cty.types import Type

    Number = int | Decimal

TRUE = Value("bool", True)
FALSE = Value("bool", False)
NULL = Value("dynamic", None)
ANYTHING = Value("dynamic", UNKNOWN)
"""A value of which not even the type is known."""

EMPTY_TUPLE = Value(TupleType([]), [])
EMPTY_OBJECT = Value(ObjectType({}), {})

SEQUENCES = (ListType, SetType, TupleType)
COLLECTIONS = (ListType, SetType, MapType)


def string(text: str) -> Value:
    """Make a text, in normal form C."""
    return Value("string", normal(text))


def number(content: Number) -> Value:
    """Make a number."""
    return Value("number", content)


def boolean(content: bool) -> Value:
    """Make a truth value."""
    return TRUE if content else FALSE


def unknown(type_: Type) -> Value:
    """Make a value of a type that is not known yet."""
    return Value(type_, UNKNOWN)


def null(type_: Type) -> Value:
    """Make a null of a type."""
    return Value(type_, None)


def tuple_of(values: Iterable[Value]) -> Value:
    """Make a tuple."""
    parts = list(values)
    return Value(TupleType([part.type for part in parts]), [part.content for part in parts])


def object_of(named: Mapping[str, Value]) -> Value:
    """Make an object."""
    ordered = sorted(named.items())
    return Value(
        ObjectType({name: part.type for name, part in ordered}),
        {name: part.content for name, part in ordered},
    )


def list_of(element: Type, values: Iterable[Value]) -> Value:
    """Make a list; the values are of the type of its elements."""
    return Value(ListType(element), [value.content for value in values])


def map_of(element: Type, named: Mapping[str, Value]) -> Value:
    """Make a map; the values are of the type of its elements."""
    return Value(MapType(element), {name: named[name].content for name in sorted(named)})


def set_of(element: Type, values: Iterable[Value]) -> Value:
    """Make a set; marks of its elements become its own, since they tell apart what is in it."""
    marks = NONE
    contents = []
    for value in values:
        plain, found = unmark_deep(value)
        marks |= found
        contents.append(plain.content)
    return mark(Value(SetType(element), in_set_order(element, contents)), marks)


def is_null(value: Value) -> bool:
    """Whether there is no value."""
    return bare(value.content) is None


def is_known(value: Value) -> bool:
    """Whether it is known already; what is inside may still not be."""
    return bare(value.content) is not UNKNOWN


def is_wholly_known(value: Value) -> bool:
    """Whether everything in it is known already."""
    return _wholly_known(value.content)


def _wholly_known(content: object) -> bool:
    inner = bare(content)
    if inner is UNKNOWN:
        return False
    if isinstance(inner, list):
        return all(_wholly_known(item) for item in inner)
    if isinstance(inner, dict):
        return all(_wholly_known(item) for item in inner.values())
    return True


def text_in(value: Value) -> str:
    """The content of a text that is known."""
    content = bare(value.content)
    assert isinstance(content, str), "asked of a text only"
    return content


def number_in(value: Value) -> Number:
    """The content of a number that is known."""
    content = bare(value.content)
    assert isinstance(content, int | Decimal), "asked of a number only"
    return content


def items(value: Value) -> list[Value]:
    """The elements of a list, set or tuple that is known, with the marks they have themselves."""
    contents = bare(value.content)
    assert isinstance(contents, list), "asked of a sequence only"
    match value.type:
        case TupleType(elements):
            return [Value(*pair) for pair in zip(elements, contents, strict=True)]
        case ListType(element) | SetType(element):
            return [Value(element, content) for content in contents]
    raise AssertionError("asked of a sequence only")


def entries(value: Value) -> dict[str, Value]:
    """The elements of a map, or attributes of an object, that is known, in order of names."""
    contents = bare(value.content)
    assert isinstance(contents, dict), "asked of a map or an object only"
    match value.type:
        case ObjectType(attributes):
            return {name: Value(attributes[name], contents[name]) for name in sorted(contents)}
        case MapType(element):
            return {name: Value(element, contents[name]) for name in sorted(contents)}
    raise AssertionError("asked of a map or an object only")


def elements(value: Value) -> list[tuple[Value, Value]]:
    """Keys and values of whatever can be gone through: those of a set are the same."""
    if isinstance(value.type, SetType):
        return [(item, item) for item in items(value)]
    if isinstance(value.type, SEQUENCES):
        return [(number(index), item) for index, item in enumerate(items(value))]
    return [(string(name), item) for name, item in entries(value).items()]


def can_iterate(type_: Type) -> bool:
    """Whether values of a type can be gone through."""
    return isinstance(type_, ListType | SetType | TupleType | MapType | ObjectType)


def settled(value: Value) -> Value:
    """Give what is in dynamic slots its own place in the type of the whole, as cty does."""
    return _settled(value.type, value.content)


def _settled(type_: Type, content: object) -> Value:  # noqa: C901, PLR0911 - a case each
    inner = bare(content)
    if isinstance(content, Marked):
        return mark(_settled(type_, inner), content.marks)
    if isinstance(inner, Value):
        return _settled(inner.type, inner.content)
    match type_:
        case TupleType(types) if isinstance(inner, list):
            return tuple_of(_settled(*pair) for pair in zip(types, inner, strict=True))
        case ObjectType(attributes) if isinstance(inner, dict):
            return object_of({name: _settled(attributes[name], inner[name]) for name in inner})
        case ListType(element) | SetType(element) if isinstance(inner, list):
            if is_settled(element):
                return Value(type_, content)
            return _alike(type_, [_settled(element, item) for item in inner])
        case MapType(element) if isinstance(inner, dict):
            if is_settled(element):
                return Value(type_, content)
            named = {name: _settled(element, item) for name, item in inner.items()}
            types = [one.type for one in named.values()]
            if types and any(one != types[0] for one in types):
                return object_of(named)
            return map_of(types[0] if types else element, named)
        case ObjectType(attributes, optional) if optional:
            return Value(ObjectType(attributes), content)
        case _:
            return Value(type_, content)


def _alike(type_: Type, parts: list[Value]) -> Value:
    """A list or set whose elements brought their types along; a tuple if those differ."""
    types = [part.type for part in parts]
    if any(one != types[0] for one in types):
        return tuple_of(parts)
    if not parts:
        return Value(type_, [])
    return (set_of if isinstance(type_, SetType) else list_of)(types[0], parts)


def is_settled(type_: Type) -> bool:
    """Whether nothing in a type is dynamic or optional."""
    match type_:
        case ListType(element) | SetType(element) | MapType(element):
            return is_settled(element)
        case TupleType(types):
            return all(is_settled(element) for element in types)
        case ObjectType(attributes, optional):
            return not optional and all(is_settled(inner) for inner in attributes.values())
        case _:
            return type_ != "dynamic"


def has_dynamic(type_: Type) -> bool:
    """Whether anything in a type is dynamic."""
    match type_:
        case ListType(element) | SetType(element) | MapType(element):
            return has_dynamic(element)
        case TupleType(types):
            return any(has_dynamic(element) for element in types)
        case ObjectType(attributes):
            return any(has_dynamic(inner) for inner in attributes.values())
        case _:
            return type_ == "dynamic"


def in_set_order(element: Type, contents: list[object]) -> list[object]:
    """The elements of a set as cty goes through them: without doubles, nulls and unknowns last."""
    ordered = sorted(contents, key=lambda content: _rank(element, content))
    kept: list[object] = []
    for content in ordered:
        # Equal ones are neighbours. What is unknown may still turn out to be different.
        if not kept or content != kept[-1] or not _wholly_known(content):
            kept.append(content)
    return kept


def _rank(element: Type, content: object) -> tuple[int, Number, str]:
    if content is None:
        return 2, 0, ""
    if content is UNKNOWN:
        return 1, 0, ""
    if isinstance(content, int | Decimal):
        return 0, content, ""
    if isinstance(content, str):
        return 0, 0, content
    return 0, 0, _canonical(element, content)


def _canonical(type_: Type, content: object) -> str:  # noqa: PLR0911 - a case each
    """A text that orders values as cty does, whose order of these is arbitrary but fixed."""
    if content is UNKNOWN or content is None:
        return "?" if content is UNKNOWN else "~"
    match type_, content:
        case "bool", _:
            return "T" if content else "F"
        case "number", _:
            return _ten_digits(content)
        case "string", str():
            return _quoted(content)
        case MapType(element), dict():
            inner = "".join(
                f"{_quoted(key)}:{_canonical(element, content[key])};" for key in sorted(content)
            )
            return f"{{{inner}}}"
        case ((ListType(element) | SetType(element)), list()):
            inner = "".join(f"{_canonical(element, item)};" for item in content)
            return f"[{inner}]"
        case ObjectType(attributes), dict():
            inner = "".join(
                f"{_canonical(attributes[key], content[key])};" for key in sorted(content)
            )
            return f"<{inner}>"
        case TupleType(types), list():
            pairs = zip(types, content, strict=True)
            inner = "".join(f"{_canonical(one, item)};" for one, item in pairs)
            return f"<{inner}>"
    return str(content)


def _ten_digits(content: object) -> str:
    """As Go shows a big number in short."""
    from .numbers import in_digits  # noqa: PLC0415 - sets of sets of numbers are rare

    assert isinstance(content, int | Decimal), "a number"
    return in_digits(content, 10)


def _quoted(text: str) -> str:
    import json  # noqa: PLC0415 - sets of objects are rare

    return json.dumps(text, ensure_ascii=False)
