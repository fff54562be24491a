"""Diagnostics for programs: records of ``-machine-readable``, and the document of ``-json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import in_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_core.diagnostics import Diagnostic, Place
    from packer_sdk.interfaces import Ui

FORMAT_VERSION = "1.0"
"""Of the JSON document; the first number changes when something is taken away."""


def tell_machines(ui: Ui, diagnostics: Iterable[Diagnostic]) -> None:
    """Write a record for each diagnostic that has a place; people are shown nothing.

    ``diagnostic``, then severity, file, first line and column, last line and column, summary,
    details and hint; what there is none of is empty.
    """
    for found in in_order(diagnostics):
        if found.place:
            place = found.place
            end_line, end_column = _end(place)
            numbers = (place.line, place.column, end_line, end_column)
            words = (found.summary, found.detail, found.hint or "")
            ui.machine("diagnostic", found.severity, place.path, *map(str, numbers), *words)


def document(diagnostics: Iterable[Diagnostic]) -> str:
    """Return diagnostics as one JSON document, errors and warnings counted."""
    found = in_order(diagnostics)
    errors = sum(one.severity == "error" for one in found)
    told = {
        "format_version": FORMAT_VERSION,
        "valid": not errors,
        "error_count": errors,
        "warning_count": len(found) - errors,
        "diagnostics": [_plain(one) for one in found],
    }
    import json  # noqa: PLC0415 - records do without

    return json.dumps(told, indent=2, ensure_ascii=False)


def _plain(found: Diagnostic) -> dict[str, object]:
    return {
        "severity": found.severity,
        "summary": found.summary,
        "detail": found.detail,
        "hint": found.hint,
        "range": _range(found.place) if found.place else None,
        "snippet": found.place.text if found.place else None,
        "values": [{"name": name, "value": value} for name, value in found.values],
    }


def _range(place: Place) -> dict[str, object]:
    end_line, end_column = _end(place)
    return {
        "filename": place.path,
        "start": {"line": place.line, "column": place.column},
        "end": {"line": end_line, "column": end_column},
    }


def _end(place: Place) -> tuple[int, int]:
    """Line and column of the last character."""
    if place.end_line:
        return place.end_line, place.end_column
    return place.line, place.column + place.length - 1
