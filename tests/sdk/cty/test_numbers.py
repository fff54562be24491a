from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import DECIMALS, INTEGERS
from packer_sdk.cty.numbers import DIGITS_MAX, number_of, parse_number, text_of
from packer_sdk.cty.types import Mismatch


@pytest.mark.parametrize(
    ("given", "held"),
    [
        (5, 5), (0.5, Decimal("0.5")), (0.1, Decimal("0.1")), (3.0, 3), (-0.0, 0),
        (2.0**64, 2**64), (Decimal("1.50"), Decimal("1.5")), (Decimal("2.00"), 2),
        (Decimal("1e3"), 1000), (Decimal("-0"), 0),
    ],
)  # fmt: skip
def test_number_of(given: object, held: object) -> None:
    number = number_of(given)
    assert (number, type(number)) == (held, type(held))


@pytest.mark.parametrize(
    "value",
    [math.nan, math.inf, Decimal("-Infinity"), Decimal("sNaN"), 10**DIGITS_MAX * 10,
     Decimal(f"1e{DIGITS_MAX}"), Decimal(f"1e-{DIGITS_MAX + 1}"), Decimal("1" * 4001)],
    ids=str,
)  # fmt: skip
def test_number_of_what_nobody_means(value: object) -> None:
    with pytest.raises(Mismatch, match=r"^here: (not a finite number|a number of more than 4000)"):
        number_of(value, ("here",))


@pytest.mark.parametrize("value", [True, "1", None])
def test_number_of_no_number_is_our_mistake(value: object) -> None:
    with pytest.raises(TypeError, match="no number"):
        number_of(value)


@pytest.mark.parametrize(
    ("text", "held"),
    [("1", 1), ("-1.50", Decimal("-1.5")), ("1e3", 1000), ("+1", 1), (".5", Decimal("0.5"))],
)
def test_parse_number(text: str, held: object) -> None:
    assert parse_number(text) == held


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0x10",
        "1_000",
        " 1",
        "1\n",
        "Inf",
        "NaN",
        "٣",
        "1e",
        "--1",
        "1e99999999999999999999",
    ],
)
def test_parse_number_of_no_number(text: str) -> None:
    with pytest.raises(Mismatch, match=r"^here: not a number: "):
        parse_number(text, ("here",))


@given(INTEGERS | DECIMALS)
def test_digits_are_read_as_the_number_they_were_written_for(number: int | Decimal) -> None:
    held = number_of(number)
    text = text_of(held)
    assert parse_number(text) == held == number
    assert set(text) <= set("-.0123456789")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_a_number_that_reads_back_as_it(number: float) -> None:
    assert float(number_of(number)) == number
