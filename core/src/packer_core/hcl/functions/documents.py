"""Documents: ``jsonencode``, ``yamldecode``, ``csvdecode`` and others."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from packer_core.hcl import numbers, values
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty import json as cty_json
from packer_sdk.cty.types import Mismatch, ObjectType
from packer_sdk.cty.values import UNKNOWN, Value, implied

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .table import Surroundings


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    text = [Parameter("str", "string")]
    anything = [Parameter("val", null=True, unknown=True, dynamic=True)]
    return {
        "csvdecode": Function(text, "dynamic", _csvdecode),
        "jsondecode": Function(text, "dynamic", _jsondecode),
        "jsonencode": Function(anything, "string", _jsonencode),
        "yamldecode": Function([Parameter("src", "string")], "dynamic", _yamldecode),
        "yamlencode": Function(
            [Parameter("value", null=True, unknown=True, dynamic=True)], "string", _yamlencode
        ),
    }


def _jsonencode(value: Value) -> Value:
    if not values.is_wholly_known(value):
        return values.unknown("string")
    return values.string(cty_json.encode_plain(value).decode())


def _jsondecode(text: Value) -> Value:
    try:
        tree = json.loads(
            values.text_in(text),
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse,
            object_pairs_hook=dict,
        )
        return implied(tree)
    except Mismatch as error:
        raise FunctionError(f"JSON: {error.message}", 0) from error
    except RecursionError as error:
        raise FunctionError("JSON: nested too deeply", 0) from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FunctionError(
            f"no JSON: {error.msg[:1].lower()}{error.msg[1:]} ({where})", 0
        ) from error


def _number(text: str) -> object:
    return numbers.read(text)


def _refuse(name: str) -> object:
    raise Mismatch(f"no such value: {name}")


def _csvdecode(text: Value) -> Value:
    rows = _rows(values.text_in(text))
    if not rows:
        raise FunctionError("the line with the names of the columns is missing", 0)
    header, *records = rows
    for name in header:
        if header.count(name) > 1:
            raise FunctionError(f'two columns are called "{name}"', 0)
    names = [values.text_in(values.string(name)) for name in header]
    type_ = ObjectType(dict.fromkeys(sorted(names), "string"))
    found = []
    for number, record in enumerate(records, 2):
        if len(record) != len(header):
            raise FunctionError(f"record {number} has {len(record)} fields, not {len(header)}", 0)
        fields = dict(zip(names, (values.string(field).content for field in record), strict=True))
        found.append(Value(type_, dict(sorted(fields.items()))))
    return values.list_of(type_, found)


_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=,|\n|\Z)')
_PLAIN = re.compile(r'[^",\n]*(?=,|\n|\Z)')


def _rows(text: str) -> list[list[str]]:
    """Records of RFC 4180, as strictly as Go reads them; empty lines are none."""
    source = text.replace("\r\n", "\n").removesuffix("\r")
    rows: list[list[str]] = []
    at = 0
    while at < len(source):
        if source[at] == "\n":
            at += 1
            continue
        row: list[str] = []
        while True:
            quoted = source.startswith('"', at)
            field = (_QUOTED if quoted else _PLAIN).match(source, at)
            if field is None:
                line = source.count("\n", 0, at) + 1
                raise FunctionError(f"a quote at the wrong place, or missing (line {line})", 0)
            row.append(field[1].replace('""', '"') if quoted else field[0])
            at = field.end()
            if not source.startswith(",", at):
                break
            at += 1
        at += 1  # the end of the line
        rows.append(row)
    return rows


def _yamldecode(text: Value) -> Value:
    from .yaml_documents import read  # noqa: PLC0415 - it needs a library of its own

    return read(values.text_in(text))


def _yamlencode(value: Value) -> Value:
    from .yaml_documents import written  # noqa: PLC0415 - it needs a library of its own

    if value.content is UNKNOWN or not values.is_wholly_known(value):
        return values.unknown("string")
    return values.string(written(value))
