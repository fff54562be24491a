"""What may be written for a value of each type (JSN-013)."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.config import Duration, OctalMode, weak
from packer_sdk.config.weak import Mismatch, describe

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.decimals(allow_nan=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", "a"), (True, "1"), (False, "0"), (5, "5"), (5.0, "5"), (0.5, "0.5"), (-0.0, "0"),
        (1e-7, "0.0000001"), (1.5e-9, "0.0000000015"), (1e22, "10000000000000000000000"),
        (Decimal("0E-999999999"), "0"), (Decimal("1E-999999999"), "1E-999999999"),
        (Decimal("1E+999999999"), "1E+999999999"), (Decimal("1.50"), "1.50"),
        (Decimal("1E+3"), "1000"), (b"a\xff", "a\udcff"),
    ],
)  # fmt: skip
def test_to_text(value: object, text: str) -> None:
    assert weak.to_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5), ("5", 5), (5.0, 5), (True, 1), ("-7", -7), ("0x1F", 31), ("0o17", 15), ("017", 15),
        ("0b11", 3), ("1_000", 1000), (Decimal(7), 7), (2**80, 2**80), (-0.0, 0), ("0", 0),
    ],
)  # fmt: skip
def test_to_int(value: object, number: int) -> None:
    assert weak.to_int(value) == number


@pytest.mark.parametrize(
    "value",
    ["five", "5.0", "", "09", 1.5, float("nan"), float("inf"), Decimal("NaN"), Decimal("sNaN"),
     Decimal("0.5"), [5],
     None, b"5", "9" * 10_000],
)  # fmt: skip
def test_to_int_refuses(value: object) -> None:
    with pytest.raises(Mismatch, match="a whole number"):
        weak.to_int(value)


@pytest.mark.parametrize(
    ("value", "number"), [(1.5, 1.5), ("1.5", 1.5), (2, 2.0), (True, 1.0), (Decimal("0.5"), 0.5)]
)
def test_to_float(value: object, number: float) -> None:
    assert weak.to_float(value) == number


@pytest.mark.parametrize("value", ["x", "", [], None, 10**400])
def test_to_float_refuses(value: object) -> None:
    with pytest.raises(Mismatch, match="a number"):
        weak.to_float(value)


@pytest.mark.parametrize("value", [True, 1, 1.0, "true", "TRUE", "True", "t", "T", "1", Decimal(1)])
def test_to_bool_true(value: object) -> None:
    assert weak.to_bool(value) is True


@pytest.mark.parametrize("value", [False, 0, 0.0, "false", "FALSE", "False", "f", "F", "0"])
def test_to_bool_false(value: object) -> None:
    assert weak.to_bool(value) is False


@pytest.mark.parametrize("value", [2, "yes", "on", "", None, [True], 0.5])
def test_to_bool_refuses(value: object) -> None:
    with pytest.raises(Mismatch, match="true or false"):
        weak.to_bool(value)


def test_to_duration() -> None:
    assert weak.to_duration("5m") == Duration("5m")
    assert weak.to_duration(0.0) == Duration("0s")
    with pytest.raises(Mismatch) as caught:
        weak.to_duration(90.0)
    assert caught.value.hint == 'with a unit: "90s"?'
    with pytest.raises(Mismatch) as caught:
        weak.to_duration("soon")
    assert caught.value.hint is None


def test_to_mode_reads_the_digits_of_a_number_as_octal() -> None:
    assert weak.to_mode(644.0) == weak.to_mode("0644") == OctalMode("644")
    with pytest.raises(Mismatch, match="octal"):
        weak.to_mode("rw-")


def test_to_path_refuses_what_no_system_can_open() -> None:
    to_path = weak.to_path_with(Path)
    assert to_path("a/b") == Path("a/b")
    with pytest.raises(Mismatch, match="a path"):
        to_path("a\0b")


def test_to_choice_lists_the_choices() -> None:
    to_choice = weak.to_choice_of({"1": 1, "two": 2})
    assert (to_choice(1.0), to_choice("two")) == (1, 2)
    with pytest.raises(Mismatch, match='one of "1", "two"'):
        to_choice("three")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"), ("a\nb", '"a\\nb"'), ("x" * 100, '"' + "x" * 60 + '…"'), ({}, "a map"),
        ([1], "a list"), (5.0, "5"), (b"x", "a value of type bytes"), (10**5000, hex(10**5000)),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_describe(value: object, text: str) -> None:
    assert describe(value) == text


@pytest.mark.parametrize(
    "convert",
    [weak.to_text, weak.to_bool, weak.to_int, weak.to_float, weak.to_duration, weak.to_mode,
     weak.to_secret, weak.to_path_with(Path), weak.to_choice_of({"a": 1})],
)  # fmt: skip
@given(value=ANYTHING)
def test_conversions_give_a_value_or_a_mismatch(convert: Any, value: object) -> None:
    with contextlib.suppress(Mismatch):
        convert(value)
    assert describe(value)
