from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from typing import TYPE_CHECKING, ClassVar

import pytest

from packer_sdk.records import (
    aside,
    made,
    mass_record,
    mutable_record,
    named_record,
    record,
    replaced,
)

if TYPE_CHECKING:
    from collections.abc import Callable


@record
class Point:
    x: int
    y: int = 2
    ORIGIN: ClassVar[str] = "here"

    def moved(self) -> Point:
        return replaced(self, x=self.x + 1)


@record
class Named(Point):
    name: str = "a"


@named_record
class Basket:
    items: list[str] = made(default_factory=list)
    size: int = 3


@mass_record
class Leaf:
    text: str
    items: list[str] = made(default_factory=list)
    start: int = aside(default=0)


@mutable_record
class Tally:
    count: int = 0


@record
class Stretch:
    text: str
    at: int = aside()


@record
class Wide(Stretch):
    width: int = 1


def test_record_takes_values_by_position_and_by_name() -> None:
    assert (Point(1).x, Point(1).y) == (1, 2)
    assert Point(1, 5) == Point(x=1, y=5)


def test_record_inherits_fields_in_front_of_its_own() -> None:
    assert repr(Named(1, 2, "b")) == "Named(x=1, y=2, name='b')"


def test_record_is_equal_only_to_its_own_class() -> None:
    assert Named(1) != Point(1)
    assert Point(1) != object()
    assert hash(Point(1)) == hash(Point(1, 2)) != hash(Named(1))


def test_record_is_immutable_and_has_slots() -> None:
    point = Point(1)
    with pytest.raises(AttributeError, match="Point is immutable: x"):
        point.x = 5  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del point.x
    assert not hasattr(point, "__dict__")


def test_record_leaves_class_variables_alone() -> None:
    assert Point.ORIGIN == "here"
    assert "ORIGIN" not in repr(Point(1))


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (Point, "Point needs 'x'"),
        (lambda: Point(1, 2, 3), "Point takes 2 values, not 3"),  # type: ignore[call-arg]
        (lambda: Point(1, z=3), "given 'z' though it has no such field"),  # type: ignore[call-arg]
        (lambda: Point(1, x=3), "given 'x' twice"),  # type: ignore[misc]
        (lambda: Basket([]), "positional"),  # type: ignore[call-arg]
    ],
)
def test_record_refuses_what_does_not_fit(make: Callable[[], object], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        make()


def test_made_defaults_are_made_for_every_object() -> None:
    one, two = Basket(), Basket(size=1)
    one.items.append("x")
    assert two.items == []


def test_replaced_changes_some_fields() -> None:
    assert Point(1, 7).moved() == Point(2, 7)


def test_mass_record_is_made_as_a_record_is() -> None:
    one, two = Leaf("a"), Leaf(text="a", start=5)
    one.items.append("x")
    assert (two.items, two.start) == ([], 5)
    assert not hasattr(one, "__dict__")
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(TypeError, match="text"):
        Leaf()  # type: ignore[call-arg]


def test_mutable_record_can_be_changed_and_has_no_hash() -> None:
    tally = Tally()
    tally.count += 1
    assert tally == Tally(1)
    with pytest.raises(TypeError, match="unhashable"):
        hash(tally)


def test_what_stands_aside_is_neither_compared_nor_shown() -> None:
    assert Leaf("a", start=1) == Leaf("a", start=2)
    assert hash(Stretch("a", 1)) == hash(Stretch("a", 2))
    assert repr(Stretch("a", 1)) == "Stretch(text='a')"
    assert Wide("a", 1) == Wide("a", 2) != Wide("a", 1, 3)
    assert replaced(Wide("a", 1), text="b").at == 1


def test_what_stands_aside_without_a_default_is_needed() -> None:
    with pytest.raises(TypeError, match="Stretch needs 'at'"):
        Stretch("a")  # type: ignore[call-arg]


def test_record_survives_copying_and_pickling() -> None:
    named = Named(1, 2, "b")
    assert copy.copy(named) == named
    assert copy.deepcopy(Basket(items=["a"])) == Basket(items=["a"])
    assert pickle.loads(pickle.dumps(named)) == named


def test_record_can_be_matched_by_position() -> None:
    match Named(1, 2, "b"):
        case Named(x, y, name):
            assert (x, y, name) == (1, 2, "b")


def test_what_a_plugin_process_imports_needs_no_dataclasses_and_no_typing() -> None:
    code = (
        "import sys, packer_sdk.server, packer_sdk.adapters, packer_sdk.rpc.component,"
        "packer_sdk.config.decode;"
        "print(*{'dataclasses', 'inspect', 'typing', 'asyncio', 'json', 'decimal',"
        "'packer_sdk.cty', 'packer_sdk.wire.specs', 'packer_sdk.wire.gob_reader'}"
        " & set(sys.modules))"
    )
    out = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout.split() == []
