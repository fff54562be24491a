from __future__ import annotations

import contextlib
from decimal import Decimal

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import values
from packer_sdk.cty.msgpack import decode, encode
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.errors import RemoteProtocolError

EXACT_TENTH = "0.1000000000000000055511151231257827021181583404541015625"


def packed(type_: bytes | str, value: object) -> bytes:
    data: bytes = msgpack.packb([type_, value])
    return data


@given(values(dynamic=True, unknown=True))
def test_a_value_survives_the_way_there_and_back(value: Value) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_protocol_error(data: bytes) -> None:
    with contextlib.suppress(RemoteProtocolError):
        decode(data)


@given(values(), st.data())
def test_a_damaged_value_is_a_value_or_a_protocol_error(value: Value, data: st.DataObject) -> None:
    encoded = bytearray(encode(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteProtocolError):
        decode(bytes(encoded))


@pytest.mark.parametrize(
    ("number", "form"),
    [
        (-(2**63), -(2**63)), (2**63 - 1, 2**63 - 1), (2**64, 2.0**64), (2**64 - 1, str(2**64 - 1)),
        (Decimal("0.5"), 0.5), (Decimal("0.1"), "0.1"), (10**400, "1" + "0" * 400),
        (Decimal(EXACT_TENTH), EXACT_TENTH),
    ],
)  # fmt: skip
def test_a_number_takes_the_smallest_form_that_is_exact(number: object, form: object) -> None:
    data = encode(Value("number", number))
    assert msgpack.unpackb(data)[1] == form
    assert type(msgpack.unpackb(data)[1]) is type(form)
    assert decode(data).content == number


@pytest.mark.parametrize(
    ("data", "content"),
    [
        (packed('"number"', 2**64 - 1), 2**64 - 1), (packed(b'"number"', "1.50"), Decimal("1.5")),
        (packed(b'"string"', msgpack.ExtType(12, b"\x81\x01\xc2")), UNKNOWN),
        (packed(b'"string"', msgpack.Timestamp(5)), UNKNOWN),
        (packed(b'["map","bool"]', {b"a": True}), {"a": True}),
        (packed(b'"number"', 1.5), Decimal("1.5")),
    ],
)  # fmt: skip
def test_further_forms_are_read(data: bytes, content: object) -> None:
    assert decode(data).content == content


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not msgpack: "),
        (b"\xc1", "not msgpack: "),
        (b"\xc0\xc0", "not msgpack: "),
        (b"\x91" * 2000, "not msgpack: "),
        (b"\xdd\xff\xff\xff\xff", "not msgpack: "),
        (b"\xdb\xff\xff\xff\xff", "not msgpack: "),
        (b"\x81\x90\xc0", "not msgpack: "),
        (b"\x05", "value: expected a type and a value"),
        (packed(b"x", 1), "value: not JSON"),
        (packed(b'"x"', 1), "value: not a cty value in JSON: type: no such type: 'x'"),
        (packed(b'"bool"', 1), "value: expected bool, got a number"),
        (packed(b'["object",{"a":"bool"}]', {"a": 1}), "value.a: expected bool"),
        (packed(b'["map","bool"]', {1: True}), "value: a name that is no text"),
        (packed(b'"number"', float("inf")), "value: not a finite number: "),
    ],
)
def test_what_is_no_value_is_told_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode(data)
    assert message in caught.value.message
