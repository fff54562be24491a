from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.ctys import types
from packer_sdk.cty.types import (
    ListType,
    MapType,
    Mismatch,
    ObjectType,
    SetType,
    TupleType,
    from_tree,
    in_short,
    shown,
    to_tree,
)

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type

TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["string", "dynamic"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(st.sampled_from(["list", "set", "map", "tuple", "object"]), inner).map(list)
        | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
)


@given(types(dynamic=True, optional=True))
def test_a_type_survives_the_way_there_and_back(type_: Type) -> None:
    tree = to_tree(type_)
    # Names take their normal form on the way, and may meet there.
    again = from_tree(json.loads(json.dumps(tree)))
    assert from_tree(to_tree(again)) == again
    assert shown(again).count("list") >= shown(type_).count("list(") - 1


@given(TREES)
def test_any_tree_is_a_type_or_a_mismatch(tree: object) -> None:
    with contextlib.suppress(Mismatch):
        assert to_tree(from_tree(tree)) is not None


@pytest.mark.parametrize(
    ("type_", "text"),
    [
        ("string", "string"),
        (MapType(ListType("number")), "map(list(number))"),
        (SetType("dynamic"), "set(dynamic)"),
        (TupleType(["string", "bool"]), "tuple([string, bool])"),
        (ObjectType({"a": "string", "b": TupleType()}), "object({a=string, b=tuple([])})"),
    ],
)
def test_shown(type_: Type, text: str) -> None:
    assert shown(type_) == text


def test_optional_attributes_stand_behind_the_others() -> None:
    type_ = ObjectType({"b": "string", "a": "dynamic"}, frozenset({"b"}))
    tree = ["object", {"a": "dynamic", "b": "string"}, ["b"]]
    assert to_tree(type_) == tree
    assert from_tree(tree) == type_


def test_names_take_their_normal_form() -> None:
    assert from_tree(["object", {"e\u0301": "bool"}]) == ObjectType({"é": "bool"})


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        ("text", "type: no such type: 'text'"),
        (None, "type: no such type: null"),
        (["list"], "type: no such type: a list"),
        (["list", ["map", 5]], "type[1][1]: no such type: a number"),
        (["tuple", ["string", "x"]], "type[1][1]: no such type: 'x'"),
        (["object", {"a": {"b": 1}}], "type[1].a: no such type: a map"),
        (["object", {"a": "bool"}, ["b"]], "type[2]: optional attributes must be attributes"),
        (["object", {"a": "bool"}, [5]], "type[2]: optional attributes must be attributes"),
    ],
)
def test_what_is_no_type_is_told_with_its_place(tree: object, message: str) -> None:
    with pytest.raises(Mismatch) as caught:
        from_tree(tree)
    assert str(caught.value) == message


def test_nesting_without_end_is_refused() -> None:
    tree: object = "string"
    for _ in range(300):
        tree = ["list", tree]
    with pytest.raises(Mismatch, match="nested too deeply"):
        from_tree(tree)


def test_a_place_far_inside_is_cut_in_the_middle() -> None:
    text = str(Mismatch("wrong", ("value", *["name"] * 50)))
    assert text.startswith("value.name.name")
    assert text.endswith(".name.name: wrong")
    assert len(text) < 140
    assert str(Mismatch("wrong")) == "wrong"


@pytest.mark.parametrize(
    ("value", "text"),
    [("x" * 100, f"'{'x' * 40}'…"), (True, "True"), (0.5, "0.5"), (b"", "bytes"), ({1}, "set")],
)
def test_in_short(value: object, text: str) -> None:
    assert in_short(value) == text
