"""Values of cty in JSON, with their type and without (protocol section 6.3).

With its type, a value is ``{"value": V, "type": T}``. A value in a dynamic slot is such a pair
again; null there stays null. What is written equals what Go writes, byte for byte: names sorted,
numbers in plain digits, ``<``, ``>`` and ``&`` escaped. What is read may be more: a number may
stand as text, an attribute that is null may be left out.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal

from packer_sdk.errors import LocalProtocolError, RemoteProtocolError

from .numbers import DIGITS_MAX, parse_number, text_of
from .types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType, from_tree, to_tree
from .values import UNKNOWN, Reader, Value, dict_in, list_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .types import Path, Type


def encode(value: Value) -> bytes:
    """Write a value with its type.

    Raises:
        LocalProtocolError: something in it is unknown; `values.known` puts placeholders there.
    """
    return _encode("dynamic", value.content if value.type == "dynamic" else value)


def decode(data: bytes) -> Value:
    """Read a value with its type; ``null`` alone is a null of any type.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    value = _read("dynamic", data)
    return value if isinstance(value, Value) else Value("dynamic", value)


def encode_plain(value: Value) -> bytes:
    """Write a value without its type.

    Raises:
        LocalProtocolError: something in it is unknown.
    """
    return _encode(value.type, value.content)


def decode_plain(data: bytes, type_: Type) -> Value:
    """Read a value of a type that is known.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    return Value(type_, _read(type_, data))


def encode_type(type_: Type) -> bytes:
    """Write a type."""
    return _escaped(_compact(to_tree(type_)))


def decode_type(data: bytes) -> Type:
    """Read a type.

    Raises:
        RemoteProtocolError: it is none; says where.
    """
    try:
        return from_tree(_load(data))
    except Mismatch as error:
        raise RemoteProtocolError(f"not a cty value in JSON: {error}") from error


class _JsonReader(Reader):
    """Reads what `json` has parsed."""

    def dynamic(self, raw: object, path: Path) -> object:
        if raw is None:
            return None
        if not isinstance(raw, dict) or raw.keys() != {"value", "type"}:
            raise Mismatch('expected {"value": …, "type": …}', path)
        type_ = from_tree(raw["type"], (*path, "type"))
        return Value(type_, self.content(type_, raw["value"], path))

    def scalar(self, type_: Type, raw: object, path: Path) -> object:
        """Read a scalar; as in Go, one of another kind that says the same will do."""
        if type_ == "number" and isinstance(raw, str):
            return parse_number(raw, path)
        if type_ == "bool" and isinstance(raw, str) and raw in _TRUTHS:
            return _TRUTHS[raw]
        if type_ == "string" and isinstance(raw, bool):
            return "true" if raw else "false"
        if type_ == "string" and isinstance(raw, int | Decimal):
            return text_of(raw)
        return super().scalar(type_, raw, path)


_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


def _read(type_: Type, data: bytes) -> object:
    try:
        return _JsonReader().content(type_, _load(data))
    except Mismatch as error:
        raise RemoteProtocolError(f"not a cty value in JSON: {error}") from error


def _load(data: bytes) -> object:
    """Parse JSON, with every digit of its numbers.

    Raises:
        RemoteProtocolError: it is none.
    """
    try:
        return json.loads(
            data.decode(), parse_int=_number, parse_float=_number, parse_constant=_number
        )
    except Mismatch as error:
        raise RemoteProtocolError(f"not a cty value in JSON: {error}") from error
    except (ValueError, RecursionError) as error:
        raise RemoteProtocolError(f"not JSON: {error}") from error


def _number(text: str) -> object:
    if len(text) > DIGITS_MAX + 10:  # point, sign and exponent aside
        raise Mismatch(f"a number of more than {DIGITS_MAX} digits")
    return parse_number(text)


def _encode(type_: Type, content: object) -> bytes:
    return _escaped(_write(type_, content))


def _escaped(text: str) -> bytes:
    """Escape what Go escapes, so that its JSON can stand in a web page; it is all inside texts."""
    return _WEB.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()


_WEB = re.compile("[<>&\u2028\u2029]")


def _write(type_: Type, content: object) -> str:
    if content is None:
        return "null"
    if content is UNKNOWN:
        raise LocalProtocolError("cty JSON: a value that is not known yet cannot be written")
    match type_:
        case ListType(element) | SetType(element):
            return _array(_write(element, item) for item in list_in(content))
        case TupleType(elements):
            pairs = zip(elements, list_in(content), strict=True)
            return _array(_write(element, item) for element, item in pairs)
        case MapType(element):
            return _map((key, _write(element, item)) for key, item in dict_in(content).items())
        case ObjectType(attributes):
            return _map(
                (key, _write(attributes[key], item)) for key, item in dict_in(content).items()
            )
        case _:
            return _write_scalar(content)


def _write_scalar(content: object) -> str:
    if isinstance(content, Value):  # in a dynamic slot
        written = _write(content.type, content.content)
        return f'{{"value":{written},"type":{_compact(to_tree(content.type))}}}'
    if isinstance(content, int | Decimal) and not isinstance(content, bool):
        return text_of(content)
    return _compact(content)


def _array(items: Iterable[str]) -> str:
    return f"[{','.join(items)}]"


def _map(entries: Iterable[tuple[str, str]]) -> str:
    written = (f"{_compact(key)}:{item}" for key, item in sorted(entries))
    return f"{{{','.join(written)}}}"


def _compact(tree: object) -> str:
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
