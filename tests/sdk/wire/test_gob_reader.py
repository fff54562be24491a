from __future__ import annotations

import contextlib
import struct
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import RECORDED
from packer_sdk.errors import RemoteProtocolError
from packer_sdk.wire.gob import encode_bytes, encode_int, encode_string, encode_uint
from packer_sdk.wire.gob_reader import Named, Struct, decode
from packer_sdk.wire.gob_writer import (
    INT,
    INTERFACE,
    NIL,
    STRING,
    UINT,
    alone,
    fields_of,
    interface,
    map_of,
    map_type,
    message,
    slice_type,
    struct_type,
)

RECORDS = [
    bytes.fromhex(one["gob"])
    for group in RECORDED.values()
    for one in group.values()
    if not one["gob"].startswith("error")
]


def definition(type_id: int, kind: int, *fields: bytes) -> bytes:
    """A message that defines a type of any kind."""
    inner = fields_of(dict(enumerate((fields_of({2: encode_int(type_id)}), *fields), 1)))
    return encode_bytes(encode_int(-type_id) + fields_of({kind: inner}))


@given(st.binary(max_size=80))
def test_any_bytes_are_a_value_or_a_protocol_error(data: bytes) -> None:
    with contextlib.suppress(RemoteProtocolError):
        decode(data, "it")


@given(st.sampled_from(RECORDS), st.data())
def test_damaged_gob_is_a_value_or_a_protocol_error(whole: bytes, data: st.DataObject) -> None:
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged))) :]
    with contextlib.suppress(RemoteProtocolError):
        decode(bytes(damaged), "it")


@pytest.mark.parametrize(
    ("type_id", "written", "value"),
    [
        (1, b"\x01", True), (2, encode_int(-5), -5), (3, encode_uint(500), 500),
        (4, encode_uint(int.from_bytes(struct.pack("<d", -0.75), "big")), -0.75),
        (5, encode_bytes(b"ab"), b"ab"), (6, encode_string("é"), "é"),
    ],
)  # fmt: skip
def test_values_of_built_in_types(type_id: int, written: bytes, value: object) -> None:
    assert decode(message(type_id, alone(written)), "it") == value


@pytest.mark.parametrize("kind", [5, 6, 7])
def test_values_that_encode_themselves_are_bytes(kind: int) -> None:
    data = definition(70, kind) + message(70, alone(encode_bytes(b"own")))
    assert decode(data, "it") == b"own"


def test_arrays_are_lists() -> None:
    data = definition(70, 1, encode_int(STRING), encode_int(2))
    value = encode_uint(2) + encode_string("a") + encode_string("b")
    assert decode(data + message(70, alone(value)), "it") == ["a", "b"]


def test_maps_and_interfaces() -> None:
    data = map_type(70, "", INT, INTERFACE)
    value = encode_uint(2) + encode_int(1) + NIL
    value += encode_int(-1) + interface("int", INT, alone(encode_int(5)))
    assert decode(data + message(70, alone(value)), "it") == {1: None, -1: Named("int", 5)}


def test_empty_messages_are_passed_over() -> None:
    assert decode(b"\x00" + message(2, alone(encode_int(3))), "it") == 3


def test_a_type_defined_in_the_middle_of_a_value_is_read_there() -> None:
    """What Go does: the value stops, the type is defined, the value goes on in a new message."""
    outer = slice_type(65, "", INTERFACE)
    inner = struct_type(66, "Inner", {"N": INT})
    told = fields_of({1: encode_int(7)})
    first = alone(encode_uint(2) + encode_string("inner"))
    second = encode_bytes(told) + interface("inner", 66, told)
    found = [Named("inner", Struct("Inner", {"N": 7}))] * 2
    # As messages of their own …
    start = encode_int(65) + first + inner[1:]
    data = outer + encode_bytes(start) + encode_bytes(encode_int(66) + second)
    assert decode(data, "it") == found
    # … and as messages in the message, with their lengths.
    rest = encode_int(66) + second
    data = outer + encode_bytes(start + encode_uint(len(rest)) + rest)
    assert decode(data, "it") == found


INTS = map_type(65, "", INT, STRING)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "it: gob: 1 bytes announced, 0 there"),
        (b"\x05", "it: gob: 5 bytes announced, 0 there"),
        (message(70, b"\x00"), "it: gob: type 70 is not defined"),
        (message(7, b"\x00"), "it: gob: type 7 is not defined"),
        (message(2, b"\x01"), "it: gob: a value that is no struct begins with a zero"),
        (INTS + INTS, "it: gob: type 65 is defined twice"),
        (definition(8, 5), "it: gob: type 8 is defined twice"),
        (definition(70, 8), "it: gob: no such kind of type: 7"),
        (encode_bytes(encode_int(-70) + b"\x00"), "it: gob: the definition of type 70 is empty"),
        (definition(70, 5, b"\x00"), "it: gob: a definition with a field 1"),
        (
            struct_type(70, "", {"A": INT}) + message(70, fields_of({2: b"\x00"})),
            "it: gob: there is no field 1",
        ),
        (
            map_type(70, "", 4, INT) + message(70, alone(b"\x01\x00\x00")),
            "it: gob: a map by float",
        ),
        (
            slice_type(70, "", UINT) + message(70, alone(encode_uint(2**60))),
            f"it: gob: {2**60} elements announced, 0 bytes there",
        ),
        (
            struct_type(70, "", {"A": 71}) + map_type(71, "", STRING, 72)
            + slice_type(72, "", INT)
            + message(70, fields_of({1: map_of({"k": b"\x02\x00"})})[:-1]),
            "it.A.k: gob: 2 elements announced, 1 bytes there",
        ),
    ],
)  # fmt: skip
def test_what_is_no_gob_is_told_with_its_place(data: bytes, text: str) -> None:
    with pytest.raises(RemoteProtocolError) as caught:
        decode(data, "it")
    assert caught.value.message == text


def test_nesting_without_end_is_refused() -> None:
    lists = slice_type(70, "", 70) + message(70, alone(b"\x01" * 5000))
    interfaces = message(INTERFACE, alone((encode_string("x") + b"\x10\x00\x00") * 5000))
    structs = struct_type(70, "", {"A": 70}) + message(70, b"\x01" * 5000)
    for data in (lists, interfaces, structs):
        with pytest.raises(RemoteProtocolError, match="nested too deeply") as caught:
            decode(data, "it")
        assert len(caught.value.message) < 300


def test_lengths_that_lie_take_no_memory() -> None:
    huge = encode_uint(2**62)
    streams = [
        huge,
        message(5, alone(huge)),
        slice_type(70, "", INT) + message(70, alone(huge)),
        map_type(70, "", STRING, STRING) + message(70, alone(huge)),
        definition(70, 3, huge),
        message(INTERFACE, alone(huge)),
    ]
    tracemalloc.start()
    for data in streams:
        with pytest.raises(RemoteProtocolError, match="announced"):
            decode(data, "it")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1 << 20
