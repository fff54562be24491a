"""From the list of elements core sends to one raw map (protocol sections 6.1 and 6.3)."""

from __future__ import annotations

from packer_sdk.errors import RemoteProtocolError
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
    """Read a value that travels with its type."""
    from packer_sdk.cty.json import decode  # noqa: PLC0415 - JSON templates send none of these
    from packer_sdk.cty.values import plain  # noqa: PLC0415 - as above

    try:
        return plain(decode(element).content)
    except RemoteProtocolError as error:
        raise _NotConfig(f"is {error.message}") from error
