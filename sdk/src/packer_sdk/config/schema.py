"""What core may know about a component's options: their names, types and which are required."""

from __future__ import annotations

from packer_sdk.cty.types import ListType, MapType
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec

from .declare import Option, options_of
from .shapes import BlockOf, Late, ListOf, MapOf, Scalar, Shape

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_sdk.cty.types import Type
    from packer_sdk.wire.specs import Spec

_INTERNAL = "packer_"


def spec_of(config_class: type) -> ObjectSpec:
    """Schema of a config class, as a value.

    Keys that core sends on its own (``packer_*``) are left out: users do not write them.

    Raises:
        TypeError: the class cannot be an SDK configuration; a bug of its author.
    """
    return _object(config_class, ())


def _object(config_class: type, inside: tuple[type, ...]) -> ObjectSpec:
    if config_class in inside:
        raise TypeError(f"{config_class.__qualname__}: a block cannot hold itself")
    return ObjectSpec(
        {
            option.name: _spec(option, (*inside, config_class))
            for option in options_of(config_class)
            if not option.name.startswith(_INTERNAL)
        }
    )


def _spec(option: Option, inside: tuple[type, ...]) -> Spec:
    match option.shape:
        case BlockOf(config_class):
            nested = _object(config_class, inside)
            return Block(option.name, nested, required=option.required)
        case ListOf(BlockOf(config_class)):
            return BlockList(option.name, _object(config_class, inside))
        case shape:
            return Attr(option.name, _attr_type(shape), required=option.required)


def _attr_type(shape: Shape) -> Type:
    match shape:
        case Scalar(type=type_):
            return type_
        case Late():
            return "string"
        case ListOf(element):
            return ListType(_attr_type(element))
        case MapOf(element):
            return MapType(_attr_type(element))
        case BlockOf():
            raise AssertionError("a block is never inside an attribute: shape_of refuses it")
