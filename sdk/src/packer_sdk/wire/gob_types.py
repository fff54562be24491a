"""cty.Type as Go puts it into a gob: a whole stream of its own for every type (section 8.4)."""

from __future__ import annotations

from packer_sdk.cty.types import ListType, MapType, ObjectType, SetType, TupleType, shown
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError

from .gob import encode_bytes, encode_uint
from .gob_reader import Named, Struct, decode
from .gob_writer import (
    INT,
    INTERFACE,
    STRING,
    UINT,
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
    from collections.abc import Iterator

    from packer_sdk.cty.types import Primitive, Type

DEPTH_MAX = 50
"""How deep types may nest, as in protobuf."""

TYPE_ID = 67
"""Our number of the type `Type`, which encodes itself."""

TYPE = opaque_type(TYPE_ID, "Type")
"""Its definition, for all streams that hold types."""

_PREFIX = "github.com/zclconf/go-cty/cty."
_KINDS: dict[Primitive, int] = {"string": ord("S"), "number": ord("N"), "bool": ord("B")}
_PRIMITIVES = {kind: name for name, kind in _KINDS.items()}

_GOB_TYPE = struct_type(70, "gobType", {"Version": INT, "Impl": INTERFACE})
_PRIMITIVE = struct_type(71, "primitiveType", {"Kind": UINT})
_ELEMENTS: dict[type, tuple[int, str]] = {
    ListType: (72, "typeList"),
    SetType: (73, "typeSet"),
    MapType: (74, "typeMap"),
}
_TUPLE = struct_type(75, "typeTuple", {"ElemTypes": 76}) + slice_type(76, "", TYPE_ID)
_OBJECT = struct_type(77, "typeObject", {"AttrTypes": 78}) + map_type(78, "", STRING, TYPE_ID)
_OBJECT_OPTIONAL = (
    struct_type(77, "typeObject", {"AttrTypes": 78, "AttrOptional": 79})
    + map_type(78, "", STRING, TYPE_ID)
    + map_type(79, "", STRING, 80)
    + struct_type(80, "", {})
)


def encode_type(type_: Type) -> bytes:
    """Write a type.

    Raises:
        LocalProtocolError: it is dynamic, for which gob has no words.
    """
    match type_:
        case "string" | "number" | "bool":
            kind = fields_of({1: encode_uint(_KINDS[type_])})
            return _stream(_PRIMITIVE, 71, "primitiveType", kind)
        case ListType(element) | SetType(element) | MapType(element):
            number, name = _ELEMENTS[type(type_)]
            definition = TYPE + struct_type(number, name, {"ElementTypeT": TYPE_ID})
            return _stream(definition, number, name, fields_of({1: _nested(element)}))
        case TupleType(elements):
            listed = list_of([_nested(element) for element in elements])
            return _stream(TYPE + _TUPLE, 75, "typeTuple", fields_of({1: listed}))
        case ObjectType():
            return _encode_object(type_)
        case _:
            raise LocalProtocolError(f"gob: a type that cannot be written: {shown(type_)}")


def decode_type(data: bytes, depth: int = 0) -> Type:
    """Read a type.

    Raises:
        RemoteProtocolError: it is none.
    """
    if depth > DEPTH_MAX:
        raise RemoteProtocolError("gob of cty.Type: nested too deeply")
    match decode(data, "gob of cty.Type"):
        case Struct(_, {"Impl": Named(name, Struct(_, fields))}) if name.startswith(_PREFIX):
            return _decode_impl(name.removeprefix(_PREFIX), dict(fields), depth)
        case Struct(_, {"Impl": Named(name)}):
            raise RemoteProtocolError(f"gob of cty.Type: unknown: {name[:80]}")
    raise RemoteProtocolError("gob of cty.Type: there is no type in it")


def _encode_object(type_: ObjectType) -> bytes:
    types = map_of({name: _nested(of) for name, of in type_.attributes.items()})
    if not type_.optional:
        return _stream(TYPE + _OBJECT, 77, "typeObject", fields_of({1: types}))
    optional = map_of({name: fields_of({}) for name in type_.optional})
    value = fields_of({1: types, 2: optional})
    return _stream(TYPE + _OBJECT_OPTIONAL, 77, "typeObject", value)


def _stream(definitions: bytes, type_id: int, name: str, value: bytes) -> bytes:
    impl = interface(_PREFIX + name, type_id, value)
    return _GOB_TYPE + definitions + message(70, fields_of({2: impl}))


def _nested(type_: Type) -> bytes:
    return encode_bytes(encode_type(type_))


def _decode_impl(name: str, fields: dict[str, object], depth: int) -> Type:
    def inner(data: object) -> Type:
        return decode_type(data if isinstance(data, bytes) else b"", depth + 1)

    match name:
        case "primitiveType":
            return _decode_primitive(fields.get("Kind"))
        case "typeList":
            return ListType(inner(fields.get("ElementTypeT")))
        case "typeSet":
            return SetType(inner(fields.get("ElementTypeT")))
        case "typeMap":
            return MapType(inner(fields.get("ElementTypeT")))
        case "typeTuple":
            return TupleType([inner(element) for element in _list(fields.get("ElemTypes"))])
        case "typeObject":
            types = {key: inner(of) for key, of in _named(fields.get("AttrTypes"))}
            optional = {key for key, _ in _named(fields.get("AttrOptional"))}
            return ObjectType(types, frozenset(optional & types.keys()))
    raise RemoteProtocolError(f"gob of cty.Type: no such type: {name[:80]}")


def _decode_primitive(kind: object) -> Primitive:
    if not isinstance(kind, int) or kind not in _PRIMITIVES:
        raise RemoteProtocolError("gob of cty.Type: unknown kind of primitive type")
    return _PRIMITIVES[kind]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _named(value: object) -> Iterator[tuple[str, object]]:
    pairs = value.items() if isinstance(value, dict) else ()
    return ((key, item) for key, item in pairs if isinstance(key, str))
