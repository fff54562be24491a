"""What the value of an option looks like, read from its annotation.

A shape knows how a value from a template becomes a Python value (`weak` has the rules) and which
type the schema gives it (`schema`). It knows nothing of paths, problems or templates.
"""

from __future__ import annotations

import os
import sys
import types
from enum import Enum

from packer_sdk.records import MISSING, record

from . import weak
from .kinds import Duration, OctalMode, Secret, Template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Literal

UNKNOWN_TEXT = "<unknown>"
"""What core sends for a text it does not know yet (protocol section 6.3, PRV-009)."""


@record
class Scalar:
    """One value.

    Attributes:
        type: Its type in the schema.
        convert: From what a template holds; raises `weak.Mismatch`.
        is_secret: Never to be shown, not even when it is wrong.
        empty_is_unset: Empty text means that the option was not set: a user variable without
            a value leaves empty text behind, and Go's zero value means unset there.
        unknown: Stands in for a checked text that core does not know at the first prepare.
    """

    type: Literal["string", "number", "bool"]
    convert: Callable[[object], object]
    is_secret: bool = False
    empty_is_unset: bool = False
    unknown: object = UNKNOWN_TEXT


@record
class Late:
    """Template text: not rendered while decoding."""


@record
class ListOf:
    """Any number of values of one shape; of blocks, a block that may be repeated."""

    element: Shape


@record
class MapOf:
    """Values by name."""

    element: Shape


@record
class BlockOf:
    """A nested configuration."""

    config_class: type


Shape = Scalar | Late | ListOf | MapOf | BlockOf

_PLAIN: dict[object, Shape] = {
    str: Scalar("string", weak.to_text),
    bool: Scalar("bool", weak.to_bool, empty_is_unset=True),
    int: Scalar("number", weak.to_int, empty_is_unset=True),
    float: Scalar("number", weak.to_float, empty_is_unset=True),
    Duration: Scalar("string", weak.to_duration, empty_is_unset=True, unknown=Duration("0")),
    OctalMode: Scalar("string", weak.to_mode, empty_is_unset=True, unknown=OctalMode("0")),
    Template: Late(),
}


def strip_optional(hint: Any) -> tuple[Any, bool]:
    """Split ``T | None`` into ``T`` and whether there was a None."""
    if not (isinstance(hint, types.UnionType) or _is_of_typing(hint, "Union")):
        return hint, False
    members = [member for member in hint.__args__ if member is not type(None)]
    if len(members) == 1:
        return members[0], True
    return hint, False


def _is_of_typing(hint: Any, name: str) -> bool:
    """Whether this is ``Literal[…]`` or ``Union[…]``; if so its author has imported `typing`."""
    origin = getattr(hint, "__origin__", None)
    return origin is not None and origin is getattr(sys.modules.get("typing"), name, MISSING)


def shape_of(hint: Any, where: str, is_config: Callable[[object], bool]) -> Shape:
    """Read an annotation.

    Args:
        hint: The annotation, without ``| None``.
        where: Class and attribute, for the message.
        is_config: Tells config classes.

    Raises:
        TypeError: options cannot have this type.
    """
    if hint in _PLAIN:
        return _PLAIN[hint]
    if is_config(hint):
        return BlockOf(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _choice({str(member.value): member for member in hint})
    if isinstance(hint, type) and issubclass(hint, os.PathLike):
        return Scalar("string", weak.to_path_with(hint), empty_is_unset=True)
    return _generic_shape(hint, where, is_config)


def _generic_shape(hint: Any, where: str, is_config: Callable[[object], bool]) -> Shape:
    origin: object = getattr(hint, "__origin__", None)
    arguments: tuple[Any, ...] = getattr(hint, "__args__", ())
    if _is_of_typing(hint, "Literal"):
        return _choice({str(member): member for member in arguments})
    if hint is Secret or (origin is Secret and arguments == (str,)):
        return Scalar("string", weak.to_secret, is_secret=True)
    if origin is list and len(arguments) == 1:
        return ListOf(shape_of(arguments[0], where, is_config))
    if origin is dict and len(arguments) == 2 and arguments[0] is str:
        element = shape_of(arguments[1], where, is_config)
        if not _holds_block(element):
            return MapOf(element)
    raise TypeError(f"{where}: an option cannot be of type {hint!r}")


def _holds_block(shape: Shape) -> bool:
    """Blocks have no place inside of attributes in Packer's schema (protocol section 6.4)."""
    if isinstance(shape, (ListOf, MapOf)):
        return _holds_block(shape.element)
    return isinstance(shape, BlockOf)


def _choice(members: dict[str, object]) -> Scalar:
    first = next(iter(members.values()), UNKNOWN_TEXT)
    return Scalar(
        "string", weak.to_choice_of(members), empty_is_unset="" not in members, unknown=first
    )
