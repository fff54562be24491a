"""Values of one type as values of another, and the type that values of several have in common.

The rules are cty's. A conversion is safe if every value of the type has one; where a template
states what it wants, unsafe ones are tried as well: text that may be a number.
"""

from __future__ import annotations

from packer_sdk.cty.numbers import text_of
from packer_sdk.cty.types import (
    ListType,
    MapType,
    Mismatch,
    ObjectType,
    SetType,
    TupleType,
)
from packer_sdk.cty.values import UNKNOWN, Value

from . import values
from .marks import mark, unmark
from .numbers import read
from .type_order import most_general_first

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from packer_sdk.cty.types import Type

    Converter = Callable[[Value], Value]


def conversion(source: Type, target: Type, *, unsafe: bool = True) -> Converter | None:
    """Find what converts values of one type into another; None if nothing does."""
    if source is target or source == target:
        return _unchanged
    inner = _known_conversion(source, target, unsafe)
    if inner is None:
        return None

    def convert_whatever(value: Value) -> Value:
        plain, marks = unmark(value)
        if target == "dynamic":
            return value
        if plain.content is None or plain.content is UNKNOWN:
            wanted = without_optional(target)
            return mark(Value(_filled(plain.type, wanted), plain.content), marks)
        return mark(inner(plain), marks)

    return convert_whatever


def unify(  # noqa: PLR0911 - a case each
    types: Sequence[Type], *, unsafe: bool = True
) -> Type | None:
    """Find the type that all of these can be converted to; None if there is none."""
    if not types:
        return None
    first = types[0]
    if all(one == first for one in types):
        return first
    kinds = {kind(one) for one in types}
    compound = kinds - {"dynamic"}
    if "dynamic" in kinds and compound and compound <= set(_COMPOUND):
        return _unify_with_dynamic(types, compound, unsafe)
    match sorted(compound):
        case ["map"] | ["list"] | ["set"] if len(kinds) == 1:
            return _unify_collections(types, unsafe)
        case ["map", "object"]:
            return _unify_mixed(types, ObjectType, MapType, unsafe)
        case ["list", "tuple"]:
            return _unify_mixed(types, TupleType, ListType, unsafe)
        case ["object"]:
            return _unify_objects([one for one in types if isinstance(one, ObjectType)], unsafe)
        case ["tuple"]:
            return _unify_tuples([one for one in types if isinstance(one, TupleType)], unsafe)
        case several if {"object", "tuple"} <= set(several):
            return None
    return _preferred(types, unsafe)


def without_optional(type_: Type) -> Type:
    """The type values have after a conversion: whatever was optional is there."""
    match type_:
        case ListType(element) | SetType(element) | MapType(element):
            return type(type_)(without_optional(element))
        case TupleType(types):
            return TupleType([without_optional(element) for element in types])
        case ObjectType(attributes):
            return ObjectType({name: without_optional(one) for name, one in attributes.items()})
        case _:
            return type_


_COMPOUND = ("map", "list", "set", "object", "tuple")

_KINDS: dict[type, str] = {
    MapType: "map",
    ListType: "list",
    SetType: "set",
    ObjectType: "object",
    TupleType: "tuple",
}


def kind(type_: Type) -> str:
    """The name of a type without what is inside: ``list``."""
    return type_ if isinstance(type_, str) else _KINDS[type(type_)]


def _unchanged(value: Value) -> Value:
    return value


