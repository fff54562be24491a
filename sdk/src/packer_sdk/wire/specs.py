"""The schema of a component's options as a value, however it travels (protocol 6.4 and 8.3)."""

from __future__ import annotations

from packer_sdk.cty.types import ListType, MapType, ObjectType
from packer_sdk.records import made, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cty.types import Type

__all__ = ["Attr", "Block", "BlockList", "ListType", "MapType", "ObjectSpec", "implied_type"]


@record
class Attr:
    """An option with a value."""

    name: str
    type: Type
    required: bool = False


@record
class Block:
    """An option with options of its own."""

    name: str
    nested: Spec
    required: bool = False


@record
class BlockList:
    """A block that may be repeated."""

    name: str
    nested: Spec


@record
class ObjectSpec:
    """Options by name: the top level, and the inside of every block."""

    attributes: Mapping[str, Spec] = made(default_factory=dict)


if TYPE_CHECKING:
    Spec = ObjectSpec | Attr | Block | BlockList


def implied_type(spec: Spec) -> Type:
    """Return the type of the values a schema describes (protocol sections 6.3 and 7)."""
    match spec:
        case Attr():
            return spec.type
        case Block():
            return implied_type(spec.nested)
        case BlockList():
            return ListType(implied_type(spec.nested))
        case _:
            named = spec.attributes.items()
            return ObjectType({name: implied_type(inner) for name, inner in named})
