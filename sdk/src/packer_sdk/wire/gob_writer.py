"""The pieces of a gob that is written: all definitions first, then one value (section 8.2).

Go defines a type where it first meets it. Defining everything up front is shorter to write, and
Go reads it all the same.
"""

from __future__ import annotations

from .gob import encode_bytes, encode_int, encode_string, encode_uint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOOL, INT, UINT, STRING, INTERFACE = 1, 2, 3, 6, 8
"""Numbers of types that need no definition."""

NIL = encode_string("")
"""An interface that holds nothing."""


def struct_type(type_id: int, name: str, fields: Mapping[str, int]) -> bytes:
    """Define a struct: its fields with the numbers of their types."""
    listed = b"".join(
        fields_of({1: encode_string(field), 2: encode_int(of)}) for field, of in fields.items()
    )
    return _definition(type_id, 3, name, {2: encode_uint(len(fields)) + listed})


def map_type(type_id: int, name: str, key: int, element: int) -> bytes:
    """Define a map."""
    return _definition(type_id, 4, name, {2: encode_int(key), 3: encode_int(element)})


def slice_type(type_id: int, name: str, element: int) -> bytes:
    """Define a slice."""
    return _definition(type_id, 2, name, {2: encode_int(element)})


def opaque_type(type_id: int, name: str) -> bytes:
    """Define a type that encodes itself."""
    return _definition(type_id, 5, name, {})


def message(type_id: int, value: bytes) -> bytes:
    """The message that carries the value; of what is no struct, with the zero in front."""
    return encode_bytes(encode_int(type_id) + value)


def fields_of(fields: Mapping[int, bytes]) -> bytes:
    """A struct: fields by number, from 1. Who calls leaves out what is zero."""
    encoded, last = bytearray(), 0
    for number, value in fields.items():
        encoded += encode_uint(number - last) + value
        last = number
    return bytes(encoded + b"\0")


def interface(name: str, type_id: int, value: bytes) -> bytes:
    """A value in an interface, with the name its type is registered under in Go."""
    return encode_string(name) + encode_int(type_id) + encode_bytes(value)


def alone(value: bytes) -> bytes:
    """A value that is no struct and stands alone: in a message, or in an interface."""
    return b"\0" + value


def list_of(items: Sequence[bytes]) -> bytes:
    """A slice."""
    return encode_uint(len(items)) + b"".join(items)


def map_of(entries: Mapping[str, bytes]) -> bytes:
    """A map by text; in order, so that the same map is always the same bytes."""
    pairs = (encode_string(key) + entries[key] for key in sorted(entries))
    return encode_uint(len(entries)) + b"".join(pairs)


def _definition(type_id: int, kind: int, name: str, further: Mapping[int, bytes]) -> bytes:
    named = {1: encode_string(name)} if name else {}
    common = fields_of(named | {2: encode_int(type_id)})
    defined = fields_of({kind: fields_of({1: common, **further})})
    return encode_bytes(encode_int(-type_id) + defined)
