"""Types and values of cty, made by hypothesis."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from packer_sdk.cty.types import ListType, MapType, ObjectType, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value, implied, value_of

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type

RECORDED: dict[str, dict[str, dict[str, Any]]] = json.loads(
    Path(__file__).parents[1].joinpath("data/cty/go_vectors.json").read_text(encoding="utf-8")
)
"""What the libraries below Packer write: schemas and values, see ``record.go`` beside it."""

NAMES = st.text(max_size=6)
PRIMITIVES = st.sampled_from(["string", "number", "bool"])
INTEGERS = st.integers() | st.integers(-(2**600), 2**600)
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False) | st.floats(
    allow_nan=False, allow_infinity=False
).map(lambda one: Decimal(repr(one)))


def types(
    *, sets: bool = True, dynamic: bool = False, optional: bool = False
) -> st.SearchStrategy[Type]:
    """Types of any shape."""
    leaves: st.SearchStrategy[Any] = PRIMITIVES | st.just("dynamic") if dynamic else PRIMITIVES

    def around(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        attributes = st.dictionaries(NAMES, inner, max_size=3)
        made = (
            st.builds(ListType, inner)
            | st.builds(MapType, inner)
            | st.builds(TupleType, st.lists(inner, max_size=3))
            | st.builds(ObjectType, attributes)
        )
        if optional:
            made |= attributes.flatmap(
                lambda found: st.builds(
                    ObjectType,
                    st.just(found),
                    st.frozensets(st.sampled_from(sorted(found)))
                    if found
                    else st.just(frozenset()),
                )
            )
        return made | st.builds(SetType, inner) if sets else made

    return st.recursive(leaves, around, max_leaves=6)


def contents(  # noqa: PLR0911 - a case each
    type_: Type, *, unknown: bool = False
) -> st.SearchStrategy[Any]:
    """What Python may hold for a type, nulls among it."""
    rest = st.just(UNKNOWN) | st.none() if unknown else st.none()
    match type_:
        case "string":
            return st.text(max_size=8) | rest
        case "number":
            return INTEGERS | DECIMALS | rest
        case "bool":
            return st.booleans() | rest
        case "dynamic":
            return st.builds(implied, st.text(max_size=3) | st.booleans()) | rest
        case ListType(element) | SetType(element):
            return st.lists(contents(element, unknown=unknown), max_size=3) | rest
        case MapType(element):
            return st.dictionaries(NAMES, contents(element, unknown=unknown), max_size=3) | rest
        case TupleType(elements):
            return st.tuples(*(contents(one, unknown=unknown) for one in elements)).map(list) | rest
        case ObjectType(attributes):
            named = {name: contents(one, unknown=unknown) for name, one in attributes.items()}
            return st.fixed_dictionaries(named) | rest


def values(
    *, sets: bool = True, dynamic: bool = False, unknown: bool = False
) -> st.SearchStrategy[Value]:
    """Values of any type."""
    return types(sets=sets, dynamic=dynamic).flatmap(
        lambda type_: contents(type_, unknown=unknown).map(lambda raw: value_of(type_, raw))
    )
