"""cty.Value in gob: what a data source answers where there is no protobuf (section 8.5)."""

from __future__ import annotations

from decimal import Decimal

from packer_sdk.cty.types import (
    ListType,
    MapType,
    Mismatch,
    ObjectType,
    TupleType,
    shown,
)
from packer_sdk.cty.values import UNKNOWN, Reader, Value, dict_in, list_in
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError

from .gob import encode_bool, encode_bytes, encode_string
from .gob_numbers import decode_number, encode_number
from .gob_reader import Named, Struct, decode
from .gob_types import TYPE, TYPE_ID, decode_type, encode_type
from .gob_writer import (
    BOOL,
    INT,
    INTERFACE,
    NIL,
    STRING,
    alone,
    fields_of,
    interface,
    list_of,
    map_of,
    map_type,
    message,
    opaque_type,
    slice_type,
    struct_type,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.cty.types import Type

_WHAT = "gob of cty.Value"

_OUTER = opaque_type(65, "Value")
_INNER = (
    struct_type(80, "gobValue", {"Version": INT, "Ty": TYPE_ID, "V": INTERFACE})
    + TYPE
    + opaque_type(81, "")  # a big.Float; Go knows by the name in the interface
    + map_type(82, "", STRING, INTERFACE)
    + slice_type(83, "", INTERFACE)
)

_NUMBER = "math/big.Float"
_LIST = "[]interface {}"
_MAP = "map[string]interface {}"
_SET = "github.com/zclconf/go-cty/cty/set.Set"


def encode_value(value: Value) -> bytes:
    """Write a value with its type.

    Raises:
        LocalProtocolError: it is unknown, dynamic or a set, which gob has no words for.
    """
    inner = {2: encode_bytes(encode_type(value.type)), 3: _content(value.type, value.content)}
    if value.content is None:
        del inner[3]
    stream = _INNER + message(80, fields_of(inner))
    return _OUTER + message(65, alone(encode_bytes(stream)))


def decode_value(data: bytes) -> Value:
    """Read a value with its type.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    outer = decode(data, _WHAT)
    inner = decode(outer, _WHAT) if isinstance(outer, bytes) else outer
    if not isinstance(inner, Struct) or not isinstance(inner.fields.get("Ty"), bytes):
        raise RemoteProtocolError(f"{_WHAT}: there is no value in it")
    written = inner.fields["Ty"]
    assert isinstance(written, bytes), "as checked above"
    type_ = decode_type(written)
    try:
        return Value(type_, Reader().content(type_, _plain(inner.fields.get("V"))))
    except Mismatch as error:
        raise RemoteProtocolError(f"{_WHAT}: {error}") from error


def _content(type_: Type, content: object) -> bytes:
    if content is None:
        return NIL
    if content is UNKNOWN:
        raise LocalProtocolError("gob: a value that is not known yet cannot be written")
    match type_:
        case ListType(element):
            return _sequence([_content(element, item) for item in list_in(content)])
        case TupleType(elements):
            pairs = zip(elements, list_in(content), strict=True)
            return _sequence([_content(element, item) for element, item in pairs])
        case MapType(element):
            entries = dict_in(content).items()
            return _mapping({key: _content(element, item) for key, item in entries})
        case ObjectType(attributes):
            entries = dict_in(content).items()
            return _mapping({key: _content(attributes[key], item) for key, item in entries})
        case _:
            return _scalar(type_, content)


def _sequence(items: Sequence[bytes]) -> bytes:
    return interface(_LIST, 83, alone(list_of(items)))


def _mapping(entries: dict[str, bytes]) -> bytes:
    return interface(_MAP, 82, alone(map_of(entries)))


def _scalar(type_: Type, content: object) -> bytes:
    match content:
        case str():
            return interface("string", STRING, alone(encode_string(content)))
        case bool():
            return interface("bool", BOOL, alone(encode_bool(content)))
        case int() | Decimal():
            return interface(_NUMBER, 81, alone(encode_bytes(encode_number(content))))
    raise LocalProtocolError(f"gob: a value that cannot be written: {shown(type_)}")


def _plain(value: object) -> object:  # noqa: PLR0911 - a case each
    """What the interfaces hold, as values of Python.

    Raises:
        RemoteProtocolError: there is something in it that is no value of cty.
    """
    match value:
        case None:
            return None
        case Named("string", str() as text):
            return text
        case Named("bool", bool() as truth):
            return truth
        case Named(type_name, bytes() as number) if type_name in (_NUMBER, "*big.Float"):
            return decode_number(number)
        case Named(type_name, list() as items) if type_name == _LIST:
            return [_plain(item) for item in items]
        case Named(type_name, dict() as entries) if type_name == _MAP:
            return {key: _plain(item) for key, item in entries.items()}
        case Named(type_name, bytes() as data) if type_name == _SET:
            return _plain_set(data)
    name = value.type_name[:80] if isinstance(value, Named) else type(value).__name__
    raise RemoteProtocolError(f"{_WHAT}: no value of cty: {name}")


def _plain_set(data: bytes) -> object:
    """A set is a stream of its own, with the rules that tell its elements apart."""
    match decode(data, f"{_WHAT}, a set"):
        case Struct(_, fields) if isinstance(items := fields.get("Values", []), list):
            return [_plain(item) for item in items]
    raise RemoteProtocolError(f"{_WHAT}: a set without elements")
