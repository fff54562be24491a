from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.hcl import parsed
from packer_core.hcl.conversion import unify
from packer_core.hcl.convert import convert
from packer_core.hcl.findings import Findings
from packer_core.hcl.type_constraints import type_constraint
from packer_core.hcl.values import settled
from packer_sdk.cty.types import (
    ListType,
    MapType,
    Mismatch,
    ObjectType,
    SetType,
    TupleType,
)
from packer_sdk.cty.values import Value, implied

TYPES = st.recursive(
    st.sampled_from(["string", "number", "bool", "dynamic"]),
    lambda inner: st.one_of(
        st.builds(ListType, inner),
        st.builds(SetType, inner),
        st.builds(MapType, inner),
        st.builds(TupleType, st.lists(inner, max_size=3)),
        st.builds(ObjectType, st.dictionaries(st.sampled_from("abc"), inner, max_size=3)),
    ),
    max_leaves=6,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["", "a", "1", "true", "1.5"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, TYPES)
def test_converting_again_changes_nothing(raw: object, type_: object) -> None:
    value = settled(implied(raw))
    try:
        once = convert(value, type_)  # type: ignore[arg-type] # hypothesis does not tell
    except Mismatch:
        return
    assert convert(once, once.type) == once
    assert convert(once, type_) == once  # type: ignore[arg-type] # hypothesis does not tell


@given(st.lists(TYPES, min_size=1, max_size=3))
def test_the_type_of_all_is_that_of_each(types: list[object]) -> None:
    common = unify(types)  # type: ignore[arg-type] # hypothesis does not tell
    if common is not None:
        assert unify([common, common]) == common


@pytest.mark.parametrize(
    ("raw", "type_", "content"),
    [
        ("12", "number", 12),
        ("1e3", "number", 1000),
        (Decimal("1.50"), "string", "1.5"),
        (True, "string", "true"),
        ("1", "bool", True),
        ([1, "2"], "list(string)", ["1", "2"]),
        (["b", "a", "b"], "set(string)", ["a", "b"]),
        ({"a": 1}, "map(string)", {"a": "1"}),
        ({"a": 1, "b": 2}, "object({a = string})", {"a": "1"}),
        ([1, "a"], "list(any)", ["1", "a"]),
    ],
)
def test_values_are_converted(raw: object, type_: str, content: object) -> None:
    wanted = type_constraint(parsed(type_), Findings()).type
    assert convert(implied(raw), wanted).content == content


@pytest.mark.parametrize(
    ("raw", "type_", "message"),
    [
        ("x", "number", "a number is required"),
        ("True", "bool", 'a bool is required: write it in lower case, "true"'),
        ([1], "string", "string required, got tuple"),
        ([[1], "a"], "list(string)", "element 0: string required, got tuple"),
        ([1, "a"], "list(number)", "element 1: a number is required"),
        ({"a": [1]}, "map(string)", 'element "a": string required, got tuple'),
        ([[], {}], "list(any)", "all elements must be of one type to become a list"),
        ([1], "tuple([number, string])", "2 elements required, got 1"),
        (["1"], "object({})", "object required, got tuple"),
    ],
)
def test_what_cannot_be_converted_is_told_from_inside(
    raw: object, type_: str, message: str
) -> None:
    wanted = type_constraint(parsed(type_), Findings()).type
    with pytest.raises(Mismatch) as caught:
        convert(implied(raw), wanted)
    assert caught.value.message == message


def test_a_null_gets_the_type() -> None:
    assert convert(Value("dynamic", None), ListType("string")) == Value(ListType("string"), None)
