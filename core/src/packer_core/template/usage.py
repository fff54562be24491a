"""Which user variables the options of a template ask for (JSN-009)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ACTION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_USER = re.compile(r"""\buser\s*(?:`([^`]+)`|"([^"\\]+)")""")


def used_variables(values: Iterable[object]) -> frozenset[str]:
    """Names behind ``user`` in every text, however deep it lies; what is computed is not found."""
    return frozenset(name for text in _texts(values) for name in _names(text))


def _names(text: str) -> Iterator[str]:
    if "{{" in text:
        for action in _ACTION.finditer(text):
            yield from (raw or quoted for raw, quoted in _USER.findall(action[1]))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
