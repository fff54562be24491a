from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import types
from packer_sdk.cty.types import ListType
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire.gob import encode_bool, encode_bytes, encode_string, encode_uint
from packer_sdk.wire.gob_specs import decode_spec, encode_spec
from packer_sdk.wire.gob_types import encode_type
from packer_sdk.wire.gob_writer import (
    BOOL,
    INT,
    INTERFACE,
    NIL,
    STRING,
    alone,
    fields_of,
    interface,
    map_of,
    map_type,
    message,
    struct_type,
)
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec

NAMES = st.text(max_size=20)
ATTRS = st.builds(Attr, NAMES, types(optional=True), st.booleans())
OBJECTS = st.recursive(
    st.builds(ObjectSpec, st.dictionaries(NAMES, ATTRS, max_size=3)),
    lambda inner: st.builds(
        ObjectSpec,
        st.dictionaries(
            NAMES,
            ATTRS
            | st.builds(Block, NAMES, inner, st.booleans())
            | st.builds(BlockList, NAMES, inner),
            max_size=3,
        ),
    ),
    max_leaves=5,
)


@given(OBJECTS)
def test_a_schema_survives_the_way_there_and_back(spec: ObjectSpec) -> None:
    assert decode_spec(encode_spec(spec)) == spec


def test_what_is_in_a_block_need_be_no_object() -> None:
    inner = Attr("inner", "bool")
    spec = ObjectSpec({"a": Block("a", inner), "b": BlockList("b", Block("c", inner))})
    assert decode_spec(encode_spec(spec)) == spec


@given(st.binary(max_size=100))
def test_any_bytes_are_a_schema_or_a_protocol_error(data: bytes) -> None:
    with contextlib.suppress(RemoteProtocolError):
        decode_spec(data)


@given(OBJECTS, st.data())
def test_a_damaged_schema_is_a_schema_or_a_protocol_error(
    spec: ObjectSpec, data: st.DataObject
) -> None:
    encoded = bytearray(encode_spec(spec))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteProtocolError):
        decode_spec(bytes(encoded))


ATTR = {"Name": STRING, "Type": 5, "Required": BOOL}
STRING_TYPE = encode_bytes(encode_type("string"))


def a_spec(name: str, fields: dict[str, int], value: bytes) -> bytes:
    """A schema with one option, x, of any kind."""
    definitions = map_type(65, "ObjectSpec", STRING, INTERFACE) + struct_type(66, "own", fields)
    return definitions + message(65, alone(map_of({"x": interface(name, 66, value)})))


def test_a_schema_from_a_program_with_a_vendor_folder_is_read() -> None:
    """As in Debian's packer 1.6.6."""
    name = "github.com/hashicorp/packer/vendor/github.com/hashicorp/hcl/v2/hcldec.ObjectSpec"
    nested = interface(name, 65, alone(map_of({})))
    data = a_spec(
        "*hcldec.BlockSpec",
        {"TypeName": STRING, "Nested": INTERFACE},
        fields_of({1: encode_string("b"), 2: nested}),
    )
    assert decode_spec(data) == ObjectSpec({"x": Block("b", ObjectSpec({}), required=False)})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "config spec: gob: 1 bytes announced, 0 there"),
        (message(STRING, alone(encode_string("x"))), "config spec: not an object: str"),
        (
            map_type(65, "", INT, STRING)
            + message(65, alone(encode_uint(1) + encode_uint(2) + encode_string("x"))),
            "config spec: a name that is no text: int",
        ),
        (
            map_type(65, "", STRING, INTERFACE) + message(65, alone(map_of({"x": NIL}))),
            "config spec.x: neither attribute nor block: NoneType",
        ),
        (
            a_spec("*hcldec.DefaultSpec", ATTR, fields_of({})),
            "config spec.x: a kind of option we do not know: *hcldec.DefaultSpec",
        ),
        (
            a_spec("*hcldec.AttrSpec", ATTR, fields_of({1: encode_string("x")})),
            "config spec.x: gob of cty.Type: gob: 1 bytes announced, 0 there",
        ),
        (
            a_spec(
                "*hcldec.AttrSpec",
                ATTR | {"Name": BOOL},
                fields_of({1: encode_bool(value=True), 2: STRING_TYPE}),
            ),
            "config spec.x: Name is of another type: bool",
        ),
        (
            a_spec("*hcldec.BlockSpec", {"TypeName": STRING}, fields_of({})),
            "config spec.x: neither attribute nor block: NoneType",
        ),
    ],
)
def test_what_is_no_schema_is_told_with_its_place(data: bytes, text: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_spec(data)
    assert caught.value.message == text


def test_nesting_without_end_is_refused() -> None:
    spec = ObjectSpec()
    for _ in range(60):
        spec = ObjectSpec({"b": BlockList("b", spec)})
    with pytest.raises(RemoteProtocolError, match="nested too deeply"):
        decode_spec(encode_spec(spec))


def test_a_type_gob_has_no_words_for_is_our_mistake() -> None:
    with pytest.raises(LocalProtocolError, match="dynamic"):
        encode_spec(ObjectSpec({"a": Attr("a", ListType("dynamic"))}))
