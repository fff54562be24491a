"""From a config object back to plain values: what a data source has found, on its way out."""

from __future__ import annotations

import os
from enum import Enum

from packer_sdk.cty.types import Mismatch
from packer_sdk.cty.values import Value, value_of
from packer_sdk.wire.specs import implied_type

from .declare import is_config, options_of
from .kinds import Duration, OctalMode, Secret, Template
from .schema import spec_of

_INTERNAL = "packer_"


def output_value(output_class: type, output: object) -> Value:
    """Return what a data source has found as a value of the type its output class declares.

    Raises:
        TypeError: it is something else; a bug of the data source's author.
    """
    if not isinstance(output, output_class):
        raise TypeError(f"not a {output_class.__qualname__}: {type(output).__qualname__}")
    try:
        return value_of(implied_type(spec_of(output_class)), encode_config(output))
    except Mismatch as error:
        raise TypeError(f"{output_class.__qualname__}: {error}") from error


def encode_config(config: object) -> dict[str, object]:
    """Return the options of a config object by the names templates have for them.

    The values are those a template could have held: text, numbers, truth values, lists and
    dictionaries of them. A `Secret` is revealed, for it is of use to nobody otherwise.

    Raises:
        TypeError: it is no config object, or holds a value its class does not declare.
    """
    return {
        option.name: _plain(getattr(config, option.attribute), option.name)
        for option in options_of(type(config))
        if not option.name.startswith(_INTERNAL)
    }


def _plain(value: object, name: str) -> object:  # noqa: PLR0911 - a case each
    match value:
        case Enum():
            return _plain(value.value, name)
        case None | str() | bool() | int() | float():
            return value
        case os.PathLike():
            return os.fspath(value)
        case Duration() | OctalMode() | Template():
            return str(value)
        case Secret():
            return value.reveal()
        case list() | tuple():
            return [_plain(item, name) for item in value]
        case dict():
            return {key: _plain(item, name) for key, item in value.items()}
        case _ if is_config(type(value)):
            return encode_config(value)
    raise TypeError(f"{name}: nothing a template could hold: {type(value).__name__}")