def _known_conversion(  # noqa: C901, PLR0911 - a case each
    source: Type, target: Type, unsafe: bool
) -> Converter | None:
    if target == "dynamic":
        return _unchanged
    if source == "dynamic":
        return _unchanged if unsafe else None  # null or unknown: it has no content to convert
    match source, target:
        case str(), str():
            return _primitive(source, target, unsafe)
        case ObjectType(given), ObjectType():
            return _object_to_object(given, target, unsafe)
        case TupleType(given_types), TupleType(wanted_types):
            return _tuple_to_tuple(given_types, wanted_types, unsafe)
        case ((ListType(element) | SetType(element)), (ListType(wanted) | SetType(wanted))):
            if isinstance(target, SetType) and isinstance(source, ListType) and not unsafe:
                return None
            return _to_sequence(conversion(element, wanted, unsafe=unsafe), target, element)
        case MapType(element), MapType(wanted):
            return _map_to_map(conversion(element, wanted, unsafe=unsafe), wanted, element)
        case TupleType(given_types), (ListType(wanted) | SetType(wanted)):
            return _tuple_to_sequence(given_types, target, wanted, unsafe)
        case ObjectType(given), MapType(wanted):
            return _object_to_map(given, wanted, unsafe)
        case MapType(element), ObjectType():
            return _map_to_object(element, target) if unsafe else None
    return None


def _primitive(source: str, target: str, unsafe: bool) -> Converter | None:
    if target == "string":
        return _to_text
    if source == "string" and unsafe:
        return _to_number if target == "number" else _to_bool
    return None


def _to_text(value: Value) -> Value:
    if isinstance(value.content, bool):
        return Value("string", "true" if value.content else "false")
    return Value("string", text_of(values.number_in(value)))


def _to_number(value: Value) -> Value:
    try:
        return Value("number", read(values.text_in(value)))
    except Mismatch as error:
        raise Mismatch("a number is required") from error


def _to_bool(value: Value) -> Value:
    text = values.text_in(value)
    if text in {"true", "1"}:
        return values.TRUE
    if text in {"false", "0"}:
        return values.FALSE
    if text.lower() in {"true", "false"}:
        raise Mismatch(f'a bool is required: write it in lower case, "{text.lower()}"')
    raise Mismatch("a bool is required")


def _object_to_object(
    given: Mapping[str, Type], target: ObjectType, unsafe: bool
) -> Converter | None:
    converters: dict[str, Converter] = {}
    for name, wanted in target.attributes.items():
        if name in given:
            converter = conversion(given[name], wanted, unsafe=unsafe)
            if converter is None:
                return None
            converters[name] = converter
        elif name not in target.optional:
            return None

    def convert_object(value: Value) -> Value:
        parts = values.entries(value)
        named = {
            name: _within(convert_, parts[name], name) for name, convert_ in converters.items()
        }
        for name in target.optional - named.keys():
            named[name] = values.null(without_optional(target.attributes[name]))
        return values.object_of(named)

    return convert_object


def _tuple_to_tuple(
    given: Sequence[Type], wanted: Sequence[Type], unsafe: bool
) -> Converter | None:
    if len(given) != len(wanted):
        return None
    converters = _all(conversion(*pair, unsafe=unsafe) for pair in zip(given, wanted, strict=True))
    if converters is None:
        return None
    return lambda value: values.tuple_of(_each(converters, values.items(value)))


def _to_sequence(
    converter: Converter | None, target: ListType | SetType, given: Type
) -> Converter | None:
    if converter is None:
        return None

    def convert_sequence(value: Value) -> Value:
        parts = values.items(value)
        return _sequence(target, _each([converter] * len(parts), parts), given)

    return convert_sequence


def _tuple_to_sequence(
    given: Sequence[Type], target: ListType | SetType, wanted: Type, unsafe: bool
) -> Converter | None:
    if wanted == "dynamic" and given:
        common = unify(given, unsafe=unsafe)
        if common is None or (common == "dynamic" and any(one != "dynamic" for one in given)):
            return None
        wanted = common
    converters = _all(conversion(one, wanted, unsafe=unsafe) for one in given)
    if converters is None:
        return None
    return lambda value: _sequence(target, _each(converters, values.items(value)), wanted)


def _sequence(target: ListType | SetType, parts: list[Value], given: Type) -> Value:
    make = values.set_of if isinstance(target, SetType) else values.list_of
    if not parts:
        element = given if target.element == "dynamic" else target.element
        return make(without_optional(element), [])
    element, alike = _alike(parts)
    return make(element, alike)


