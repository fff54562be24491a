"""Values of cty in msgpack, with their type: what a data source answers (protocol section 7).

A value is an array of two: its type as JSON, in bytes, and itself; a null of any type is nil. A
value in a dynamic slot is such an array again. Unknown values are extensions; what is known about
them already (extension 12) is passed over.
"""

from __future__ import annotations

from decimal import Decimal

import msgpack

from packer_sdk.errors import RemoteProtocolError

from .json import decode_type, encode_type
from .numbers import number_of, parse_number, text_of
from .types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from .values import UNKNOWN, Reader, Value, dict_in, list_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Path, Type

_UNKNOWN = msgpack.ExtType(0, b"\0")


def encode(value: Value) -> bytes:
    """Write a value with its type."""
    content = value.content if value.type == "dynamic" else value
    packed: bytes = msgpack.packb(_tree("dynamic", content))
    return packed


def decode(data: bytes) -> Value:
    """Read a value with its type; nil alone is a null of any type.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    try:
        content = _MsgpackReader().content("dynamic", _load(data))
    except Mismatch as error:
        raise RemoteProtocolError(f"not a cty value in msgpack: {error}") from error
    return content if isinstance(content, Value) else Value("dynamic", content)


class _MsgpackReader(Reader):
    """Reads what `msgpack` has parsed."""

    def is_unknown(self, raw: object) -> bool:
        return isinstance(raw, msgpack.ExtType | msgpack.Timestamp)

    def dynamic(self, raw: object, path: Path) -> object:
        match raw:
            case None:
                return None
            case [bytes() | str() as type_, inner]:
                found = _type_of(type_, path)
                return Value(found, self.content(found, inner, path))
        raise Mismatch("expected a type and a value", path)

    def scalar(self, type_: Type, raw: object, path: Path) -> object:
        if type_ == "number" and isinstance(raw, str):
            return parse_number(raw, path)
        return super().scalar(type_, raw, path)

    def name(self, raw: object, path: Path) -> str:
        return super().name(raw.decode(errors="replace") if isinstance(raw, bytes) else raw, path)


def _type_of(written: bytes | str, path: Path) -> Type:
    try:
        data = written if isinstance(written, bytes) else written.encode("utf-8", "surrogateescape")
        return decode_type(data)
    except RemoteProtocolError as error:
        raise Mismatch(error.message, path) from error


def _load(data: bytes) -> object:
    # Lengths that lie are refused before anything is made: nothing is longer than the data.
    try:
        return msgpack.unpackb(
            data, raw=False, strict_map_key=False, unicode_errors="surrogateescape"
        )
    except (ValueError, TypeError, OverflowError) as error:
        raise RemoteProtocolError(f"not msgpack: {type(error).__name__}: {error}") from error


def _tree(type_: Type, content: object) -> object:
    """What msgpack can pack."""
    if content is None or content is UNKNOWN:
        return None if content is None else _UNKNOWN
    match type_:
        case ListType(element) | SetType(element):
            return [_tree(element, item) for item in list_in(content)]
        case TupleType(elements):
            pairs = zip(elements, list_in(content), strict=True)
            return [_tree(element, item) for element, item in pairs]
        case MapType(element):
            return {key: _tree(element, item) for key, item in sorted(dict_in(content).items())}
        case ObjectType(attributes):
            inner = dict_in(content)
            return {key: _tree(attributes[key], inner[key]) for key in sorted(attributes)}
        case _:
            return _scalar(content)


def _scalar(content: object) -> object:
    if isinstance(content, Value):  # in a dynamic slot
        return [encode_type(content.type), _tree(content.type, content.content)]
    if isinstance(content, int | Decimal) and not isinstance(content, bool):
        return _number(content)
    return content


def _number(number: int | Decimal) -> object:
    """The smallest form that says exactly this: an integer, a float, or its digits."""
    if isinstance(number, int) and -(2**63) <= number < 2**63:
        return number
    try:
        near = float(number)
    except OverflowError:
        return text_of(number)
    # A tenth is no float, though it is written like one: only what is exact may travel as such.
    is_exact = Decimal(near) == number == number_of(near)
    return near if is_exact else text_of(number)
