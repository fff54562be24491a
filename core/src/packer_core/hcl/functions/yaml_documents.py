"""YAML, with PyYAML; only what stands for values, and nothing that makes objects."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.hcl import numbers, values
from packer_core.hcl.function import FunctionError
from packer_sdk.cty import json as cty_json
from packer_sdk.cty.types import MapType, Mismatch, ObjectType
from packer_sdk.cty.values import Value, implied

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
        if root is None:
            raise FunctionError("YAML: there is no document in it", 0)
        return implied(_content(root, ()))
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
    tag = node.tag.removeprefix("tag:yaml.org,2002:")
    if tag not in _TAGS[node.id]:
        raise Mismatch(f"no such tag: {node.tag}")
    if node.id == "sequence":
        return [_content(item, inside) for item in node.value]
    if node.id == "mapping":
        return _mapping(node, inside)
    return _scalar(tag, node.value, is_plain=_is_plain(node))


def _is_plain(node: Any) -> bool:
    """Whether a scalar is without quotes, and nobody says that it is text all the same."""
    if node.style:
        return False
    import yaml  # noqa: PLC0415 - it is there: the node is one of its own

    resolver: Any = yaml.resolver.Resolver()
    usual = resolver.resolve(yaml.ScalarNode, node.value, (True, False))
    return node.tag == usual or not node.tag.endswith(":str")


_TAGS = {
    "sequence": {"seq"},
    "mapping": {"map"},
    "scalar": {
        "str", "int", "float", "bool", "null", "timestamp", "binary", "value", "merge",
    },
}  # fmt: skip


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
    content = _scalar(tag, node.value, is_plain=_is_plain(node))
    if content is None:
        raise Mismatch("a key must not be null")
    value = implied(content)
    return node.value if value.type == "string" else cty_json.encode_plain(value).decode()


_INTEGER = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]+|0o[0-7_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:(?:[Tt]|[ \t]+)(\d\d:\d\d:\d\d(?:\.\d+)?)(Z)?)?", re.ASCII)
_YES = {"y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"}
_NO = {"n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"}
_TRUTHS = dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False)
_NULLS = {"", "~", "null", "Null", "NULL"}


def _scalar(tag: str, text: str, *, is_plain: bool) -> object:
    """What a scalar stands for: with quotes or a tag of text it is text."""
    if tag == "null":
        return None
    if not is_plain or tag == "binary":
        return text
    return _plain(text)


def _plain(text: str) -> object:
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _INTEGER.fullmatch(text):
        return numbers.rounded(_integer(text))
    if _FLOAT.fullmatch(text):
        return numbers.read(text)
    if found := _DATE.fullmatch(text):
        return f"{found[1]}T{found[2] or '00:00:00'}Z"
    if text.lstrip("+-").lower() in {".inf", ".nan"}:
        raise Mismatch(f"not a finite number: {text}")
    return text


def _integer(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    digits = text.lstrip("+-").replace("_", "")
    if len(digits) > 4000:
        raise Mismatch("a number of more than 4000 digits")
    for prefix, base in (("0o", 8), ("0x", 16)):
        if digits.startswith(prefix):
            return sign * int(digits[2:], base)
    return sign * int(digits)


def written(value: Value) -> str:
    """Write a value as YAML: keys and texts in quotes, so that nothing is taken for more."""
    try:
        import yaml  # noqa: PLC0415 - few templates need it, and it is an extra
    except ImportError as error:
        raise FunctionError(_MISSING) from error
    inside = list(_events(value, yaml))
    events = [
        yaml.StreamStartEvent(),
        yaml.DocumentStartEvent(explicit=False),
        *inside,
        yaml.DocumentEndEvent(explicit=False),
        yaml.StreamEndEvent(),
    ]
    # The emitter is a relative of the one Packer has: lines are broken at the same places.
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.emit(events, Dumper=dumper, allow_unicode=True, width=80)
    # A scalar without quotes could go on, so it is said that it does not.
    is_open = value.content is None or value.type in ("number", "bool")
    closed = text[: -len(_END)] if text.endswith(f"\n{_END}") else text
    return f"{closed}{_END}" if is_open else closed


_END = "...\n"


def _events(value: Value, yaml: Any) -> Iterator[Any]:
    if value.content is not None and isinstance(value.type, MapType | ObjectType):
        parts = values.entries(value)
        yield yaml.MappingStartEvent(None, None, implicit=True, flow_style=not parts)
        for name, part in parts.items():
            yield from _events(Value("string", name), yaml)
            yield from _events(part, yaml)
        yield yaml.MappingEndEvent()
    elif value.content is not None and isinstance(value.type, values.SEQUENCES):
        items = values.items(value)
        yield yaml.SequenceStartEvent(None, None, implicit=True, flow_style=not items)
        for item in items:
            yield from _events(item, yaml)
        yield yaml.SequenceEndEvent()
    elif value.type == "string" and value.content is not None:
        text = values.text_in(value)
        style = "|" if "\n" in text else '"'
        yield yaml.ScalarEvent(None, None, (True, True), text, style=style)
    else:
        text = cty_json.encode_plain(value).decode()
        yield yaml.ScalarEvent(None, None, (True, True), text)
