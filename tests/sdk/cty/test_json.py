from __future__ import annotations

import contextlib
import json as stdlib_json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import types, values
from packer_sdk.cty.json import (
    decode,
    decode_plain,
    decode_type,
    encode,
    encode_plain,
    encode_type,
)
from packer_sdk.cty.types import ListType, ObjectType
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type


@given(values(dynamic=True))
def test_a_value_survives_the_way_there_and_back(value: Value) -> None:
    assert decode(encode(value)) == value
    assert decode_plain(encode_plain(value), value.type) == value


@given(values(dynamic=True))
def test_what_is_written_is_json_that_can_stand_in_a_web_page(value: Value) -> None:
    data = encode(value)
    stdlib_json.loads(data)
    assert not set("<>&\u2028\u2029") & set(data.decode())


@given(types(dynamic=True))
def test_a_type_survives_the_way_there_and_back(type_: Type) -> None:
    again = decode_type(encode_type(type_))
    assert decode_type(encode_type(again)) == again


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_value_or_a_protocol_error(data: bytes) -> None:
    with contextlib.suppress(RemoteProtocolError):
        decode(data)
    with contextlib.suppress(RemoteProtocolError):
        decode_type(data)


@given(values(), st.data())
def test_a_damaged_value_is_a_value_or_a_protocol_error(value: Value, data: st.DataObject) -> None:
    encoded = bytearray(encode(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(RemoteProtocolError):
        decode(bytes(encoded))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON: Expecting value"),
        (b"\xff", "not JSON: 'utf-8' codec"),
        (b"[" * 100_000, "not JSON: maximum recursion"),
        (b'{"value":NaN,"type":"number"}', "not a cty value in JSON: not a number: 'NaN'"),
        (b'{"value":1e99999,"type":"number"}', "a number of more than 4000 digits"),
        (b'{"value":' + b"1" * 5000 + b',"type":"number"}', "a number of more than 4000 digits"),
        (b"5", 'value: expected {"value": …, "type": …}'),
        (b'{"value":1,"type":"number","x":1}', 'value: expected {"value": …, "type": …}'),
        (b'{"value":1,"type":"nothing"}', "value.type: no such type: 'nothing'"),
        (b'{"value":[1,"x"],"type":["list","number"]}', "value[1]: not a number: 'x'"),
        (b'{"value":1,"type":"bool"}', "value: expected bool, got a number"),
        (b'{"value":"yes","type":"bool"}', "value: expected bool, got 'yes'"),
        (b'{"value":{"a":{"b":1}},"type":["map","dynamic"]}', "value.a: expected"),
    ],
)
def test_what_is_no_value_is_told_with_its_place(data: bytes, message: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode(data)
    assert message in caught.value.message


def test_what_is_no_type_is_told_with_its_place() -> None:
    with pytest.raises(RemoteProtocolError, match=r"type\[1\]: no such type: a number"):
        decode_type(b'["list",5]')


@pytest.mark.parametrize(
    ("before", "behind"),
    [(b'{"value":[', b'],"type":["list","dynamic"]}'), (b'{"value":', b',"type":"dynamic"}')],
)
def test_values_nested_in_dynamic_slots_without_end_are_refused(
    before: bytes, behind: bytes
) -> None:
    data = before * 250 + b"null" + behind * 250
    with pytest.raises(RemoteProtocolError, match="nested too deeply"):
        decode(data)


@pytest.mark.parametrize("type_", ["string", ListType("string"), ObjectType({}), "dynamic"])
def test_what_is_not_known_cannot_be_written(type_: Type) -> None:
    with pytest.raises(LocalProtocolError, match="not known yet"):
        encode(Value(type_, UNKNOWN))


def test_lone_surrogates_become_the_character_for_none() -> None:
    assert decode(b'{"value":"\\ud800","type":"string"}').content == "\ufffd"


@pytest.mark.parametrize(
    ("text", "type_", "content"),
    [
        (b'"1"', "number", 1), (b"1.50", "string", "1.5"), (b"7", "string", "7"),
        (b"false", "string", "false"), (b"true", "string", "true"), (b'"0"', "bool", False),
    ],
)  # fmt: skip
def test_a_scalar_of_another_kind_that_says_the_same_will_do(
    text: bytes, type_: Type, content: object
) -> None:
    assert decode_plain(text, type_) == Value(type_, content)
