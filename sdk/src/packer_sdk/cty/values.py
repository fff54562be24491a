"""Values of cty: a type, and what Python holds for it.

========================  ==================================================================
type                      Python
========================  ==================================================================
string, bool              ``str`` in normal form C, ``bool``
number                    ``int``, or ``Decimal`` if it has a fraction
list, tuple               ``list``
set                       ``list``, in one order, without doubles
map, object               ``dict``; an object's has every attribute
dynamic                   a `Value`, with a type of its own
of any type               ``None`` where there is no value, `UNKNOWN` where it is not known yet
========================  ==================================================================
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from packer_sdk.records import record

from .numbers import number_of
from .texts import normal
from .types import (
    DEPTH_MAX,
    ListType,
    MapType,
    Mismatch,
    ObjectType,
    SetType,
    TupleType,
    in_short,
    shown,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import UnionType

    from .types import Path, Type


class Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
"""Stands for a value that will be known later: the output of a data source before it has run."""


@record
class Value:
    """A value with its type; make one with `value_of` or `implied`.

    Attributes:
        type: Its type.
        content: What Python holds for it, as the table above has it.
    """

    type: Type
    content: object

    def __init__(self, type: Type, content: object) -> None:  # noqa: A002 - the name of the field
        # Evaluating a template makes thousands; this is three times as fast as any record.
        object.__setattr__(self, "type", type)
        object.__setattr__(self, "content", content)


class Reader:
    """Walks through what stands for a value along its type, and gives the content.

    Values of Python are read by this class; the forms on the wire, which say some things in
    another way, by its subclasses.
    """

    def __init__(self) -> None:
        self._depth = 0

    def content(self, type_: Type, raw: object, path: Path = ("value",)) -> object:
        """Read one value.

        Raises:
            Mismatch: it is none of this type; says where.
        """
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise Mismatch("nested too deeply", path[:4])
        content = self._read(type_, raw, path)
        self._depth -= 1
        return content

    def is_unknown(self, raw: object) -> bool:
        """Whether this stands for a value that is not known yet."""
        return raw is UNKNOWN

    def dynamic(self, raw: object, path: Path) -> object:
        """Read a value that brings its type along."""
        return None if raw is None else implied(raw, path)

    def scalar(self, type_: Type, raw: object, path: Path) -> object:
        """Read text, a number or a truth value."""
        if type_ == "string" and isinstance(raw, str):
            return normal(raw)
        if isinstance(raw, bool):
            if type_ == "bool":
                return raw
        elif type_ == "number" and isinstance(raw, int | float | Decimal):
            return number_of(raw, path)
        raise _unfit(type_, raw, path)

    def name(self, raw: object, path: Path) -> str:
        """Read a key of a map, or the name of an attribute."""
        if not isinstance(raw, str):
            raise Mismatch(f"a name that is no text: {in_short(raw)}", path)
        return normal(raw)

    def _read(self, type_: Type, raw: object, path: Path) -> object:
        if self.is_unknown(raw):
            return UNKNOWN
        if type_ == "dynamic":
            return self.dynamic(raw, path)
        return None if raw is None else self._parts(type_, raw, path)

    def _parts(self, type_: Type, raw: object, path: Path) -> object:
        match type_:
            case ListType(element):
                return self._items(element, _items_of(type_, raw, path), path)
            case SetType(element):
                return in_order(self._items(element, _items_of(type_, raw, path), path))
            case TupleType(elements):
                return self._tuple(elements, _items_of(type_, raw, path), path)
            case MapType(element):
                pairs = sorted(self._pairs(type_, raw, path).items())
                return {key: self.content(element, item, (*path, key)) for key, item in pairs}
            case ObjectType(attributes):
                return self._object(attributes, self._pairs(type_, raw, path), path)
            case _:
                return self.scalar(type_, raw, path)

    def _items(self, element: Type, raw: Sequence[object], path: Path) -> list[object]:
        return [self.content(element, item, (*path, n)) for n, item in enumerate(raw)]

    def _tuple(self, elements: Sequence[Type], raw: Sequence[object], path: Path) -> list[object]:
        if len(raw) != len(elements):
            raise Mismatch(f"expected {len(elements)} values, got {len(raw)}", path)
        pairs = enumerate(zip(elements, raw, strict=True))
        return [self.content(element, item, (*path, n)) for n, (element, item) in pairs]

    def _pairs(self, type_: Type, raw: object, path: Path) -> dict[str, object]:
        if not isinstance(raw, dict):
            raise _unfit(type_, raw, path)
        return {self.name(key, path): item for key, item in raw.items()}

    def _object(
        self, attributes: Mapping[str, Type], raw: Mapping[str, object], path: Path
    ) -> dict[str, object]:
        for name in raw:
            if name not in attributes:
                raise Mismatch("no such attribute", (*path, name))
        return {
            name: self.content(type_, raw.get(name), (*path, name))
            for name, type_ in attributes.items()
        }


def value_of(type_: Type, raw: object) -> Value:
    """Make a value of a type out of values of Python; a dictionary may leave attributes out.

    What is dynamic gets the type that `implied` gives it.

    Raises:
        Mismatch: they do not fit; says where.
    """
    return _typed(type_, Reader().content(type_, raw))


def implied(raw: object, path: Path = ("value",)) -> Value:
    """Make a value of whatever type values of Python suggest: lists are tuples, dicts objects.

    Raises:
        Mismatch: there is no such type; says where.
    """
    if len(path) > DEPTH_MAX:
        raise Mismatch("nested too deeply", path[:4])
    if isinstance(raw, Value):
        return _typed(raw.type, Reader().content(raw.type, raw.content, path))
    if raw is None or raw is UNKNOWN:
        return Value("dynamic", raw)
    if isinstance(raw, list | tuple):
        values = [implied(item, (*path, n)) for n, item in enumerate(raw)]
        return Value(TupleType([one.type for one in values]), [one.content for one in values])
    if isinstance(raw, dict):
        named = {Reader().name(key, path): implied(raw[key], (*path, str(key))) for key in raw}
        types = {name: one.type for name, one in named.items()}
        return Value(ObjectType(types), {name: one.content for name, one in named.items()})
    for kind, type_ in _SCALARS:
        if isinstance(raw, kind):
            return Value(type_, Reader().scalar(type_, raw, path))
    raise Mismatch(f"nothing a value can hold: {in_short(raw)}", path)


def _typed(type_: Type, content: object) -> Value:
    """What is dynamic at the very top has a type like any other."""
    return content if isinstance(content, Value) else Value(type_, content)


def plain(content: object) -> object:
    """Return content without the types inside: what a program that knows no cty expects.

    Unknown values stay `UNKNOWN`.
    """
    if isinstance(content, Value):
        return plain(content.content)
    if isinstance(content, list):
        return [plain(item) for item in content]
    if isinstance(content, dict):
        return {key: plain(item) for key, item in content.items()}
    return content


def known(value: Value) -> Value:
    """Return the value with placeholders for what is unknown, as Packer has them (PRV-009).

    Unknown values cannot travel to a plugin: text becomes ``<unknown>``, a number 0, a truth
    value false, whatever holds values is empty, and of a tuple or an object every part stands
    in for itself.
    """
    return Value(value.type, _known(value.type, value.content))


def unknown_of(type_: Type) -> Value:
    """An unknown value of a type: what a data source that has not run yet will give."""
    return Value(type_, UNKNOWN)


def in_order(items: list[object]) -> list[object]:
    """The elements of a set: without doubles, in one order."""
    ordered = sorted(items, key=_rank)
    # Equal ones are neighbours now. What is unknown may still turn out to be different.
    return ordered[:1] + [
        item for last, item in pairwise(ordered) if item != last or item is UNKNOWN
    ]


def _rank(item: object) -> tuple[int | Decimal, str]:
    """Numbers by size, texts by their characters, others in any order, but always the same."""
    if isinstance(item, int | Decimal):
        return item, ""
    return 0, item if isinstance(item, str) else repr(item)


def _known(type_: Type, content: object) -> object:
    match type_:
        case _ if content is UNKNOWN:
            return _placeholder(type_)
        case ListType(element) | SetType(element) if isinstance(content, list):
            return [_known(element, item) for item in content]
        case TupleType(elements) if isinstance(content, list):
            return [_known(*pair) for pair in zip(elements, content, strict=True)]
        case MapType(element) if isinstance(content, dict):
            return {key: _known(element, item) for key, item in content.items()}
        case ObjectType(attributes) if isinstance(content, dict):
            return {key: _known(attributes[key], item) for key, item in content.items()}
        case _:
            return known(content) if isinstance(content, Value) else content


def _placeholder(type_: Type) -> object:  # noqa: PLR0911 - a case each
    match type_:
        case "string":
            return UNKNOWN_TEXT
        case "number":
            return 0
        case "bool":
            return False
        case TupleType(elements):
            return [_placeholder(element) for element in elements]
        case ObjectType(attributes):
            return {name: _placeholder(attribute) for name, attribute in attributes.items()}
        case MapType():
            return {}
        case "dynamic":
            return Value("string", UNKNOWN_TEXT)
        case _:
            return []


_SCALARS: tuple[tuple[type | UnionType, Type], ...] = (
    (str, "string"),
    (bool, "bool"),
    (int | float | Decimal, "number"),
)

UNKNOWN_TEXT = "<unknown>"
"""What stands for a text that is not known yet (protocol section 6.3, PRV-009)."""


def _items_of(type_: Type, raw: object, path: Path) -> Sequence[object]:
    if not isinstance(raw, list | tuple):
        raise _unfit(type_, raw, path)
    return raw


def _unfit(type_: Type, raw: object, path: Path) -> Mismatch:
    return Mismatch(f"expected {shown(type_)}, got {in_short(raw)}", path)


def list_in(content: object) -> list[object]:
    """The content of a list, set or tuple; what else is there is a bug of who made the value."""
    assert isinstance(content, list), f"no list: {content!r}"
    return content


def dict_in(content: object) -> dict[str, object]:
    """The content of a map or an object; likewise."""
    assert isinstance(content, dict), f"no map: {content!r}"
    return content
