"""The types of cty, and their form in JSON (protocol section 6.3).

A primitive type is its name, ``"string"``, ``"number"`` or ``"bool"``; ``"dynamic"`` stands for
whatever type the value brings along. The others are small records, so that types compare and
match like any value.
"""

from __future__ import annotations

from packer_sdk.records import record

from .texts import normal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Literal

    Primitive = Literal["string", "number", "bool"]
    Step = str | int
    Path = tuple[Step, ...]

DEPTH_MAX = 100
"""Steps into a type or a value: far beyond any schema, far below what ends the stack."""


class Mismatch(ValueError):
    """Something is no type, or no value of its type.

    Args:
        message: What is wrong.
        path: Where, as steps from the outermost value: names and positions.
    """

    def __init__(self, message: str, path: Path = ()) -> None:
        super().__init__(f"{_place(path)}: {message}" if path else message)
        self.message = message
        self.path = path


@record
class ListType:
    """Any number of values of one type, in order."""

    element: Type


@record
class SetType:
    """Different values of one type, without an order of their own."""

    element: Type


@record
class MapType:
    """Values of one type by name."""

    element: Type


@record
class TupleType:
    """A fixed number of values, each of its own type."""

    elements: Sequence[Type] = ()


@record
class ObjectType:
    """A fixed set of named values, each of its own type.

    Attributes:
        attributes: Type of every attribute.
        optional: Names of those that may be left out where a value is converted to this type.
    """

    attributes: Mapping[str, Type]
    optional: frozenset[str] = frozenset()


if TYPE_CHECKING:
    Type = Primitive | Literal["dynamic"] | ListType | SetType | MapType | TupleType | ObjectType

_NAMES: dict[str, Type] = {
    "string": "string",
    "number": "number",
    "bool": "bool",
    "dynamic": "dynamic",
}


def shown(type_: Type) -> str:
    """Return a type as people write it: ``map(list(string))``."""
    match type_:
        case ListType(element):
            return f"list({shown(element)})"
        case SetType(element):
            return f"set({shown(element)})"
        case MapType(element):
            return f"map({shown(element)})"
        case TupleType(elements):
            return f"tuple([{', '.join(shown(element) for element in elements)}])"
        case ObjectType(attributes):
            return f"object({{{', '.join(f'{k}={shown(v)}' for k, v in attributes.items())}}})"
        case _:
            return type_


def to_tree(type_: Type) -> object:
    """Return the JSON form of a type, as lists, dictionaries and texts."""
    match type_:
        case ListType(element):
            return ["list", to_tree(element)]
        case SetType(element):
            return ["set", to_tree(element)]
        case MapType(element):
            return ["map", to_tree(element)]
        case TupleType(elements):
            return ["tuple", [to_tree(element) for element in elements]]
        case ObjectType(attributes, optional):
            tree = {name: to_tree(attributes[name]) for name in sorted(attributes)}
            return ["object", tree, sorted(optional)] if optional else ["object", tree]
        case _:
            return type_


def from_tree(tree: object, path: Path = ("type",)) -> Type:  # noqa: PLR0911 - a case each
    """Read the JSON form of a type.

    Raises:
        Mismatch: it is none; says where.
    """
    if len(path) > DEPTH_MAX:
        raise Mismatch("nested too deeply", path[:4])
    match tree:
        case str() if tree in _NAMES:
            return _NAMES[tree]
        case ["list", element]:
            return ListType(from_tree(element, (*path, 1)))
        case ["set", element]:
            return SetType(from_tree(element, (*path, 1)))
        case ["map", element]:
            return MapType(from_tree(element, (*path, 1)))
        case ["tuple", list(elements)]:
            return TupleType(
                [from_tree(element, (*path, 1, n)) for n, element in enumerate(elements)]
            )
        case ["object", dict(attributes)]:
            return _object(attributes, [], path)
        case ["object", dict(attributes), list(optional)]:
            return _object(attributes, optional, path)
    raise Mismatch(f"no such type: {in_short(tree)}", path)


def _object(attributes: dict[str, object], optional: list[object], path: Path) -> ObjectType:
    types = dict(_attributes(attributes, path))
    names = [normal(name) for name in optional if isinstance(name, str)]
    if len(names) < len(optional) or not types.keys() >= set(names):
        raise Mismatch("optional attributes must be attributes", (*path, 2))
    return ObjectType(types, frozenset(names))


def _attributes(attributes: dict[str, object], path: Path) -> Iterator[tuple[str, Type]]:
    for name, tree in attributes.items():
        yield normal(name), from_tree(tree, (*path, 1, name))


def in_short(value: object) -> str:
    """Show something of the peer's, but not a megabyte of it."""
    if not isinstance(value, str | bool | float):
        return _KINDS.get(type(value), type(value).__name__)
    text = repr(value[:40] if isinstance(value, str) else value)
    return f"{text}…" if isinstance(value, str) and len(value) > 40 else text


_KINDS = {
    int: "a number",
    list: "a list",
    tuple: "a list",
    dict: "a map",
    bytes: "bytes",
    type(None): "null",
}


def _place(path: Path) -> str:
    """Write a path as people do: ``value.disks[0].size``."""
    first, *rest = path
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in rest)
    place = str(first) + "".join(steps)
    return place if len(place) <= 120 else f"{place[:60]}…{place[-57:]}"
