"""Annotations and the shapes they stand for."""

from __future__ import annotations

from enum import Enum, StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, Literal, Optional

import pytest

from packer_sdk.config import Duration, OctalMode, Secret, Template, config, field
from packer_sdk.config.declare import is_config
from packer_sdk.config.shapes import (
    BlockOf,
    Late,
    ListOf,
    MapOf,
    Scalar,
    Shape,
    shape_of,
    strip_optional,
)


class Color(StrEnum):
    RED = "red"


class Level(Enum):
    LOW = 1


@config
class Disk:
    size: int = field(doc="Size.")


def shape(hint: Any) -> Shape:
    return shape_of(hint, "Config.option", is_config)


@pytest.mark.parametrize(
    ("hint", "type_"),
    [
        (str, "string"), (bool, "bool"), (int, "number"), (float, "number"), (Path, "string"),
        (PurePosixPath, "string"), (Duration, "string"), (OctalMode, "string"), (Color, "string"),
        (Level, "string"), (Literal["a", "b"], "string"), (Secret[str], "string"),
        (Secret, "string"),
    ],
)  # fmt: skip
def test_shape_of_scalars(hint: Any, type_: str) -> None:
    found = shape(hint)
    assert isinstance(found, Scalar)
    assert found.type == type_
    assert found.is_secret == (hint in (Secret, Secret[str]))


def test_shape_of_the_rest() -> None:
    assert shape(Template) == Late()
    assert shape(Disk) == BlockOf(Disk)
    assert shape(list[Disk]) == ListOf(BlockOf(Disk))
    assert shape(list[str]) == ListOf(shape(str))
    assert shape(dict[str, list[int]]) == MapOf(ListOf(shape(int)))


@pytest.mark.parametrize(
    "hint",
    [
        object, bytes, list, dict, tuple[int, ...], dict[int, str], dict[str, Disk], int | str,
        dict[str, list[Disk]], Any, set[str], None,
    ],
)  # fmt: skip
def test_shape_of_what_cannot_be_an_option(hint: Any) -> None:
    with pytest.raises(TypeError, match=r"Config\.option: an option cannot be of type"):
        shape(hint)


def test_strip_optional() -> None:
    assert strip_optional(int | None) == (int, True)
    assert strip_optional(Optional[int]) == (int, True)  # noqa: UP045 - authors write it
    assert strip_optional(int) == (int, False)
    assert strip_optional(int | str | None) == (int | str | None, False)
