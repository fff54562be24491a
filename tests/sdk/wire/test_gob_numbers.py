from __future__ import annotations

import contextlib
import math
import struct
from decimal import Context, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from helpers.ctys import DECIMALS, INTEGERS
from packer_sdk.cty.numbers import number_of
from packer_sdk.errors import RemoteProtocolError
from packer_sdk.wire.gob_numbers import decode_number, encode_number

A_HAIR_BELOW = Decimal(10**294 // 2**446).scaleb(-294, Context(prec=200))
"""So near to a power of two that no bits are left between them."""

DIGITS = st.integers(-(10**300), 10**300)


@given(INTEGERS | DECIMALS.map(number_of))
@example(2**512 - 1)
@example(2**513 - 1)
@example(Decimal("0." + "9" * 153))
@example(Decimal("0." + "9" * 400))
@example(Decimal("1e-4000"))
@example(Decimal("0.25"))
@example(A_HAIR_BELOW)
@example(Decimal("-3.1415926535897932384626433832795028841971"))
def test_a_number_survives_the_way_there_and_back(number: int | Decimal) -> None:
    assert decode_number(encode_number(number)) == number


@given(DIGITS, st.integers(-600, 0))
def test_long_decimals_survive_too(digits: int, exponent: int) -> None:
    number = number_of(Decimal(digits).scaleb(exponent)) if digits else 0
    assert decode_number(encode_number(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False))
@example(2.0**-24)
@example(5e-324 * 2**52)
def test_a_float_of_go_is_the_decimal_that_reads_back_as_it(number: float) -> None:
    """A big.Float made of a float64 has its 53 bits."""
    mantissa, exponent = math.frexp(abs(number))
    negative = math.copysign(1, number) < 0
    flags = (1 << 3) | ((1 << 1) if number else 0) | (1 if negative else 0)
    data = bytes([1, flags]) + (53).to_bytes(4, "big")
    if number:
        data += struct.pack(">iQ", exponent, int(mantissa * 2**64))
    found = decode_number(data)
    assert float(found) == number
    if isinstance(found, Decimal):
        assert len(found.as_tuple().digits) <= len(Decimal(repr(number)).as_tuple().digits)


@given(st.binary(max_size=40))
@example(bytes.fromhex("010a00000200000000020000000000000000"))
def test_any_bytes_are_a_number_or_a_protocol_error(data: bytes) -> None:
    for head in (b"", b"\x01\x0a", b"\x01\x0a\x00\x00\x00\x35\x00\x00"):
        with contextlib.suppress(RemoteProtocolError):
            decode_number(head + data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "not of version 1"),
        ("02080000", "not of version 1"),
        ("020800000200", "not of version 1"),
        ("010c00000200", "infinite, or cut"),
        ("010a0000020000000002c0", "infinite, or cut"),
        ("010a0000020070000000c000000000000000", "more than 4000 digits"),
        ("010a0000020090000000c000000000000000", "more than 4000 digits"),
        ("010affffffff00000002c000000000000000", "more than 4000 digits"),
        ("010a0000020000000002" + "c0" * 2000, "more than 4000 digits"),
    ],
)
def test_what_is_no_number_is_refused(data: str, message: str) -> None:
    with pytest.raises(RemoteProtocolError, match=message):
        decode_number(bytes.fromhex(data))
