from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire import gob
from packer_sdk.wire.gob import Reader

uint64 = st.integers(0, 2**64 - 1)
int64 = st.integers(-(2**63), 2**63 - 1)


def message(payload: bytes) -> bytes:
    return gob.encode_uint(len(payload)) + payload


@given(int64)
def test_finished_survives_the_way_there_and_back(status: int) -> None:
    assert gob.decode_finished(gob.encode_finished(status)) == status


def test_finished_with_another_id_and_more_definitions_is_read() -> None:
    definitions = message(gob.encode_int(-65) + b"whatever") + message(gob.encode_int(-66))
    value = message(gob.encode_int(66) + gob.encode_uint(1) + gob.encode_int(-7) + b"\0")
    assert gob.decode_finished(definitions + value + b"trailing") == -7


@given(st.binary(max_size=60))
def test_any_bytes_are_a_status_or_a_protocol_error(data: bytes) -> None:
    try:
        status = gob.decode_finished(data)
    except RemoteProtocolError:
        return
    assert -(2**63) <= status < 2**63


@given(int64, st.data())
def test_finished_that_is_cut_is_refused(status: int, data: st.DataObject) -> None:
    whole = gob.encode_finished(status)
    cut = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(RemoteProtocolError, match="gob"):
        gob.decode_finished(whole[:cut])


def test_finished_without_a_value_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="no value"):
        gob.decode_finished(b"")


def test_finished_with_an_unknown_field_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="field 2 is unknown"):
        gob.decode_finished(message(gob.encode_int(64) + gob.encode_uint(2) + b"\0"))


@given(uint64)
def test_uint_survives_the_way_there_and_back(value: int) -> None:
    reader = Reader(gob.encode_uint(value))
    assert reader.read_uint() == value
    assert reader.left == 0


@given(int64)
def test_int_survives_the_way_there_and_back(value: int) -> None:
    assert Reader(gob.encode_int(value)).read_int() == value


@given(st.booleans(), st.binary(max_size=300), st.text(max_size=300))
def test_row_of_primitives_survives_the_way_there_and_back(
    truth: bool, data: bytes, text: str
) -> None:
    reader = Reader(gob.encode_bool(truth) + gob.encode_bytes(data) + gob.encode_string(text))
    assert (reader.read_bool(), reader.read_bytes(), reader.read_string()) == (truth, data, text)
    assert reader.left == 0


def test_text_that_is_no_utf8_passes_unharmed() -> None:
    text = Reader(gob.encode_bytes(b"caf\xe9")).read_string()
    assert gob.encode_string(text) == gob.encode_bytes(b"caf\xe9")


@pytest.mark.parametrize("value", [-1, 2**64])
def test_uint_out_of_range_is_our_mistake(value: int) -> None:
    with pytest.raises(LocalProtocolError, match="64 bits"):
        gob.encode_uint(value)


@pytest.mark.parametrize("value", [-(2**63) - 1, 2**63])
def test_int_out_of_range_is_our_mistake(value: int) -> None:
    with pytest.raises(LocalProtocolError, match="64 bits"):
        gob.encode_int(value)


def test_number_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="a number of 9 bytes"):
        Reader(bytes([256 - 9]) + bytes(9)).read_uint()


def test_bytes_that_end_early_are_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="5 bytes announced, 2 there"):
        Reader(b"\x05ab").read_bytes()
