"""The ConfigSpec message: the schema of a component's options, in protobuf (protocol section 6.4).

One message type, of strings and booleans, is all the protobuf there is on this wire; reading and
writing it by hand saves a plugin the start-up time of a library. Fields we do not know are
skipped, as protobuf demands; a field of the wrong kind is an error.
"""

from __future__ import annotations

from packer_sdk.cty.types import ListType, MapType, shown
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError

from .specs import Attr, Block, BlockList, ObjectSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk.cty.types import Primitive, Type

    from .specs import Spec

_TYPE_NAMES: dict[Primitive, str] = {
    "string": "cty.String",
    "number": "cty.Number",
    "bool": "cty.Bool",
}
_TYPES_BY_NAME = {name: type_ for type_, name in _TYPE_NAMES.items()}

_VARINT, _BYTES = 0, 2
_VARINT_BYTES_MAX = 10
# Far beyond any schema, far below what exhausts the stack.
_DEPTH_MAX = 50


def encode_spec(spec: Spec) -> bytes:
    """Write a Spec message. The top level of a component is an `ObjectSpec`.

    Raises:
        LocalProtocolError: an attribute has a type this message has no words for.
    """
    match spec:
        case ObjectSpec(attributes):
            entries = (
                _field(1, _text(1, name) + _field(2, encode_spec(inner)))
                for name, inner in attributes.items()
            )
            return _field(1, b"".join(entries))
        case Attr(name, type_, required):
            return _field(2, _text(1, name) + _field(2, _encode_type(type_)) + _flag(3, required))
        case Block(name, nested, required):
            return _field(3, _text(1, name) + _flag(2, required) + _field(3, encode_spec(nested)))
        case _:
            return _field(4, _text(1, spec.name) + _field(2, encode_spec(spec.nested)))


def decode_spec(data: bytes) -> Spec:
    """Read a Spec message.

    Raises:
        RemoteProtocolError: it is none, or says nothing.
    """
    return _decode_spec(data, 0)


def _encode_type(type_: Type) -> bytes:
    match type_:
        case ListType(element):
            return _field(2, _field(1, _encode_type(element)))
        case MapType(element):
            return _field(3, _field(1, _encode_type(element)))
        case "string" | "number" | "bool":
            return _field(1, _text(1, _TYPE_NAMES[type_]))
        case _:
            raise LocalProtocolError(f"config spec: no attribute can be of type {shown(type_)}")


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _field(number: int, payload: bytes) -> bytes:
    return _varint(number << 3 | _BYTES) + _varint(len(payload)) + payload


def _text(number: int, text: str) -> bytes:
    # proto3 leaves out what equals the default.
    return _field(number, text.encode()) if text else b""


def _flag(number: int, value: bool) -> bytes:
    return _varint(number << 3 | _VARINT) + b"\x01" if value else b""


def _decode_spec(data: bytes, depth: int) -> Spec:
    if depth > _DEPTH_MAX:
        raise RemoteProtocolError("config spec: nested too deeply")
    spec: Spec | None = None
    # The last member of a oneof wins, as in every protobuf reader.
    for number, value in _fields(data):
        match number:
            case 1:
                spec = ObjectSpec(dict(_decode_entries(_payload(value, "object"), depth)))
            case 2:
                spec = _decode_attr(_payload(value, "attr"))
            case 3:
                spec = _decode_block(_payload(value, "block"), depth)
            case 4:
                spec = _decode_block_list(_payload(value, "block list"), depth)
            case _:
                pass
    if spec is None:
        raise RemoteProtocolError("config spec: neither object, attribute nor block")
    return spec


def _decode_entries(data: bytes, depth: int) -> Iterator[tuple[str, Spec]]:
    for number, value in _fields(data):
        if number == 1:
            entry = dict(_fields(_payload(value, "object entry")))
            key = _decode_text(entry.get(1, b""), "object key")
            yield key, _decode_spec(_payload(entry.get(2, b""), "object value"), depth + 1)


def _decode_attr(data: bytes) -> Attr:
    fields = dict(_fields(data))
    name = _decode_text(fields.get(1, b""), "attr name")
    type_ = _decode_type(_payload(fields.get(2, b""), "attr type"), 0)
    return Attr(name, type_, required=_decode_flag(fields.get(3, 0), "attr required"))


def _decode_block(data: bytes, depth: int) -> Block:
    fields = dict(_fields(data))
    name = _decode_text(fields.get(1, b""), "block name")
    nested = _decode_spec(_payload(fields.get(3, b""), "block nested"), depth + 1)
    return Block(name, nested, required=_decode_flag(fields.get(2, 0), "block required"))


def _decode_block_list(data: bytes, depth: int) -> BlockList:
    fields = dict(_fields(data))
    name = _decode_text(fields.get(1, b""), "block list name")
    return BlockList(
        name, _decode_spec(_payload(fields.get(2, b""), "block list nested"), depth + 1)
    )


def _decode_type(data: bytes, depth: int) -> Type:
    if depth > _DEPTH_MAX:
        raise RemoteProtocolError("config spec: type nested too deeply")
    type_: Type | None = None
    for number, value in _fields(data):
        if number not in (1, 2, 3):
            continue
        inner = dict(_fields(_payload(value, "type"))).get(1, b"")
        if number == 1:
            type_ = _decode_primitive(inner)
        else:
            element = _decode_type(_payload(inner, "element type"), depth + 1)
            type_ = ListType(element) if number == 2 else MapType(element)
    if type_ is None:
        raise RemoteProtocolError("config spec: an attribute without a type")
    return type_


def _decode_primitive(value: bytes | int) -> Primitive:
    name = _decode_text(value, "type name")
    if name not in _TYPES_BY_NAME:
        raise RemoteProtocolError(f"config spec: unknown type {name!r}")
    return _TYPES_BY_NAME[name]


def _payload(value: bytes | int, what: str) -> bytes:
    if isinstance(value, int):
        raise RemoteProtocolError(f"config spec: {what} is a number")
    return value


def _decode_text(value: bytes | int, what: str) -> str:
    try:
        return _payload(value, what).decode()
    except UnicodeDecodeError as error:
        raise RemoteProtocolError(f"config spec: {what} is not UTF-8") from error


def _decode_flag(value: bytes | int, what: str) -> bool:
    if not isinstance(value, int):
        raise RemoteProtocolError(f"config spec: {what} is not a number")
    return value != 0


def _fields(data: bytes) -> Iterator[tuple[int, bytes | int]]:
    """Split a message into field numbers and values: ints for varints, bytes for the rest."""
    position = 0
    while position < len(data):
        key, position = _read_varint(data, position)
        number, kind = key >> 3, key & 7
        if number == 0:
            raise RemoteProtocolError("config spec: field number 0")
        if kind == _VARINT:
            integer, position = _read_varint(data, position)
            yield number, integer
            continue
        length, position = _read_length(data, position, kind)
        if position + length > len(data):
            raise RemoteProtocolError("config spec: ends inside a field")
        yield number, data[position : position + length]
        position += length


def _read_length(data: bytes, position: int, kind: int) -> tuple[int, int]:
    match kind:
        case 1:
            return 8, position
        case 5:
            return 4, position
        case 2:
            return _read_varint(data, position)
        case _:
            raise RemoteProtocolError(f"config spec: unknown wire type {kind}")


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(_VARINT_BYTES_MAX):
        if position >= len(data):
            raise RemoteProtocolError("config spec: ends inside a number")
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, position
    raise RemoteProtocolError("config spec: a number of more than 10 bytes")
