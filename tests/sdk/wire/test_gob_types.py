from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import types
from packer_sdk.cty.types import ListType, ObjectType
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire.gob import encode_bytes, encode_string, encode_uint
from packer_sdk.wire.gob_types import decode_type, encode_type
from packer_sdk.wire.gob_writer import (
    INTERFACE,
    NIL,
    STRING,
    UINT,
    alone,
    fields_of,
    interface,
    message,
    struct_type,
)

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type

PREFIX = "github.com/zclconf/go-cty/cty."


def a_stream(name: str, *, fields: dict[str, int], value: bytes) -> bytes:
    """A type of a kind of one's own."""
    outer = struct_type(70, "gobType", {"Version": 2, "Impl": INTERFACE})
    inner = struct_type(71, "own", fields)
    return outer + inner + message(70, fields_of({2: interface(name, 71, value)}))


@given(types(optional=True))
def test_a_type_survives_the_way_there_and_back(type_: Type) -> None:
    assert decode_type(encode_type(type_)) == type_


@given(types(), st.data())
def test_a_damaged_type_is_a_type_or_a_protocol_error(type_: Type, data: st.DataObject) -> None:
    encoded = bytearray(encode_type(type_))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteProtocolError):
        decode_type(bytes(encoded))


def test_dynamic_is_our_mistake() -> None:
    with pytest.raises(LocalProtocolError, match="cannot be written: dynamic"):
        encode_type(ListType("dynamic"))


KIND = {"Kind": UINT}
NUMBER_X = fields_of({1: encode_uint(ord("X"))})
NOTHING = fields_of({})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "gob of cty.Type: gob: 1 bytes"),
        (message(STRING, alone(encode_string("x"))), "there is no type in it"),
        (
            struct_type(70, "gobType", {"Version": 2, "Impl": INTERFACE})
            + message(70, fields_of({2: NIL})),
            "there is no type in it",
        ),
        (a_stream("other.Type", fields=KIND, value=NUMBER_X), "unknown: other.Type"),
        (a_stream(PREFIX + "typeOdd", fields=KIND, value=NUMBER_X), "no such type: typeOdd"),
        (a_stream(PREFIX + "primitiveType", fields=KIND, value=NUMBER_X), "unknown kind of prim"),
        (a_stream(PREFIX + "primitiveType", fields={}, value=NOTHING), "unknown kind of prim"),
        (a_stream(PREFIX + "typeList", fields={}, value=NOTHING), "gob of cty.Type: gob: 1 bytes"),
        (
            a_stream(
                PREFIX + "primitiveType",
                fields={"Kind": STRING},
                value=fields_of({1: encode_bytes(b"S")}),
            ),
            "unknown kind of prim",
        ),
    ],
)
def test_what_is_no_type_is_refused(data: bytes, text: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_type(data)
    assert text in caught.value.message


def test_types_without_parts_are_empty() -> None:
    stream = a_stream(PREFIX + "typeObject", fields={}, value=NOTHING)
    assert decode_type(stream) == ObjectType({})
    assert decode_type(a_stream(PREFIX + "typeTuple", fields={}, value=NOTHING)).elements == []  # type: ignore[union-attr] # it is a tuple


def test_nesting_without_end_is_refused() -> None:
    type_: Type = "string"
    for _ in range(52):
        type_ = ListType(type_)
    with pytest.raises(RemoteProtocolError, match="nested too deeply"):
        decode_type(encode_type(type_))
