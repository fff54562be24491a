"""The tree of exceptions."""

from __future__ import annotations

import pytest

from packer_sdk import errors
from packer_sdk.errors import Cancelled, ComponentError, ConfigProblems, PackerError
from packer_sdk.problems import Problem

CLASSES = [
    value for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, PackerError)
]  # fmt: skip


@pytest.mark.parametrize("error_class", CLASSES)
def test_every_error_is_drawn_in_the_docstring_and_has_a_name(
    error_class: type[PackerError],
) -> None:
    assert errors.__doc__ is not None
    assert f" {error_class.__name__} " in errors.__doc__.replace("\n", " ")
    assert error_class.reference == error_class.reference.lower().replace(" ", "-")


def test_error_carries_a_hint_and_a_reference_of_its_own() -> None:
    error = ComponentError("no room: /tmp", hint="df -h", reference="disk-full")
    assert (str(error), error.hint, error.reference) == ("no room: /tmp", "df -h", "disk-full")
    assert ComponentError("x").reference == "component-failed"


def test_config_problems_lists_them_all() -> None:
    error = ConfigProblems(Problem(text, path="a") for text in ("is wrong", "is odd"))
    assert str(error) == "a: is wrong\na: is odd"
    assert len(error.problems) == 2


def test_cancelled_says_so() -> None:
    assert str(Cancelled()) == "cancelled"
