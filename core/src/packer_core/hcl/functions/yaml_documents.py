"""YAML, with PyYAML; only what stands for values, and nothing that makes objects."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from packer_core.hcl import numbers, values
from packer_core.hcl.function import FunctionError
from packer_sdk.cty import json as cty_json
from packer_sdk.cty.types import MapType, Mismatch, ObjectType
from packer_sdk.cty.values import Value, implied

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_MISSING = "YAML needs a library: pip install 'packer-core[yaml]'"


def read(text: str) -> Value:
    """Read one document.

    Raises:
        FunctionError: it is none, or holds what no value can be.
    """
    try:
        import yaml  # noqa: PLC0415 - few templates need it, and it is an extra
    except ImportError as error:
        raise FunctionError(_MISSING) from error
    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        return implied(_content(root, ())) if root else values.NULL
    except yaml.YAMLError as error:
        raise FunctionError(f"no YAML: {str(error).splitlines()[0]}{_where(error)}", 0) from error
    except Mismatch as error:
        raise FunctionError(f"YAML: {error.message}", 0) from error
    except RecursionError as error:
        raise FunctionError("YAML: nested too deeply", 0) from error


def _where(error: Any) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""


def _content(node: Any, above: tuple[int, ...]) -> object:
    if id(node) in above:
        raise Mismatch("an alias inside of what it stands for")
    inside = (*above, id(node))
    if node.id == "sequence":
        return [_content(item, inside) for item in node.value]
    if node.id == "mapping":
        return _mapping(node, inside)
    return _scalar(node.tag.removeprefix("tag:yaml.org,2002:"), node.value, node.style)


def _mapping(node: Any, inside: tuple[int, ...]) -> Mapping[str, object]:
    found: dict[str, object] = {}
    merged: dict[str, object] = {}
    for key, item in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            parts = item.value if item.id == "sequence" else [item]
            for part in reversed(parts):
                if part.id != "mapping":
                    raise Mismatch("<< takes mappings")
                merged |= _mapping(part, inside)
            continue
        if key.id != "scalar":
            raise Mismatch("a key must be a text")
        found[_key(key)] = _content(item, inside)
    return merged | found


def _key(node: Any) -> str:
    tag = node.tag.removeprefix("tag:yaml.org,2002:")
    content = _scalar(tag, node.value, node.style)
    if content is None:
        raise Mismatch("a key must not be null")
    value = implied(content)
    return node.value if value.type == "string" else cty_json.encode_plain(value).decode()


_INTEGER = re.compile(r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_OLD_TRUTHS = {"y": True, "yes": True, "on": True, "n": False, "no": False, "off": False}
_NULLS = {"", "~", "null", "Null", "NULL"}


def _scalar(tag: str, text: str, style: str | None) -> object:
    """What a scalar stands for: of YAML 1.2, with the numbers of 1.1."""
    is_plain = style is None
    if tag in {"str", "timestamp", "binary"} and not (is_plain and tag == "str"):
        return text
    if tag == "null" or (is_plain and text in _NULLS):
        return None
    if tag == "bool" and text not in _TRUTHS:
        lowered = text.lower()
        return _OLD_TRUTHS.get(lowered, text) if not is_plain else _plain(text)
    return _plain(text)


def _plain(text: str) -> object:
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _FLOAT.fullmatch(text):
        return numbers.read(text)
    if text.lstrip("+-").lower() in {".inf", ".nan"}:
        raise Mismatch(f"not a finite number: {text}")
    return text


def _integer(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").replace("_", "")
    for prefix, base in (("0b", 2), ("0o", 8), ("0x", 16)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    return sign * int(digits, 8 if digits.startswith("0") and digits != "0" else 10)


def written(value: Value) -> str:
    """Write a value as YAML: keys and texts in quotes, so that nothing is taken for more."""
    first, *others = _lines(value)
    text = "".join(f"{line}\n" for line in (first, *others))
    if first.startswith("|"):
        return "".join(f"{line}\n" for line in (first, *_indented(others)))
    # A scalar without quotes could go on, so it is said that it does not.
    is_open = value.content is None or value.type in ("number", "bool")
    return f"{text}...\n" if is_open else text


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _lines(value: Value) -> list[str]:
    """A block of lines; of something short, one."""
    if value.content is None:
        return ["null"]
    if isinstance(value.type, MapType | ObjectType):
        return _map_lines(values.entries(value))
    if isinstance(value.type, values.SEQUENCES):
        return _list_lines(values.items(value))
    if value.type == "string" and "\n" in values.text_in(value):
        return _block(values.text_in(value)) or [_quoted(value)]
    return [_quoted(value)]


def _map_lines(parts: Mapping[str, Value]) -> list[str]:
    lines: list[str] = []
    for name, part in parts.items():
        inner = _lines(part)
        key = _quoted(Value("string", name))
        is_nested = isinstance(part.type, MapType | ObjectType) and part.content
        is_list = isinstance(part.type, values.SEQUENCES) and part.content
        if is_nested:
            lines += [f"{key}:", *(f"  {line}" for line in inner)]
        elif is_list:
            lines += [f"{key}:", *inner]
        else:
            lines += [f"{key}: {inner[0]}", *(f"  {line}" if line else "" for line in inner[1:])]
    return lines or ["{}"]


def _list_lines(parts: list[Value]) -> list[str]:
    lines: list[str] = []
    for part in parts:
        first, *others = _lines(part)
        lines += [f"- {first}", *(f"  {line}" if line else "" for line in others)]
    return lines or ["[]"]


def _block(text: str) -> list[str]:
    """A text of several lines as it is; nothing if that would not read back the same."""
    if text[0] in " \n\t" or (not text.isprintable() and not text.replace("\n", "").isprintable()):
        return []
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    sign = {0: "|-", 1: "|"}.get(ends, "|+")
    return [sign, *text.removesuffix("\n").split("\n")] if body else []


def _quoted(value: Value) -> str:
    if value.type == "string" and value.content is not None:
        return json.dumps(value.content, ensure_ascii=False)
    return cty_json.encode_plain(value).decode()
