from __future__ import annotations

from typing import Any

import pytest

from packer_core.template.upgrade.functions import for_options
from packer_core.template.upgrade.options import OptionWriter
from packer_sdk.cty.types import ListType, MapType, ObjectType
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec

INNER = ObjectSpec({"x": Attr("x", "number"), "deep": Block("deep", ObjectSpec({}))})
SPEC = ObjectSpec(
    {
        "text": Attr("text", "string"),
        "number": Attr("number", "number"),
        "flag": Attr("flag", "bool"),
        "texts": Attr("texts", ListType("string")),
        "rows": Attr("rows", ListType(ListType("string"))),
        "tags": Attr("tags", MapType("string")),
        "thing": Attr("thing", ObjectType({"n": "number"})),
        "any_command": Attr("any_command", ListType("string")),
        "one": Block("one", INNER),
        "many": BlockList("many", INNER),
    }
)

WITH_SCHEMA = [
    ({"text": 5.0, "number": "5", "flag": "true"}, ['text = "5"', "number = 5", "flag = true"]),
    ({"text": True, "number": "0x5", "flag": 1}, ['text = "true"', 'number = "0x5"', "flag = 1"]),
    ({"text": None}, []),
    ({"number": "{{user `n`}}"}, ["number = var.n"]),
    ({"texts": "a,b"}, ['texts = ["a", "b"]']),
    ({"texts": ""}, ["texts = []"]),
    ({"texts": 7}, ['texts = ["7"]']),
    ({"texts": "{{user `l`}}"}, ['texts = compact(split(",", var.l))']),
    ({"any_command": "a,b"}, ['any_command = ["a,b"]']),
    ({"rows": [["a", 1], "b"]}, ['rows = [["a", "1"], ["b"]]']),
    ({"tags": {"a": 1, "b c": "${x}"}}, ['tags = {\na = "1"\n"b c" = "$${x}"\n}']),
    ({"tags": {"{{user `k`}}": ""}}, ['tags = {\n"${var.k}" = ""\n}']),
    ({"tags": {}}, ["tags = {}"]),
    ({"thing": {"n": "1", "m": [True, None]}}, ["thing = {\nn = 1\nm = [true, null]\n}"]),
    ({"one": {"x": "1", "deep": {}}}, ["one {", "x = 1", "deep {}", "}"]),
    ({"one": [{"x": 1}]}, ["one {", "x = 1", "}"]),
    ({"many": [{"x": 1}, {}]}, ["many {", "x = 1", "}", "many {}"]),
    ({"many": {"x": 1}}, ["many {", "x = 1", "}"]),
    ({"many": "x"}, ['many = "x"']),
]

GUESSED = [
    ({"a": [1.5, "b", {"c": 1}]}, ['a = [\n1.5,\n"b",\n{\nc = 1\n},\n]']),
    ({"run_tags": {"a": "b"}}, ["# A guess: an argument.", 'run_tags = {\na = "b"\n}']),
    ({"x": {"a b": 1}}, ["# A guess: an argument.", 'x = {\n"a b" = 1\n}']),
    ({"x": {"a": 1}}, ["# A guess: a block.", "x {", "a = 1", "}"]),
    (
        {"x": [{"tags": {"a": "b"}}, {}]},
        [
            "# A guess: a block.",
            *("x {", "# A guess: an argument.", 'tags = {\na = "b"\n}', "}", "x {}"),
        ],
    ),
    ({"x": []}, ["x = []"]),
]


def written(options: dict[str, Any], spec: ObjectSpec | None = None) -> tuple[list[str], list[str]]:
    writer = OptionWriter(for_options(lambda name: f"var.{name}", lambda: "local.timestamp"))
    return writer.body(options, spec), writer.notes


@pytest.mark.parametrize(("options", "lines"), WITH_SCHEMA)
def test_a_value_becomes_what_the_schema_says(options: dict[str, Any], lines: list[str]) -> None:
    assert written(options, SPEC) == (lines, [])


@pytest.mark.parametrize(("options", "lines"), GUESSED)
def test_without_a_schema_a_guess_is_told(options: dict[str, Any], lines: list[str]) -> None:
    assert written(options) == (lines, [])


def test_an_option_that_the_component_does_not_know_stays_and_is_told() -> None:
    lines, notes = written({"txet": "a"}, SPEC)
    assert lines == ["# The component does not know this option.", 'txet = "a"']
    assert notes == ["option txet is not known to its component"]


def test_a_name_that_hcl_does_not_take_becomes_a_comment() -> None:
    lines, notes = written({"a b": [1]}, SPEC)
    assert lines == ['# HCL2 takes no option of this name: {"a b": [1]}']
    assert notes == ['option "a b" cannot be written in HCL2']


def test_an_action_that_nobody_can_fill_in_is_told_where_it_is() -> None:
    lines, notes = written({"text": "{{user (print `a`)}}"}, SPEC)
    note = "HCL2 has no words for {{user (print `a`)}}"
    assert (lines, notes) == ([f"# {note}", 'text = "{{user (print `a`)}}"'], [note])


def test_a_long_list_has_a_line_for_each() -> None:
    lines, _ = written({"texts": ["x" * 50, "y" * 50]}, SPEC)
    assert lines == [f'texts = [\n"{"x" * 50}",\n"{"y" * 50}",\n]']