def _map_to_map(converter: Converter | None, wanted: Type, given: Type) -> Converter | None:
    if converter is None:
        return None
    return lambda value: _mapping(
        {name: _within(converter, part, name) for name, part in values.entries(value).items()},
        given if wanted == "dynamic" else wanted,
    )


def _object_to_map(given: Mapping[str, Type], wanted: Type, unsafe: bool) -> Converter | None:
    if wanted == "dynamic" and given:
        common = unify([given[name] for name in sorted(given)], unsafe=unsafe)
        if common is None:
            return None
        wanted = common
    converters = {name: conversion(one, wanted, unsafe=unsafe) for name, one in given.items()}
    sound = {name: one for name, one in converters.items() if one is not None}
    if len(sound) < len(converters):
        return None
    return lambda value: _mapping(
        {name: _within(sound[name], part, name) for name, part in values.entries(value).items()},
        wanted,
    )


def _mapping(named: dict[str, Value], wanted: Type) -> Value:
    if not named:
        return values.map_of(without_optional(wanted), {})
    # A null of no type, and what is not known at all, goes with elements of any type.
    types = [part.type for part in named.values() if part.type != "dynamic"]
    if types and all(one == types[0] for one in types):
        return values.map_of(types[0], named)
    element, alike = _alike(list(named.values()))
    return values.map_of(element, dict(zip(named, alike, strict=True)))


def _alike(parts: list[Value]) -> tuple[Type, list[Value]]:
    """Elements of one type: parts of what was dynamic may have become different ones."""
    first = parts[0].type
    if all(part.type == first for part in parts):
        return first, parts
    common = unify([part.type for part in parts])
    if common is None:
        raise Mismatch("no common type for all elements")
    converters = _all(conversion(part.type, common) for part in parts)
    assert converters is not None, "a common type is one that all convert to"
    return common, _each(converters, parts)


def _map_to_object(element: Type, target: ObjectType) -> Converter | None:
    converters: dict[str, Converter | None] = {}
    for name, wanted in target.attributes.items():
        converters[name] = conversion(element, wanted)
        if converters[name] is None and name not in target.optional:
            return None

    def convert_map(value: Value) -> Value:
        parts = values.entries(value)
        named = {}
        for name, converter in converters.items():
            wanted = target.attributes[name]
            if name not in parts and name not in target.optional:
                raise Mismatch(f'attribute "{name}" missing')
            if name not in parts:
                named[name] = values.null(without_optional(wanted))
            elif converter is None:
                raise Mismatch(f'attribute "{name}": no such value of the map can be one')
            else:
                named[name] = _within(converter, parts[name], name)
        return values.object_of(named)

    return convert_map


def _each(converters: Sequence[Converter], parts: Sequence[Value]) -> list[Value]:
    pairs = enumerate(zip(converters, parts, strict=True))
    return [_within(converter, part, index) for index, (converter, part) in pairs]


def _within(converter: Converter, part: Value, step: str | int) -> Value:
    try:
        return converter(part)
    except Mismatch as error:
        name = f"element {step}" if isinstance(step, int) else f'attribute "{step}"'
        raise Mismatch(f"{name}: {error.message}") from error


def _all(converters: Iterable[Converter | None]) -> list[Converter] | None:
    found = list(converters)
    sound = [one for one in found if one is not None]
    return sound if len(sound) == len(found) else None


def _filled(given: Type, wanted: Type) -> Type:  # noqa: PLR0911 - a case each
    """The type of what has no content yet: what was given, where anything is wanted."""
    if given == "dynamic":
        return wanted
    match wanted, given:
        case "dynamic", _:
            return given
        case MapType(element), MapType(inner):
            return MapType(_filled(inner, element))
        case MapType(element), ObjectType(attributes):
            return MapType(_filled(_common(attributes.values()), element))
        case ((ListType(element) | SetType(element)), (ListType(inner) | SetType(inner))):
            return type(wanted)(_filled(inner, element))
        case ((ListType(element) | SetType(element)), TupleType(types)):
            return type(wanted)(_filled(_common(types), element))
        case ObjectType(attributes), MapType(inner):
            return ObjectType({name: _filled(inner, one) for name, one in attributes.items()})
        case ObjectType(attributes), ObjectType(others):
            named = {name: _filled(others.get(name, one), one) for name, one in attributes.items()}
            return ObjectType(named)
        case TupleType(types), TupleType(others):
            return TupleType([_filled(*pair) for pair in zip(others, types, strict=True)])
    return wanted


