"""The schema of a component's options in gob (protocol section 8.3).

What plugins and cores speak that know no protobuf; `packer_sdk.wire.protobuf` says the same.
"""

from __future__ import annotations

from packer_sdk.errors import RemoteProtocolError

from .gob import encode_bool, encode_bytes, encode_string
from .gob_reader import Named, Struct, decode
from .gob_types import TYPE, TYPE_ID, decode_type, encode_type
from .gob_writer import (
    BOOL,
    INT,
    INTERFACE,
    STRING,
    alone,
    fields_of,
    interface,
    map_of,
    map_type,
    message,
    struct_type,
)
from .specs import Attr, Block, BlockList, ObjectSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeVar

    from .specs import Spec

    FieldT = TypeVar("FieldT", str, bool, bytes)

_OBJECT = "github.com/hashicorp/hcl/v2/hcldec.ObjectSpec"
_ATTR = "*hcldec.AttrSpec"
_BLOCK = "*hcldec.BlockSpec"
_BLOCK_LIST = "*hcldec.BlockListSpec"

_DEFINITIONS = (
    map_type(65, "ObjectSpec", STRING, INTERFACE)
    + struct_type(66, "AttrSpec", {"Name": STRING, "Type": TYPE_ID, "Required": BOOL})
    + TYPE
    + struct_type(68, "BlockSpec", {"TypeName": STRING, "Nested": INTERFACE, "Required": BOOL})
    + struct_type(
        69,
        "BlockListSpec",
        {"TypeName": STRING, "Nested": INTERFACE, "MinItems": INT, "MaxItems": INT},
    )
)


def encode_spec(spec: ObjectSpec) -> bytes:
    """Write a schema.

    Raises:
        LocalProtocolError: an attribute has a type that gob has no words for.
    """
    return _DEFINITIONS + message(65, alone(_object(spec)))


def decode_spec(data: bytes) -> ObjectSpec:
    """Read a schema. How often a block may be repeated is passed over, as protobuf does.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    return _read_object(decode(data, "config spec"), "config spec")


def _object(spec: ObjectSpec) -> bytes:
    return map_of({name: _interface(inner) for name, inner in spec.attributes.items()})


def _interface(spec: Spec) -> bytes:
    match spec:
        case Attr():
            fields = _text(1, spec.name) | {2: encode_bytes(encode_type(spec.type))}
            return interface(_ATTR, 66, fields_of(fields | _flag(3, spec.required)))
        case Block():
            fields = _text(1, spec.name) | {2: _interface(spec.nested)}
            return interface(_BLOCK, 68, fields_of(fields | _flag(3, spec.required)))
        case BlockList():
            fields = _text(1, spec.name) | {2: _interface(spec.nested)}
            return interface(_BLOCK_LIST, 69, fields_of(fields))
        case _:
            return interface(_OBJECT, 65, alone(_object(spec)))


def _text(number: int, text: str) -> dict[int, bytes]:
    return {number: encode_string(text)} if text else {}


def _flag(number: int, value: bool) -> dict[int, bytes]:
    return {number: encode_bool(value)} if value else {}


def _read_object(value: object, place: str) -> ObjectSpec:
    if not isinstance(value, dict):
        raise RemoteProtocolError(f"{place}: not an object: {_kind(value)}")
    return ObjectSpec(
        {
            _name(key, place): _read(item, f"{place}.{_name(key, place)}")
            for key, item in value.items()
        }
    )


def _read(value: object, place: str) -> Spec:
    match value:
        case Named(type_name, Struct(_, fields)) if type_name == _ATTR:
            return _read_attr(fields, place)
        case Named(type_name, Struct(_, fields)) if type_name == _BLOCK:
            required = _field(fields, "Required", False, place)
            name = _field(fields, "TypeName", "", place)
            return Block(name, _read(fields.get("Nested"), place), required)
        case Named(type_name, Struct(_, fields)) if type_name == _BLOCK_LIST:
            name = _field(fields, "TypeName", "", place)
            return BlockList(name, _read(fields.get("Nested"), place))
        case Named(type_name, inner) if type_name == _OBJECT:
            return _read_object(inner, place)
        case Named(type_name):
            raise RemoteProtocolError(f"{place}: a kind of option we do not know: {type_name[:80]}")
    raise RemoteProtocolError(f"{place}: neither attribute nor block: {_kind(value)}")


def _read_attr(fields: Mapping[str, object], place: str) -> Attr:
    try:
        type_ = decode_type(_field(fields, "Type", b"", place))
    except RemoteProtocolError as error:
        raise RemoteProtocolError(f"{place}: {error.message}") from error
    required = _field(fields, "Required", False, place)
    return Attr(_field(fields, "Name", "", place), type_, required)


def _field(fields: Mapping[str, object], name: str, zero: FieldT, place: str) -> FieldT:
    value = fields.get(name, zero)
    if not isinstance(value, type(zero)):
        raise RemoteProtocolError(f"{place}: {name} is of another type: {_kind(value)}")
    return value


def _name(key: object, place: str) -> str:
    if not isinstance(key, str):
        raise RemoteProtocolError(f"{place}: a name that is no text: {_kind(key)}")
    return key[:200]


def _kind(value: object) -> str:
    return type(value).__name__
