"""Maps and objects: ``keys``, ``merge``, ``lookup`` and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.convert import convert, described
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_core.hcl.marks import NONE, mark, unmark
from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_core.hcl.marks import Marks
    from packer_sdk.cty.types import Type

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "keys": Function([Parameter("inputMap", unknown=True, marked=True)], "dynamic", _keys),
        "lookup": Function(
            [
                Parameter("inputMap", marked=True),
                Parameter("key", "string"),
                Parameter("default", marked=True),
            ],
            _type_of_lookup,
            _lookup,
        ),
        "merge": Function(
            (),
            _type_of_merge,
            _merge,
            rest=Parameter("maps", null=True, marked=True, dynamic=True),
        ),
        "values": Function([Parameter("mapping", marked=True)], _type_of_values, _values),
        "zipmap": Function(
            [
                Parameter("keys", ListType("string"), marked=True),
                Parameter("values", marked=True),
            ],
            _type_of_zipmap,
            _zipmap,
        ),
    }


def _require_mapping(given: Value, argument: int = 0) -> None:
    if not isinstance(given.type, MapType | ObjectType):
        kind = described(given.type)
        raise FunctionError(f"a map or object is required, got {kind}", argument)


def _keys(given: Value) -> Value:
    plain, marks = unmark(given)
    _require_mapping(plain)
    if isinstance(plain.type, ObjectType):
        names = [values.string(name) for name in sorted(plain.type.attributes)]
        return mark(values.tuple_of(names), marks)
    if plain.content is UNKNOWN:
        return mark(values.unknown(ListType("string")), marks)
    names = [values.string(name) for name in values.entries(plain)]
    return mark(values.list_of("string", names), marks)


def _type_of_lookup(given: Sequence[Value]) -> Type:
    mapping, key, default = (unmark(value)[0] for value in given)
    _require_mapping(mapping)
    if isinstance(mapping.type, MapType):
        try:
            convert(default, mapping.type.element)
        except Mismatch as error:
            raise FunctionError(f"it must be like the elements: {error.message}", 2) from error
        return mapping.type.element
    assert isinstance(mapping.type, ObjectType), "one of the two"
    if key.content is UNKNOWN:
        return "dynamic"
    return mapping.type.attributes.get(values.text_in(key), default.type)


def _lookup(mapping: Value, key: Value, default: Value) -> Value:
    plain, marks = unmark(mapping)
    type_ = _type_of_lookup([plain, key, default])
    if not values.is_wholly_known(plain):
        return mark(values.unknown(type_), marks)
    found = values.entries(plain).get(values.text_in(key))
    return mark(convert(default, type_) if found is None else found, marks)


def _type_of_merge(given: Sequence[Value]) -> Type:
    plain = [unmark(value)[0] for value in given]
    if not plain:
        return ObjectType({})
    attributes: dict[str, Type] = {}
    is_known = True
    for position, value in enumerate(plain):
        if value.type == "dynamic":
            return "dynamic"
        _require_mapping(value, position)
        if value.content is None:
            continue
        if isinstance(value.type, ObjectType):
            attributes |= value.type.attributes
        elif value.content is UNKNOWN:
            is_known = False
        elif isinstance(value.type, MapType):
            attributes |= dict.fromkeys(values.entries(value), value.type.element)
    first = plain[0].type
    if all(value.type == first for value in plain):
        return first
    return ObjectType(dict(sorted(attributes.items()))) if is_known else "dynamic"


def _merge(*arguments: Value) -> Value:
    type_ = _type_of_merge(arguments)
    named: dict[str, Value] = {}
    marks: Marks = NONE
    for position, argument in enumerate(arguments):
        plain, found = unmark(argument)
        marks |= found
        if plain.content is UNKNOWN:
            return mark(values.unknown(type_), marks)
        if plain.content is not None:
            _require_mapping(plain, position)
            named |= values.entries(plain)
    if isinstance(type_, MapType):
        return mark(values.map_of(type_.element, named), marks)
    return mark(values.object_of(named), marks)


def _type_of_values(given: Sequence[Value]) -> Type:
    _require_mapping(given[0])
    match given[0].type:
        case MapType(element):
            return ListType(element)
        case ObjectType(attributes):
            return TupleType([attributes[name] for name in sorted(attributes)])
    raise AssertionError("one of the two")


def _values(given: Value) -> Value:
    plain, marks = unmark(given)
    type_ = _type_of_values([plain])
    return mark(Value(type_, [part.content for part in values.entries(plain).values()]), marks)


def _type_of_zipmap(given: Sequence[Value]) -> Type:
    keys, parts = (unmark(value)[0] for value in given)
    match parts.type:
        case ListType(element):
            return MapType(element)
        case TupleType() if not values.is_wholly_known(keys):
            return "dynamic"
        case TupleType(types):
            names = _names(keys)[0]
            if len(names) != len(types):
                raise FunctionError(f"{len(names)} keys for {len(types)} values")
            return ObjectType(dict(sorted(zip(names, types, strict=True))))
    raise FunctionError(f"a list or tuple is required, got {described(parts.type)}", 1)


def _names(keys: Value) -> tuple[list[str], Marks]:
    names: list[str] = []
    marks: Marks = NONE
    for index, key in enumerate(values.items(keys)):
        plain, found = unmark(key)
        marks |= found
        if plain.content is None:
            raise FunctionError(f"element {index} must not be null", 0)
        names.append(values.text_in(plain))
    return names, marks


def _zipmap(keys: Value, given: Value) -> Value:
    plain_keys, key_marks = unmark(keys)
    parts, part_marks = unmark(given)
    type_ = _type_of_zipmap([plain_keys, parts])
    marks = key_marks | part_marks
    if not values.is_wholly_known(plain_keys):
        return mark(values.unknown(type_), marks)
    names, name_marks = _names(plain_keys)
    found = values.items(parts)
    if len(names) != len(found):
        raise FunctionError(f"{len(names)} keys for {len(found)} values")
    named = dict(zip(names, found, strict=True))
    made = values.map_of(type_.element, named) if isinstance(type_, MapType) else None
    return mark(made or values.object_of(named), marks | name_marks)
