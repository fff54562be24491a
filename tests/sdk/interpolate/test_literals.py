"""Strings, characters and numbers as Go writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.interpolate.formats import quote
from packer_sdk.interpolate.literals import parse_char, parse_number, parse_string


@given(st.text())
def test_string_round_trips_through_its_quoted_form(text: str) -> None:
    assert parse_string(quote(text)) == text
    assert parse_string(quote(text, ascii_only=True)) == text


def test_string_of_escaped_bytes() -> None:
    assert parse_string(r'"\xc3\xa9\303\251\x41"') == "ééA"
    assert parse_string(r'"\xff"') == "\udcff"


@pytest.mark.parametrize("literal", [r'"\q"', r'"\'"', r'"\400"', r'"\ud800"', r'"\U00110000"'])
def test_string_with_an_escape_that_does_not_exist(literal: str) -> None:
    with pytest.raises(ValueError, match="no such"):
        parse_string(literal)


@pytest.mark.parametrize(
    ("literal", "value"), [("'a'", 97), (r"'\n'", 10), (r"'\''", 39), ("'é'", 233)]
)
def test_char(literal: str, value: int) -> None:
    assert parse_char(literal) == value


@pytest.mark.parametrize("literal", ["'ab'", r"'\"'"])
def test_char_refuses(literal: str) -> None:
    with pytest.raises(ValueError, match=r"not one character|no such"):
        parse_char(literal)


@given(st.integers(-(2**63), 2**63 - 1))
def test_number_integer(value: int) -> None:
    assert parse_number(str(value)) == value
    assert parse_number(hex(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_float(value: float) -> None:
    assert parse_number(repr(value)) == value
    assert parse_number(value.hex()) == value


@pytest.mark.parametrize(
    "literal",
    ["09", "1e", "0x", "1__0", "_1", "1i", "9223372036854775808", "1e400", "0x1p9999", "."],
)
def test_number_refuses(literal: str) -> None:
    with pytest.raises(ValueError, match=r"not a number|too large"):
        parse_number(literal)
