from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import RECORDED, values
from packer_sdk.cty.types import ListType, ObjectType, SetType
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire.gob import encode_bytes, encode_int, encode_string
from packer_sdk.wire.gob_numbers import encode_number
from packer_sdk.wire.gob_types import encode_type
from packer_sdk.wire.gob_values import decode_value, encode_value
from packer_sdk.wire.gob_writer import (
    INT,
    INTERFACE,
    STRING,
    alone,
    fields_of,
    interface,
    message,
    opaque_type,
    struct_type,
)

HOLDER = struct_type(80, "gobValue", {"Version": INT, "Ty": 5, "V": INTERFACE})
STRING_TYPE = encode_bytes(encode_type("string"))


def a_value(fields: dict[int, bytes]) -> bytes:
    """What a value holds, without what is around it."""
    return HOLDER + opaque_type(81, "") + message(80, fields_of(fields))


def of_string(name: str, type_id: int, value: bytes) -> bytes:
    """Something that should be a string."""
    return a_value({2: STRING_TYPE, 3: interface(name, type_id, alone(value))})


@given(values(sets=False))
def test_a_value_survives_the_way_there_and_back(value: Value) -> None:
    assert decode_value(encode_value(value)) == value


@given(st.binary(max_size=100))
def test_any_bytes_are_a_value_or_a_protocol_error(data: bytes) -> None:
    with contextlib.suppress(RemoteProtocolError):
        decode_value(data)


@given(values(sets=False), st.data())
def test_a_damaged_value_is_a_value_or_a_protocol_error(value: Value, data: st.DataObject) -> None:
    encoded = bytearray(encode_value(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteProtocolError):
        decode_value(bytes(encoded))


def test_a_set_of_go_is_read() -> None:
    data = bytes.fromhex(RECORDED["values"]["set"]["gob"])
    assert decode_value(data) == Value(SetType("string"), ["a", "b"])


@pytest.mark.parametrize("name", ["math/big.Float", "*big.Float"])
def test_numbers_are_read_under_both_names_go_may_give_them(name: str) -> None:
    number = encode_bytes(encode_number(7))
    type_ = encode_bytes(encode_type("number"))
    data = a_value({2: type_, 3: interface(name, 81, alone(number))})
    assert decode_value(data) == Value("number", 7)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Value("string", UNKNOWN), "not known yet"),
        (Value(ObjectType({"a": "bool"}), {"a": UNKNOWN}), "not known yet"),
        (Value("dynamic", None), "cannot be written: dynamic"),
        (Value(SetType("string"), ["a"]), r"cannot be written: set\(string\)"),
    ],
)
def test_what_gob_has_no_words_for_is_our_mistake(value: Value, text: str) -> None:
    with pytest.raises(LocalProtocolError, match=text):
        encode_value(value)


LIST_SET = "github.com/zclconf/go-cty/cty/set.Set"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "gob of cty.Value: gob: 1 bytes announced, 0 there"),
        (message(STRING, alone(encode_string("x"))), "gob of cty.Value: there is no value in it"),
        (a_value({}), "gob of cty.Value: there is no value in it"),
        (of_string("bool", 1, b"\x01"), "gob of cty.Value: value: expected string, got True"),
        (of_string("int", INT, encode_int(5)), "gob of cty.Value: no value of cty: int"),
        (of_string("bool", STRING, encode_string("x")), "gob of cty.Value: no value of cty: bool"),
        (
            of_string("math/big.Float", 81, encode_bytes(b"")),
            "gob of a number: not of version 1",
        ),
        (
            of_string(LIST_SET, 81, encode_bytes(message(INT, alone(encode_int(1))))),
            "gob of cty.Value: a set without elements",
        ),
        (
            a_value(
                {
                    2: encode_bytes(encode_type(ListType("bool"))),
                    3: interface("[]x", 81, b"\x00\x00"),
                }
            ),
            "gob of cty.Value: no value of cty: []x",
        ),
    ],
)
def test_what_is_no_value_is_refused(data: bytes, text: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode_value(data)
    assert caught.value.message == text


def test_what_an_interface_must_hold_is_an_interface() -> None:
    holder = struct_type(80, "gobValue", {"Version": INT, "Ty": 5, "V": STRING})
    data = holder + message(80, fields_of({2: STRING_TYPE, 3: encode_string("x")}))
    with pytest.raises(RemoteProtocolError, match="no value of cty: str"):
        decode_value(data)
