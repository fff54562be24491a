"""What is reached from a value in one step, as ``.name`` and ``[key]`` do."""

from __future__ import annotations

from packer_core.nearest import did_you_mean
from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value

from . import values
from .convert import convert, described
from .marks import mark, unmark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from decimal import Decimal

    from packer_sdk.cty.types import Type


class NotFound(Mismatch):
    """There is no such part.

    Args:
        message: What is wrong.
        hint: What to do about it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def find(value: Value, key: str | int | Decimal) -> Value:
    """Return what a constant name or key leads to.

    Raises:
        NotFound: nothing; says why.
    """
    return attribute(value, key) if isinstance(key, str) else index(value, Value("number", key))


def attribute(value: Value, name: str) -> Value:
    """Return what ``.name`` leads to.

    Raises:
        NotFound: nothing; says why.
    """
    plain, marks = unmark(value)
    if plain.content is None:
        raise NotFound(f'null has no attributes, so there is no "{name}"')
    return mark(_attribute(plain, name), marks)


def _attribute(plain: Value, name: str) -> Value:
    match plain.type:
        case "dynamic":
            return values.ANYTHING
        case ObjectType(attributes):
            if name not in attributes:
                raise NotFound(f'no attribute "{name}" in this object', _similar(name, attributes))
            return Value(attributes[name], _inner(plain, name))
        case MapType(element):
            if isinstance(plain.content, dict) and name not in plain.content:
                raise NotFound(f'no element "{name}" in this map', _similar(name, plain.content))
            return Value(element, _inner(plain, name))
        case ListType(ObjectType(attributes)) | SetType(ObjectType(attributes)):
            way = f"[*].{name} takes it of every element" if name in attributes else None
            raise NotFound(f'a {described(plain.type)} has no attribute "{name}"', way)
    raise NotFound(f'a {described(plain.type)} has no attributes, so there is no "{name}"')


def index(value: Value, key: Value) -> Value:
    """Return what ``[key]`` leads to.

    Raises:
        NotFound: nothing; says why.
    """
    plain, marks = unmark(value)
    plain_key, key_marks = unmark(key)
    if plain.content is None:
        raise NotFound("null has no elements")
    if plain_key.content is None:
        raise NotFound("the key of an element must not be null")
    if "dynamic" in {_name(plain.type), _name(plain_key.type)}:
        return mark(values.ANYTHING, marks | key_marks)
    return mark(_index(plain, plain_key), marks | key_marks)


def _name(type_: Type) -> str:
    return type_ if isinstance(type_, str) else ""


def _index(plain: Value, key: Value) -> Value:
    match plain.type:
        case ListType(element):
            return _of_list(plain, _as_key(key, "number"), element)
        case TupleType():
            return _of_tuple(plain, _as_key(key, "number"))
        case MapType(element):
            name = _as_key(key, "string")
            if UNKNOWN in (name.content, plain.content):
                return values.unknown(element)
            return _attribute(plain, values.text_in(name))
        case ObjectType():
            return _of_object(plain, key)
        case SetType():
            raise NotFound("elements of a set have no key", "[*] or a for takes all of them")
    raise NotFound(f"a {described(plain.type)} has no elements")


def _as_key(key: Value, type_: Type) -> Value:
    try:
        return convert(key, type_)
    except Mismatch as error:
        raise NotFound(f"this is no key of an element: {error.message}") from error


def _of_list(plain: Value, key: Value, element: Type) -> Value:
    if key.content is UNKNOWN or plain.content is UNKNOWN:
        return values.unknown(element)
    parts = values.items(plain)
    return parts[_position(key, len(parts), "list")]


def _of_tuple(plain: Value, key: Value) -> Value:
    assert isinstance(plain.type, TupleType), "the caller looked"
    if key.content is UNKNOWN:
        return values.ANYTHING
    types = plain.type.elements
    position = _position(key, len(types), "tuple")
    if plain.content is UNKNOWN:
        return values.unknown(types[position])
    return values.items(plain)[position]


def _of_object(plain: Value, key: Value) -> Value:
    name = _as_key(key, "string")
    if UNKNOWN in (name.content, plain.content):
        return values.ANYTHING
    try:
        return _attribute(plain, values.text_in(name))
    except NotFound as error:
        if key.type != "number":
            raise
        raise NotFound(error.message, "attributes have names, not numbers") from error


def _position(key: Value, length: int, kind: str) -> int:
    wanted = values.number_in(key)
    if not isinstance(wanted, int):
        raise NotFound("the position of an element must be a whole number")
    if wanted < 0:
        raise NotFound(f"the position of an element must not be negative: {wanted}")
    if wanted >= length:
        count = f"{length} element{'' if length == 1 else 's'}" if length else "no elements"
        raise NotFound(f"there is no element {wanted}: the {kind} has {count}")
    return wanted


def _inner(plain: Value, name: str) -> object:
    return plain.content[name] if isinstance(plain.content, dict) else UNKNOWN


def _similar(name: str, names: object) -> str | None:
    assert isinstance(names, dict), "of attributes or elements"
    found = did_you_mean(name, names)
    if found or not names:
        return found
    return f"there {'is' if len(names) == 1 else 'are'}: {', '.join(sorted(names)[:10])}"
