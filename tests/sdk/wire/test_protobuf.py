"""The ConfigSpec message."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.cty.types import SetType
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire.protobuf import decode_spec, encode_spec
from packer_sdk.wire.specs import Attr, Block, BlockList, ListType, MapType, ObjectSpec

NAMES = st.text(max_size=200).filter(lambda name: name.isprintable())
PRIMITIVES = st.sampled_from(["string", "number", "bool"])
TYPES = st.recursive(
    PRIMITIVES, lambda inner: st.builds(ListType, inner) | st.builds(MapType, inner)
)
OBJECTS = st.recursive(
    st.builds(ObjectSpec, st.dictionaries(NAMES, st.builds(Attr, NAMES, TYPES, st.booleans()))),
    lambda inner: st.builds(
        ObjectSpec,
        st.dictionaries(
            NAMES,
            st.builds(Attr, NAMES, TYPES, st.booleans())
            | st.builds(Block, NAMES, inner, st.booleans())
            | st.builds(BlockList, NAMES, inner),
            max_size=4,
        ),
    ),
    max_leaves=8,
)


@given(OBJECTS)
def test_spec_round_trips(spec: ObjectSpec) -> None:
    assert decode_spec(encode_spec(spec)) == spec


@given(st.binary(max_size=200))
def test_any_bytes_are_a_spec_or_a_protocol_error(data: bytes) -> None:
    try:
        spec = decode_spec(data)
    except RemoteProtocolError:
        return
    assert decode_spec(encode_spec(spec)) == spec


@given(OBJECTS, st.data())
def test_a_damaged_spec_is_a_spec_or_a_protocol_error(
    spec: ObjectSpec, data: st.DataObject
) -> None:
    encoded = bytearray(encode_spec(spec))
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place] = data.draw(st.integers(0, 255))
    del encoded[data.draw(st.integers(0, len(encoded))) :]
    with contextlib.suppress(RemoteProtocolError):
        decode_spec(bytes(encoded))


def test_unknown_fields_are_skipped() -> None:
    extra = bytes.fromhex("28013201613d00000000410000000000000000")  # 5, 6, 7, 8
    spec = ObjectSpec({"a": Attr("a", "bool")})
    assert decode_spec(extra + encode_spec(spec) + extra) == spec
    assert decode_spec(b"\x0a" + bytes([len(extra)]) + extra) == ObjectSpec()
    type_ = bytes.fromhex("0a0a0a08") + b"cty.Bool"
    attr = b"\x0a\x01a" + b"\x12" + bytes([len(type_) + len(extra)]) + extra + type_ + extra
    assert decode_spec(b"\x12" + bytes([len(attr)]) + attr) == Attr("a", "bool")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "neither object, attribute nor block"),
        (b"\x08\x01", "object is a number"),
        (b"\x0a\x05", "ends inside a field"),
        (b"\x0a", "ends inside a number"),
        (b"\x80" * 11, "a number of more than 10 bytes"),
        (b"\x02\x00", "field number 0"),
        (b"\x0b", "unknown wire type 3"),
        (b"\x12\x00", "an attribute without a type"),
        (b"\x12\x08\x12\x06\x0a\x04\x0a\x02no", "unknown type 'no'"),
        (b"\x12\x03\x0a\x01\xff", "attr name is not UTF-8"),
        (b"\x12\x02\x1a\x00", "an attribute without a type"),
        (b"\x1a\x02\x12\x00", "neither object"),
        (b"\x12\x10\x12\x0c\x0a\x0a\x0a\x08cty.Bool\x1a\x00", "attr required is not a number"),
    ],
)
def test_what_is_no_spec(data: bytes, message: str) -> None:
    with pytest.raises(RemoteProtocolError, match=message):
        decode_spec(data)


def test_nesting_without_end_is_refused() -> None:
    spec: ObjectSpec = ObjectSpec()
    for _ in range(60):
        spec = ObjectSpec({"b": BlockList("b", spec)})
    with pytest.raises(RemoteProtocolError, match="nested too deeply"):
        decode_spec(encode_spec(spec))
    type_: ListType = ListType("bool")
    for _ in range(60):
        type_ = ListType(type_)
    with pytest.raises(RemoteProtocolError, match="type nested too deeply"):
        decode_spec(encode_spec(Attr("a", type_)))


def test_a_type_the_message_has_no_words_for_is_our_mistake() -> None:
    with pytest.raises(LocalProtocolError, match=r"no attribute can be of type set\(string\)"):
        encode_spec(Attr("a", SetType("string")))