def _common(types: Iterable[Type]) -> Type:
    return unify(list(types)) or "dynamic"


def _unify_with_dynamic(types: Sequence[Type], compound: set[str], unsafe: bool) -> Type | None:
    """Together with something of any type, only what is mixed already is still tried."""
    mixed = None
    if compound == {"map", "object"}:
        mixed = _unify_mixed(types, ObjectType, MapType, unsafe)
    elif compound == {"list", "tuple"}:
        mixed = _unify_mixed(types, TupleType, ListType, unsafe)
    elif len(compound) > 1:
        return None if {"object", "tuple"} <= compound else _preferred(types, unsafe)
    return mixed or "dynamic"


def _unify_collections(types: Sequence[Type], unsafe: bool) -> Type | None:
    inner = [one.element for one in types if isinstance(one, ListType | SetType | MapType)]
    element = unify(inner, unsafe=unsafe)
    if element is None:
        return None
    first = types[0]
    assert isinstance(first, ListType | SetType | MapType), "the caller looked"
    return _if_all_convert(types, type(first)(element), unsafe)


def _unify_mixed(
    types: Sequence[Type],
    structure: type[ObjectType | TupleType],
    collection: type[MapType | ListType],
    unsafe: bool,
) -> Type | None:
    """Objects among maps are maps as well, and tuples among lists are lists."""
    inner = [part for one in types if isinstance(one, structure) for part in _parts(one)]
    element = unify(inner, unsafe=unsafe)
    if element is None:
        return _preferred(types, unsafe)
    alike: list[Type] = [
        collection(element) if isinstance(one, structure) else one for one in types
    ]
    found = unify(alike, unsafe=unsafe)
    return found if isinstance(found, collection) else _preferred(types, unsafe)


def _parts(type_: Type) -> list[Type]:
    match type_:
        case ObjectType(attributes):
            return list(attributes.values())
        case TupleType(types):
            return list(types)
    return []


def _unify_objects(types: Sequence[ObjectType], unsafe: bool) -> Type | None:
    names = types[0].attributes.keys()
    if any(one.attributes.keys() != names for one in types):
        return _as_collection(types, MapType, unsafe)
    attributes: dict[str, Type] = {}
    for name in names:
        found = unify([one.attributes[name] for one in types], unsafe=unsafe)
        if found is None:
            return None
        attributes[name] = found
    sound = _if_all_convert(types, ObjectType(attributes), unsafe)
    return sound or _as_collection(types, MapType, unsafe)


def _unify_tuples(types: Sequence[TupleType], unsafe: bool) -> Type | None:
    if any(len(one.elements) != len(types[0].elements) for one in types):
        return _as_collection(types, ListType, unsafe)
    elements: list[Type] = []
    for across in zip(*(one.elements for one in types), strict=True):
        found = unify(across, unsafe=unsafe)
        if found is None:
            return None
        elements.append(found)
    sound = _if_all_convert(types, TupleType(elements), unsafe)
    return sound or _as_collection(types, ListType, unsafe)


def _as_collection(
    types: Sequence[Type], collection: type[MapType | ListType], unsafe: bool
) -> Type | None:
    element = unify([part for one in types for part in _parts(one)], unsafe=unsafe)
    return None if element is None else _if_all_convert(types, collection(element), unsafe)


def _if_all_convert(types: Sequence[Type], target: Type, unsafe: bool) -> Type | None:
    sound = all(conversion(one, target, unsafe=unsafe) is not None for one in types)
    return target if sound else None


def _preferred(types: Sequence[Type], unsafe: bool) -> Type | None:
    """The first of these that all others can become."""
    for index in most_general_first(types):
        if _if_all_convert(types, types[index], unsafe):
            return types[index]
    return None
