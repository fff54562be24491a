"""Declaring a configuration."""

from __future__ import annotations

import dataclasses
import importlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import packer_sdk
from packer_sdk.config import config, decode_config, field
from packer_sdk.config.declare import is_config, options_of

if TYPE_CHECKING:
    from fractions import Fraction  # noqa: TC004 - the mistake that is tested


@config
class Parent:
    first: str = field(doc="The first.")
    second: int = field(doc="The second.", default=2)


@config
class Child(Parent):
    third: list[str] = field(doc="The third.", default=["x"])
    fourth: dict[str, str] = field(doc="The fourth.", default_factory=dict)
    from_: str = field(doc="A keyword.", default="", alias="from")
    maybe: bool | None = field(doc="Yes, no or neither.")


def test_config_is_frozen_and_keyword_only() -> None:
    child = Child(first="a", maybe=None)
    with pytest.raises(AttributeError, match="immutable: first"):
        child.first = "b"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Parent("a")  # type: ignore[call-arg]


def test_config_is_a_dataclass_to_who_imports_dataclasses() -> None:
    child = Child(first="a", maybe=None)
    assert dataclasses.is_dataclass(child)
    assert dataclasses.replace(child, first="b") == Child(first="b", maybe=None)
    assert dataclasses.asdict(child)["first"] == "a"


def test_config_copies_a_mutable_default() -> None:
    one, two = Child(first="a", maybe=None), Child(first="a", maybe=None)
    one.third.append("y")
    assert two.third == ["x"]


def test_config_takes_an_alias_or_the_attribute_name() -> None:
    assert Child(**{"first": "a", "maybe": None, "from": "x"}).from_ == "x"  # type: ignore[arg-type]
    assert Child(first="a", maybe=None, from_="x").from_ == "x"  # type: ignore[call-arg]


def test_options_tell_what_was_declared() -> None:
    options = {option.name: option for option in options_of(Child)}
    assert list(options) == ["first", "second", "third", "fourth", "from", "maybe"]
    assert [name for name, option in options.items() if option.required] == ["first"]
    assert options["from"].attribute == "from_"
    assert options["first"].doc == "The first."
    assert options["second"].make_default() == 2
    assert options["maybe"].make_default() is None


def test_options_of_a_subclass_are_not_those_of_its_parent() -> None:
    assert len(options_of(Parent)) == 2
    assert len(options_of(Child)) == 6
    assert options_of(Child) is options_of(Child)


def test_options_of_something_else() -> None:
    with pytest.raises(TypeError, match="decorate it with @config"):
        options_of(int)
    assert is_config(Child)
    assert not is_config(Child(first="a", maybe=None))


def test_config_in_a_function_may_use_the_names_of_that_function() -> None:
    @config
    class Inner:
        size: int = field(doc="A size.", default=1)

    @config
    class Outer:
        inner: Inner = field(doc="A block.")

    assert decode_config(Outer, [{"inner": {"size": "3"}}]) == Outer(inner=Inner(size=3))


def test_config_may_name_a_class_that_comes_later() -> None:
    assert decode_config(Early, [{"late": {}}]) == Early(late=Late())


@config
class Early:
    late: Late = field(doc="A block.")


@config
class Late:
    size: int = field(doc="A size.", default=1)


def test_config_tells_of_a_type_that_is_only_there_for_checkers() -> None:
    @config
    class Wrong:
        share: Fraction = field(doc="A share.")

    with pytest.raises(TypeError, match="'Fraction'; import it outside of TYPE_CHECKING"):
        options_of(Wrong)


def test_config_is_the_decorator_even_after_the_package_was_imported() -> None:
    importlib.import_module("packer_sdk.config")
    made = packer_sdk.config(type("Made", (), {"__annotations__": {"a": "str"}}))
    assert dataclasses.fields(made)[0].name == "a"


@pytest.mark.parametrize("first", ["import packer_sdk.config", "import packer_sdk"])
def test_config_is_the_decorator_whatever_was_imported_first(first: str) -> None:
    program = (
        f"{first}\nfrom packer_sdk import config\n@config\nclass A:\n    x: int = 1\nprint(A())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("A(x=1)\n", "")
