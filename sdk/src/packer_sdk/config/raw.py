"""From the list of elements core sends to one raw map (protocol sections 6.1 and 6.3)."""

from __future__ import annotations

from packer_sdk.problems import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PLACEHOLDER_KEY = "PackerRunUUID"
_PLACEHOLDER_MARK = "Build_PackerRunUUID."


class _NotConfig(Exception):
    """An element of the list is no configuration."""


def split_placeholders(
    configs: Sequence[object],
) -> tuple[Sequence[object], Mapping[str, object] | None]:
    """Take the placeholder map off the end: it is data for templates, not options (JSN-010)."""
    last = configs[-1] if configs else None
    if isinstance(last, dict) and _PLACEHOLDER_MARK in str(last.get(_PLACEHOLDER_KEY, "")):
        return configs[:-1], last
    return configs, None


def merge(configs: Iterable[object], problems: list[Problem]) -> dict[str, object]:
    """Lay the elements over each other: later ones win, null sets nothing.

    Maps inside are laid over each other too, so that an override may change one variable of
    several; lists are replaced.
    """
    merged: dict[str, object] = {}
    for number, element in enumerate(configs):
        try:
            _lay_over(merged, _options(element))
        except _NotConfig as error:
            problems.append(Problem(f"configuration element {number} {error}"))
    return merged


def key_text(key: object) -> str:
    """The text of a map's key: bytes are text on this wire, numbers their digits."""
    if isinstance(key, bytes):
        return key.decode(errors="surrogateescape")
    return key if isinstance(key, str) else str(key)


def _lay_over(target: dict[str, object], options: Mapping[object, object]) -> None:
    for raw_key, value in options.items():
        key = key_text(raw_key)
        below = target.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            target[key] = copy = dict(below)
            _lay_over(copy, value)
        elif value is not None:
            target[key] = value


def _options(element: object) -> Mapping[object, object]:
    if isinstance(element, bytes):
        element = _decode_cty(element)
    if element is None:
        return {}
    if isinstance(element, dict):
        return element
    raise _NotConfig("is not a map")


def _decode_cty(element: bytes) -> object:
    """Read a value that travels with its type. Decimals keep every digit of a number."""
    import json  # noqa: PLC0415 - JSON templates send none of these
    from decimal import Decimal  # noqa: PLC0415 - as above

    try:
        typed = json.loads(element, parse_float=Decimal)
        return None if typed is None else _untyped(typed)
    except (ValueError, RecursionError) as error:
        raise _NotConfig(f"is not JSON: {error}") from error


def _untyped(typed: object) -> object:
    if not isinstance(typed, dict) or typed.keys() != {"value", "type"}:
        raise _NotConfig('is not a value with a type: expected {"value": …, "type": …}')
    return _value(typed["value"], typed["type"])


def _value(value: object, type_: object) -> object:  # noqa: PLR0911 - a case each
    """Unwrap what is typed again inside; where the type is plain, the JSON is the value."""
    match value, type_:
        case None, _:
            return None
        case _, "dynamic":
            return _untyped(value)
        case list(), ["list" | "set", element]:
            return [_value(item, element) for item in value]
        case list(), ["tuple", list(elements)] if len(elements) == len(value):
            return [_value(item, element) for item, element in zip(value, elements, strict=True)]
        case dict(), ["map", element]:
            return {key: _value(item, element) for key, item in value.items()}
        case dict(), ["object", dict(attributes), *_]:
            return {key: _value(value.get(key), attributes[key]) for key in attributes}
        case ((str() | bool() | int() | float()), "string" | "number" | "bool"):
            return value
        case _ if type_ in ("number", "string") and hasattr(value, "__float__"):
            return value
    raise _NotConfig(f"does not have the type it claims: {type_!r}")
