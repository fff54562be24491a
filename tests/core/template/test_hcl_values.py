from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.hcl.marks import SENSITIVE, mark
from packer_core.template.hcl_values import in_line, raw, shown, texts_in, value_of
from packer_sdk.cty.types import ListType, MapType
from packer_sdk.cty.values import UNKNOWN, Value, implied, plain
from packer_sdk.cty.values import value_of as typed

DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text('aä\n"${', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab c", max_size=3), inner),
    max_leaves=8,
)


@given(DATA)
def test_what_a_plugin_publishes_can_be_had_again(published: object) -> None:
    value = value_of(published)
    assert raw(value) == plain(value.content) == published


@pytest.mark.parametrize(
    ("published", "content"),
    [
        (b"bytes", "bytes"),
        (b"\xff", "\N{REPLACEMENT CHARACTER}"),
        ({b"k": [b"v"]}, {"k": ["v"]}),
        ((1, 2), [1, 2]),
        ({1: 2}, {"1": 2}),
        (1.5, Decimal("1.5")),
    ],
)
def test_what_old_plugins_publish_is_understood(published: object, content: object) -> None:
    assert value_of(published).content == content


def test_what_is_no_value_becomes_text() -> None:
    assert value_of({1, 2}.__class__).type == "string"


@given(DATA)
def test_values_are_shown_in_one_line_and_in_several(published: object) -> None:
    value = implied(published)
    assert "\n" not in in_line(value)
    assert in_line(value) == shown(value) or "\n" in shown(value)


def test_text_may_stand_bare_but_not_inside() -> None:
    assert shown(implied("a"), bare=True) == "a"
    assert shown(implied(["a"]), bare=True) == '[\n  "a",\n]'


def test_texts_are_found_however_deep() -> None:
    value = mark(implied({"a": ["x", {"b": "y"}], "c": 1, "d": None}), {SENSITIVE})
    assert sorted(texts_in(value)) == ["x", "y"]


def test_texts_are_found_as_they_look_in_quotes_too() -> None:
    assert texts_in(implied('pa"ss\\w\n')) == ('pa"ss\\w\n', 'pa\\"ss\\\\w\\n')


def test_raw_values_know_neither_types_nor_marks_nor_what_is_unknown() -> None:
    assert raw(mark(implied([1, Decimal("1.5"), "a"]), {SENSITIVE})) == [1, 1.5, "a"]
    assert raw(Value("string", UNKNOWN)) == "<unknown>"
    assert raw(typed(MapType(ListType("number")), {"a": [1]})) == {"a": [1]}
