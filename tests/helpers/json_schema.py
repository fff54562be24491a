"""A checker for the small part of JSON Schema that ours use; the rest it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_KNOWN = {
    "$schema",
    "title",
    "description",
    "format",
    "type",
    "const",
    "enum",
    "minimum",
    "items",
    "properties",
    "required",
    "oneOf",
}


def violations(schema: dict[str, Any], value: object, path: str = "$") -> Iterator[str]:
    """What is wrong with a value; fields that the schema does not name are wrong, too."""
    assert set(schema) <= _KNOWN, f"unknown keywords: {set(schema) - _KNOWN}"
    if "oneOf" in schema:
        found = [list(violations(one, value, path)) for one in schema["oneOf"]]
        if sum(not one for one in found) != 1:
            yield f"{path}: fits none of the shapes, or several; nearest: {min(found, key=len)}"
        return
    if "type" in schema and not _is(schema["type"], value):
        yield f"{path}: {value!r} is no {schema['type']}"
    if "const" in schema and value != schema["const"]:
        yield f"{path}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if "minimum" in schema and isinstance(value, int | float) and value < schema["minimum"]:
        yield f"{path}: {value} is less than {schema['minimum']}"
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from violations(schema.get("items", {}), item, f"{path}[{number}]")
    if isinstance(value, dict):
        yield from _fields(schema, value, path)


def _is(wanted: str | list[str], value: object) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    return any(isinstance(value, _TYPES[name]) for name in names)


def _fields(schema: dict[str, Any], value: dict[str, object], path: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}: {name} is missing"
    for name, item in value.items():
        if name not in properties:
            yield f"{path}: {name} is unknown"
        else:
            yield from violations(properties[name], item, f"{path}.{name}")
