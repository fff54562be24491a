"""Values as text, beyond what Go's answers cover."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.interpolate.formats import float_text, quote, show, sprint, sprintf, sprintln

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (-0.0, "-0"), (100000.0, "100000"), (123456.0, "123456"), (1e6, "1e+06"),
        (1234567.0, "1.234567e+06"), (0.0001, "0.0001"), (0.00001234, "1.234e-05"), (1.5, "1.5"),
        (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (float("inf"), "+Inf"), (float("-inf"), "-Inf"), (float("nan"), "NaN"),
        (-1.5e21, "-1.5e+21"),
    ],
)  # fmt: skip
def test_float_text(value: float, text: str) -> None:
    assert float_text(value) == text


@given(st.floats(allow_nan=False))
def test_float_text_gives_the_same_number(value: float) -> None:
    assert float(float_text(value)) == value


@given(
    st.text(alphabet="%+-# 0123456789.sdqvxXtfgeTcUob!a") | st.text(), st.lists(VALUES, max_size=3)
)
def test_sprintf_never_fails(template: str, values: list[Any]) -> None:
    assert isinstance(sprintf(template, *values), str)


@given(st.lists(VALUES, max_size=3))
def test_print_never_fails(values: list[Any]) -> None:
    assert sprintln(*values).endswith("\n")
    assert isinstance(sprint(*values), str)


def test_sprintf_refuses_to_fill_the_memory() -> None:
    assert sprintf("%99999999d", 1) == "%!(BADWIDTH)%!d(int=1)"
    assert len(sprintf("%.99999999d", 1)) <= 1_000_000


def test_sprintf_of_a_map_formats_what_is_in_it() -> None:
    assert sprintf("%s %d", {"b": "y", "a": "x"}, [1, 2]) == "map[a:x b:y] [1 2]"
    assert sprintf("%q", None) == "%!q(<nil>)"


def test_show_and_quote() -> None:
    assert (show(None), show([None]), show({"b": 1, "a": "x"})) == (
        "<no value>", "[<nil>]", "map[a:x b:1]",
    )  # fmt: skip
    assert quote('a"\n\x00\u200b\U000e0001é\udcff') == '"a\\"\\n\\x00\\u200b\\U000e0001é\\xff"'
