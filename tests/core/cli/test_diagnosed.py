from __future__ import annotations

import io
import json

from packer_core.app import App
from packer_core.cli.diagnosed import document, tell_machines
from packer_core.cli.failures import report
from packer_core.diagnostics import Diagnostic, Place
from packer_core.errors import TemplateError

PLACE = Place("a.pkr.hcl", 3, 5, 4, '    name = "x"')
LONG = Place("a.pkr.hcl", 7, 2, 3, " f(", end_line=9, end_column=2, end_text=" )")
ERROR = Diagnostic("wrong, that is", PLACE, detail="Because.", values=(("var.a", "1"),))
WARNING = Diagnostic("odd", LONG, hint="look", severity="warning")
NOWHERE = Diagnostic("no file")


def told(machine_readable: bool) -> list[str]:
    stream = io.StringIO()
    app = App({}, machine_readable=machine_readable, stream=stream)
    tell_machines(app.ui, [WARNING, ERROR, NOWHERE])
    return [line.split(",", 1)[1] for line in stream.getvalue().splitlines()]


def test_a_program_reads_a_record_for_each_place() -> None:
    assert told(machine_readable=True) == [
        ",diagnostic,error,a.pkr.hcl,3,5,3,8,wrong%!(PACKER_COMMA) that is,Because.,",
        ",diagnostic,warning,a.pkr.hcl,7,2,9,2,odd,,look",
    ]


def test_a_person_reads_none_of_that() -> None:
    assert told(machine_readable=False) == []


def test_a_refused_template_is_told_both_ways() -> None:
    stream = io.StringIO()
    app = App({"HOME": "/nowhere"}, machine_readable=True, stream=stream)
    assert report(app, TemplateError([ERROR])) == 1
    kinds = [line.split(",")[2:4] for line in stream.getvalue().splitlines()]
    assert kinds == [["diagnostic", "error"], ["ui", "error"]]


def test_a_document_counts_and_places() -> None:
    told = json.loads(document([WARNING, ERROR, NOWHERE]))
    assert (told["valid"], told["error_count"], told["warning_count"]) == (False, 2, 1)
    first, second, third = told["diagnostics"]
    assert (first["summary"], first["range"], first["snippet"]) == ("no file", None, None)
    assert second == {
        "severity": "error",
        "summary": "wrong, that is",
        "detail": "Because.",
        "hint": None,
        "range": {
            "filename": "a.pkr.hcl",
            "start": {"line": 3, "column": 5},
            "end": {"line": 3, "column": 8},
        },
        "snippet": '    name = "x"',
        "values": [{"name": "var.a", "value": "1"}],
    }
    assert third["range"]["end"] == {"line": 9, "column": 2}


def test_a_document_without_errors_is_valid() -> None:
    assert json.loads(document([WARNING]))["valid"] is True
    assert json.loads(document([]))["diagnostics"] == []
