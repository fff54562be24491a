"""The form of events for other programs: a JSON Schema and a table, made from `model`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .model import EVENTS, SCHEMA

if TYPE_CHECKING:
    from .model import Event

ENVELOPE: dict[str, tuple[dict[str, object], str]] = {
    "schema": ({"const": SCHEMA}, "version of the form, the same for all events"),
    "seq": (
        {"type": "integer", "minimum": 1},
        "number of the event, from 1; a gap means that output was not kept",
    ),
    "time": ({"type": "string", "format": "date-time"}, "time in UTC, as in RFC 3339"),
    "offset_s": (
        {"type": "number", "minimum": 0},
        "seconds since the start of the run, by a clock that is never set",
    ),
    "run": ({"type": "string"}, "id of the run, which plugins get as `PACKER_RUN_UUID`"),
    "type": ({"type": "string"}, "what has happened"),
}
"""What every event has."""

_TEXT: dict[str, object] = {"type": "string"}
_FORMS: dict[str, dict[str, object]] = {
    "str": _TEXT,
    "str | None": {"type": ["string", "null"]},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "tuple[str, ...]": {"type": "array", "items": _TEXT},
}
_WORDS = {
    "str": "text",
    "str | None": "text or null",
    "int": "number",
    "float": "number",
    "bool": "true or false",
    "tuple[str, ...]": "texts",
}


def schema() -> dict[str, object]:
    """The JSON Schema of one event, that is, of one line."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An event of a run of Packer for Python",
        "description": "One line of an event file. Ignore types and fields that you do not know:"
        " more may come under the same version.",
        "oneOf": [_event(kind) for kind in EVENTS],
    }


def _event(kind: type[Event]) -> dict[str, object]:
    properties: dict[str, object] = {
        name: {**form, "description": doc} for name, (form, doc) in ENVELOPE.items()
    }
    properties["type"] = {"const": kind.type}
    for name, (annotation, doc) in kind.written.items():
        properties[name] = {**_form(annotation), "description": doc}
    return {
        "type": "object",
        "title": kind.type,
        "description": summary(kind),
        "properties": properties,
        "required": list(properties),
    }


def summary(kind: type[Event]) -> str:
    """What an event means, in a sentence or two."""
    return " ".join((kind.__doc__ or "").partition("\n\n")[0].split())


def _form(annotation: str) -> dict[str, Any]:
    if choices := _choices(annotation):
        return {"enum": choices}
    return dict(_FORMS[annotation])


def _choices(annotation: str) -> list[str]:
    return (
        re.findall(r"[\"']([^\"']+)[\"']", annotation) if annotation.startswith("Literal[") else []
    )


def reference() -> str:
    """Every event with its fields, in Markdown."""
    common = "\n".join(f"| `{name}` | {doc} |" for name, (_, doc) in ENVELOPE.items())
    parts = [f"## Fields of every event\n\n| field | |\n| --- | --- |\n{common}"]
    parts += [_section(kind) for kind in EVENTS]
    return "\n\n".join(parts)


def _section(kind: type[Event]) -> str:
    rows = "\n".join(
        f"| `{name}` | {_in_words(annotation)} | {doc} |"
        for name, (annotation, doc) in kind.written.items()
    )
    return f"## `{kind.type}`\n\n{summary(kind)}\n\n| field | type | |\n| --- | --- | --- |\n{rows}"


def _in_words(annotation: str) -> str:
    choices = _choices(annotation)
    return " or ".join(f"`{one}`" for one in choices) if choices else _WORDS[annotation]
