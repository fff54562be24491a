from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import values
from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from packer_sdk.cty.values import (
    UNKNOWN,
    Value,
    dict_in,
    implied,
    in_order,
    known,
    list_in,
    plain,
    unknown_of,
    value_of,
)

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


@pytest.mark.parametrize(
    ("type_", "raw", "content"),
    [
        ("string", "e\u0301", "é"), ("bool", True, True), ("number", 0.5, Decimal("0.5")),
        ("number", None, None), ("string", UNKNOWN, UNKNOWN),
        (ListType("number"), (1, None), [1, None]),
        (SetType("string"), ["b", "a", "b"], ["a", "b"]),
        (SetType("number"), [2, Decimal("1.5"), 2.0, None], [None, Decimal("1.5"), 2]),
        (SetType("bool"), [True, False, True], [False, True]),
        (SetType("string"), [UNKNOWN, UNKNOWN], [UNKNOWN, UNKNOWN]),
        (MapType("bool"), {"b": True, "a": None}, {"a": None, "b": True}),
        (TupleType(["string", "number"]), ["a", 1], ["a", 1]),
        (ObjectType({"a": "string", "b": "bool"}), {"b": True}, {"a": None, "b": True}),
        ("dynamic", None, None),
        ("dynamic", UNKNOWN, UNKNOWN),
        (ListType("dynamic"), ["x", 1], [Value("string", "x"), Value("number", 1)]),
    ],
)  # fmt: skip
def test_value_of(type_: Type, raw: object, content: object) -> None:
    assert value_of(type_, raw) == Value(type_, content)


def test_value_of_what_is_dynamic_has_the_type_it_brings_along() -> None:
    assert value_of("dynamic", "x") == Value("string", "x")
    assert value_of("dynamic", Value("bool", None)) == Value("bool", None)


@pytest.mark.parametrize(
    ("type_", "raw", "message"),
    [
        ("string", 1, "value: expected string, got a number"),
        ("number", True, "value: expected number, got True"),
        ("number", "1", "value: expected number, got '1'"),
        ("bool", 0, "value: expected bool, got a number"),
        (ListType("string"), "ab", "value: expected list(string), got 'ab'"),
        (ListType("string"), ["a", 1], "value[1]: expected string, got a number"),
        (MapType("string"), [], "value: expected map(string), got a list"),
        (MapType("string"), {1: "a"}, "value: a name that is no text: a number"),
        (TupleType(["bool"]), [], "value: expected 1 values, got 0"),
        (ObjectType({"a": ListType("bool")}), {"a": [{}]}, "value.a[0]: expected bool, got a map"),
        (ObjectType({}), {"a": 1}, "value.a: no such attribute"),
        ("dynamic", {1}, "value: nothing a value can hold: set"),
    ],
)
def test_value_of_what_does_not_fit_tells_where(type_: Type, raw: object, message: str) -> None:
    with pytest.raises(Mismatch) as caught:
        value_of(type_, raw)
    assert str(caught.value) == message


@given(values(dynamic=True, unknown=True))
def test_a_value_made_of_its_own_content_is_the_same(value: Value) -> None:
    assert value_of(value.type, value.content) == value


@given(PLAIN)
def test_an_implied_value_is_plainly_what_it_was_made_of(raw: object) -> None:
    value = implied(raw)
    assert value_of(value.type, value.content) == value
    names = str(raw)
    if names.isascii():
        assert plain(value) == raw


def test_implied_types_are_tuples_and_objects() -> None:
    value = implied({"a": ["x", 1, None], "b": Value(SetType("string"), ["b", "a"])})
    inner = TupleType(["string", "number", "dynamic"])
    assert value.type == ObjectType({"a": inner, "b": SetType("string")})
    assert value.content == {"a": ["x", 1, None], "b": ["a", "b"]}
    assert plain([Value("string", "x"), UNKNOWN]) == ["x", UNKNOWN]


def test_nesting_without_end_is_refused() -> None:
    raw: Any = "x"
    for _ in range(300):
        raw = [raw]
    with pytest.raises(Mismatch, match="nested too deeply"):
        implied(raw)
    with pytest.raises(Mismatch, match="nested too deeply"):
        value_of("dynamic", raw)
    type_: Type = "string"
    for _ in range(250):
        type_ = ListType(type_)
    with pytest.raises(Mismatch, match="nested too deeply"):
        value_of(type_, raw)


@pytest.mark.parametrize(
    ("type_", "content", "placeholder"),
    [
        ("string", UNKNOWN, "<unknown>"), ("number", UNKNOWN, 0), ("bool", UNKNOWN, False),
        (ListType("string"), UNKNOWN, []), (SetType("string"), UNKNOWN, []),
        (MapType("string"), UNKNOWN, {}), ("dynamic", UNKNOWN, Value("string", "<unknown>")),
        (TupleType(["string"]), UNKNOWN, ["<unknown>"]),
        (ObjectType({"a": "bool"}), UNKNOWN, {"a": False}),
        (ListType("string"), ["a", UNKNOWN], ["a", "<unknown>"]),
        (SetType("number"), None, None),
        (TupleType(["string", "number"]), ["a", UNKNOWN], ["a", 0]),
        (MapType("number"), {"a": UNKNOWN, "b": 2}, {"a": 0, "b": 2}),
        (ObjectType({"a": "bool", "b": "string"}), {"a": UNKNOWN, "b": "x"},
         {"a": False, "b": "x"}),
        ("dynamic", Value("string", UNKNOWN), Value("string", "<unknown>")),
    ],
)  # fmt: skip
def test_known_has_placeholders_as_packer_has_them(
    type_: Type, content: object, placeholder: object
) -> None:
    assert known(Value(type_, content)) == Value(type_, placeholder)


@given(values(dynamic=True, unknown=True))
def test_known_is_a_value_of_the_same_type_without_unknowns(value: Value) -> None:
    found = known(value)
    assert found.type == value.type
    assert "UNKNOWN" not in repr(found)
    assert known(found) == found


def test_unknown_of() -> None:
    assert unknown_of("bool") == Value("bool", UNKNOWN)
    assert repr(UNKNOWN) == "UNKNOWN"


@given(st.lists(st.text(max_size=2) | st.none()), st.randoms())
def test_the_order_of_a_set_does_not_depend_on_that_of_its_making(items: Any, random: Any) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)
    assert in_order(items) == in_order(shuffled)
    assert len(in_order(items)) == len(set(items))


def test_content_of_another_kind_is_a_bug() -> None:
    assert (list_in(["a"]), dict_in({"a": 1})) == (["a"], {"a": 1})
    for read in (list_in, dict_in):
        with pytest.raises(AssertionError):
            read("x")
