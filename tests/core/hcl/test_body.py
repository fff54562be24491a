"""Both syntaxes give the same answers to the same schema."""

from __future__ import annotations

import pytest

from packer_core.hcl.body import AnyBody, BlockSchema, BodySchema
from packer_core.hcl.json_body import parse_json_file
from packer_core.hcl.nodes import Literal, Template
from packer_core.hcl.parser import parse_file

NATIVE = """\
a = 1
b = "x"
source "qemu" "one" {
  c = 2
}
source "qemu" "two" {}
build {
  c = 3
}
build {
  c = 4
}
"""
JSON = """\
{
  "//": "a comment",
  "a": 1,
  "b": "x",
  "source": {"qemu": {"one": {"c": 2}, "two": {}}},
  "build": [{"c": 3}, {"c": 4}]
}
"""
SOURCE = BlockSchema("source", ("type", "name"))
BUILD = BlockSchema("build")
SCHEMA = BodySchema(("a", "b"), (SOURCE, BUILD))


def body(kind: str, native: str = NATIVE, json: str = JSON) -> AnyBody:
    if kind == "native":
        return parse_file(native, "x.pkr.hcl").body
    return parse_json_file(json, "x.pkr.json").body


@pytest.fixture(params=["native", "json"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_content_is_what_the_schema_names(kind: str) -> None:
    content = body(kind).content(SCHEMA)
    assert content.diagnostics == ()
    assert list(content.attributes) == ["a", "b"]
    assert [(block.type, block.labels) for block in content.blocks] == [
        ("source", ("qemu", "one")),
        ("source", ("qemu", "two")),
        ("build", ()),
        ("build", ()),
    ]
    inner = [block.body.just_attributes()[0] for block in content.blocks]
    values = [found["c"].expression.value for found in inner if found]  # type: ignore[union-attr]
    assert values == [2, 3, 4]


def test_values_are_expressions(kind: str) -> None:
    attributes = body(kind).content(SCHEMA).attributes
    assert isinstance(attributes["a"].expression, Literal)
    assert attributes["a"].expression.value == 1
    assert isinstance(attributes["b"].expression, Template)
    assert attributes["b"].expression.constant == "x"


def test_what_the_schema_does_not_name_is_told(kind: str) -> None:
    schema = BodySchema(("a",), (SOURCE, BlockSchema("built")))
    summaries = [str(finding) for finding in body(kind).content(schema).diagnostics]
    if kind == "native":
        assert summaries == [
            "x.pkr.hcl:2:1: unknown argument: b",
            "x.pkr.hcl:7:1: unknown block: build",
            "x.pkr.hcl:10:1: unknown block: build",
        ]
    else:
        assert summaries == [
            "x.pkr.json:4:3: neither an argument nor a block: b",
            "x.pkr.json:6:3: neither an argument nor a block: build",
        ]
    assert body(kind).content(schema).diagnostics[-1].hint == 'did you mean "built"?'


def test_the_rest_can_be_asked_later(kind: str) -> None:
    first = body(kind).partial_content(BodySchema(("a",), (SOURCE,)))
    assert first.diagnostics == ()
    second = first.remaining.content(BodySchema(("b",), (BUILD,)))
    assert second.diagnostics == ()
    assert (list(second.attributes), len(second.blocks)) == (["b"], 2)
    assert first.remaining.content(BodySchema()).diagnostics


def test_after_content_nothing_remains(kind: str) -> None:
    assert body(kind).content(SCHEMA).remaining.content(BodySchema()).diagnostics == ()


def test_what_must_be_set_is_missed(kind: str) -> None:
    schema = BodySchema(("a", "b", "z"), (SOURCE, BUILD), required=("a", "z"))
    (finding,) = body(kind).content(schema).diagnostics
    assert finding.summary == "z is missing"


def test_everything_may_be_an_argument(kind: str) -> None:
    found, wrong = body(kind, "a = 1\nd = 2\n", '{"a": 1, "d": 2}').just_attributes()
    assert (list(found), wrong) == (["a", "d"], ())


@pytest.mark.parametrize(
    ("native", "json", "summary"),
    [
        ('source "a" {}', '{"source": {"a": 1}}', "source lacks its name"),
        ("source {}", '{"source": 1}', "source lacks its type"),
    ],
)
def test_labels_are_counted(kind: str, native: str, json: str, summary: str) -> None:
    (finding,) = body(kind, native, json).content(SCHEMA).diagnostics
    assert finding.summary.startswith(summary)
    assert 'source "TYPE" "NAME"' in (finding.hint or "")


def test_a_label_too_many_is_told() -> None:
    found = parse_file('source "a" "b" "c" {}\n', "x").body.content(SCHEMA).diagnostics
    assert [str(finding) for finding in found] == ["x:1:16: one label too many for source: c"]


def test_a_block_and_an_argument_are_told_apart() -> None:
    schema = BodySchema(("a",), (BUILD,))
    found = parse_file("build = 1\na {}\n", "x").body.content(schema).diagnostics
    assert [finding.hint for finding in found] == [
        "it is a block: build { … }, without =",
        "it is an argument: write a = …",
    ]


def test_blocks_are_no_arguments() -> None:
    found, wrong = parse_file("a = 1\nb {}\n", "x").body.just_attributes()
    assert list(found) == ["a"]
    assert str(wrong[0]) == "x:2:1: a block where only arguments may be: b"


def test_where_nothing_is_near_everything_is_named() -> None:
    content = parse_file("zzz = 1\nyyy {}\n", "x.pkr.hcl").body.content(SCHEMA)
    assert [found.hint for found in content.diagnostics] == [
        "there are a and b",
        "there are source and build",
    ]
