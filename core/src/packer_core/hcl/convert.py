"""Values as what a template wants them to be, and why that cannot be."""

from __future__ import annotations

from packer_sdk.cty.types import (
    ListType,
    MapType,
    Mismatch,
    ObjectType,
    SetType,
    TupleType,
    shown,
)

from .conversion import conversion, kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_sdk.cty.types import Type
    from packer_sdk.cty.values import Value


def convert(value: Value, target: Type) -> Value:
    """Return the value as one of another type; its marks stay.

    Raises:
        Mismatch: there is none; says where inside, and what was wanted.
    """
    if value.type is target or target in (value.type, "dynamic"):
        return value
    converter = conversion(value.type, target)
    if converter is None:
        raise Mismatch(mismatch(value.type, target))
    return converter(value)


def mismatch(source: Type, target: Type) -> str:  # noqa: C901, PLR0911, PLR0912 - a case each
    """Say why there is no conversion, about the innermost thing that differs."""
    match source, target:
        case ObjectType(given), ObjectType(wanted, optional):
            missing = [name for name in wanted if name not in given and name not in optional]
            if missing:
                names = ", ".join(f'"{name}"' for name in sorted(missing))
                return f"attribute{'s' if len(missing) > 1 else ''} {names} missing"
            for name in sorted(set(wanted) & set(given)):
                if conversion(given[name], wanted[name]) is None:
                    return f'attribute "{name}": {mismatch(given[name], wanted[name])}'
        case TupleType(given_types), TupleType(wanted_types):
            if len(given_types) != len(wanted_types):
                return f"{len(wanted_types)} elements required, got {len(given_types)}"
            for index, (one, other) in enumerate(zip(given_types, wanted_types, strict=True)):
                if conversion(one, other) is None:
                    return f"element {index}: {mismatch(one, other)}"
        case TupleType(given_types), (ListType(element) | SetType(element)):
            for index, one in enumerate(given_types):
                if element != "dynamic" and conversion(one, element) is None:
                    return f"element {index}: {mismatch(one, element)}"
            if element == "dynamic":
                return f"all elements must be of one type to become a {kind(target)}"
        case ObjectType(given), MapType(element):
            for name in sorted(given):
                if element != "dynamic" and conversion(given[name], element) is None:
                    return f'element "{name}": {mismatch(given[name], element)}'
            if element == "dynamic":
                return "all elements must be of one type to become a map"
    return f"{described(target)} required, got {described(source)}"


def described(type_: Type) -> str:
    """A type as people say it: ``list of string``."""
    match type_:
        case "dynamic":
            return "a value"
        case ListType(element) | SetType(element) | MapType(element):
            return f"{kind(type_)} of {'anything' if element == 'dynamic' else described(element)}"
        case ObjectType():
            return "object"
        case TupleType():
            return "tuple"
        case _:
            return shown(type_)
