from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from packer_core.template.json_fields import Fields, Reading
from packer_core.template.json_nodes import Object
from packer_core.template.json_reader import read_json

if TYPE_CHECKING:
    from packer_core.diagnostics import Diagnostic


def fields(value: dict[str, Any]) -> Fields:
    document = read_json(json.dumps(value).encode(), "box.json")
    assert isinstance(document.root, Object)
    return Fields(Reading(document), document.root)


def only(found: Fields) -> Diagnostic:
    (diagnostic,) = found.reading.findings
    return diagnostic


def marked(found: Fields) -> str:
    place = only(found).place
    assert place is not None
    return place.text[place.column - 1 : place.column - 1 + place.length]


def test_what_is_taken_is_no_option() -> None:
    found = fields({"name": "x", "only": ["a"], "on": True, "wait": "2s", "size": 1})
    text = found.string("name")
    assert text is not None
    assert text[0] == "x"
    assert [name for name, _ in found.strings("only")] == ["a"]
    assert found.flag("on") is True
    assert found.duration_s("wait") == 2.0
    assert found.options() == {"size": 1.0}
    assert found.reading.findings == []


def test_null_and_absent_are_the_same() -> None:
    for found in (fields({}), fields(dict.fromkeys(["name", "only", "on", "wait"]))):
        assert found.string("name") is None
        assert found.strings("only") == []
        assert found.flag("on") is None
        assert found.duration_s("wait") == 0.0
        assert found.options() == {}
        assert found.reading.findings == []


def test_wrong_types_are_told_at_the_value() -> None:
    found = fields({"name": 5})
    assert found.string("name") is None
    assert only(found).summary == '"name" must be a string, not a number'
    assert marked(found) == "5"


def test_a_single_string_where_a_list_belongs_is_told_how_to_write_it() -> None:
    found = fields({"only": "a"})
    assert found.strings("only") == []
    assert only(found).hint == 'write ["a"]'


def test_every_wrong_item_of_a_list_is_told() -> None:
    found = fields({"only": [1, "a", None, []]})
    assert [name for name, _ in found.strings("only")] == ["a"]
    assert len(found.reading.findings) == 3


@pytest.mark.parametrize(
    ("value", "hint"), [("true", "write it without quotes"), ("yes", None), (1, None), ([], None)]
)
def test_flags_are_true_or_false(value: object, hint: str | None) -> None:
    found = fields({"on": value})
    assert found.flag("on") is None
    assert only(found).summary.startswith('"on" must be true or false, not ')
    assert only(found).hint == hint


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0.0), ("1m30s", 90.0), ("1.5h", 5400.0), ("500ms", 0.5), ("+2s", 2.0), ("3us", 3e-6)],
)
def test_durations_are_those_of_go(text: str, seconds: float) -> None:
    assert fields({"wait": text}).duration_s("wait") == seconds


@pytest.mark.parametrize(
    ("value", "summary", "hint"),
    [
        ("5", '"wait" is not a duration: 5', 'a unit is missing: "5s"'),
        ("1.5", '"wait" is not a duration: 1.5', 'a unit is missing: "1.5s"'),
        ("soon", '"wait" is not a duration: soon', 'as in "1h", "1m30s", "500ms"'),
        ("", '"wait" is not a duration: ', 'as in "1h", "1m30s", "500ms"'),
        ("1 s", '"wait" is not a duration: 1 s', 'as in "1h", "1m30s", "500ms"'),
        ("999999999h", '"wait" is not a duration: 999999999h', 'as in "1h", "1m30s", "500ms"'),
        ("-1s", '"wait" must not be negative: -1s', None),
        (5, '"wait" must be a duration in quotes, not a number', 'seconds are written "5s"'),
        (True, '"wait" must be a duration in quotes, not true', 'as in "1m30s"'),
        ({}, '"wait" must be a duration in quotes, not an object', 'as in "1m30s"'),
    ],
)
def test_bad_durations_are_told(value: object, summary: str, hint: str | None) -> None:
    found = fields({"wait": value})
    assert found.duration_s("wait") == 0.0
    assert (only(found).summary, only(found).hint) == (summary, hint)


@pytest.mark.parametrize(
    ("value", "summary"),
    [
        ({}, 'a builder without a "type"'),
        ({"type": None}, 'a builder without a "type"'),
        ({"type": ""}, 'a builder without a "type"'),
        ({"type": 1}, '"type" must be a string, not a number'),
    ],
)
def test_component_without_a_type_is_told_once(value: dict[str, Any], summary: str) -> None:
    found = fields(value)
    assert found.component("a builder") is None
    assert only(found).summary == summary
