from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.json_body import parse_json_file
from packer_core.hcl.json_text import JsonArray, JsonNode, JsonObject, JsonString, read_json
from packer_core.hcl.nodes import Interpolation, Object, Template, TemplateWrap, Text, Tuple
from packer_core.hcl.source import Source


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "x:1:1: the file ends where a value is expected"),
        ("{", "x:1:2: the file ends where a key in double quotes is expected"),
        ('{"a" 1}', "x:1:6: a : behind the key is expected here"),
        ('{"a": 1,}', "x:1:9: a key in double quotes is expected here"),
        ("[1 2]", "x:1:4: a comma or ] is expected here"),
        ("{'a': 1}", "x:1:2: a key in double quotes is expected here"),
        ('{"a": "b\n"}', "x:1:7: not a string of JSON"),
        ('{"a": 01}', "x:1:7: a value is expected here"),
        ("{} {}", "x:1:4: the end of the file is expected here"),
        ("1", "x:1:1: the file has to be an object"),
    ],
)
def test_what_is_no_json_is_told(text: str, where: str) -> None:
    assert [str(finding) for finding in parse_json_file(text, "x").diagnostics] == [where]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def plain(node: JsonNode) -> object:
    if isinstance(node, JsonObject):
        return {key.value: plain(value) for key, value in node.members}
    if isinstance(node, JsonArray):
        return [plain(item) for item in node.items]
    return node.value


@given(VALUES, st.booleans())
def test_json_means_what_it_says(value: object, ascii_only: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert plain(read_json(Source("x", text))) == value


def test_a_string_is_a_template() -> None:
    file = parse_json_file('{"a": "x${upper(\\"b\\")}", "c": "${d}", "e": "plain"}', "x")
    found, wrong = file.body.just_attributes()
    assert wrong == ()
    first = found["a"].expression
    assert isinstance(first, Template)
    assert [type(part) for part in first.parts] == [Text, Interpolation]
    assert isinstance(found["c"].expression, TemplateWrap)


def test_a_mistake_in_a_string_with_escapes_is_where_it_stands_in_the_file() -> None:
    _, wrong = parse_json_file('{\n  "a": "\\t\\u00e9 ${b +}"}', "x").body.just_attributes()
    assert [str(finding) for finding in wrong] == ["x:2:23: a value cannot start with }"]


def test_arrays_and_objects_are_values_with_templates_in_keys() -> None:
    found, _ = parse_json_file('{"a": [1, {"${b}": null}]}', "x").body.just_attributes()
    value = found["a"].expression
    assert isinstance(value, Tuple)
    inner = value.items[1]
    assert isinstance(inner, Object)
    assert isinstance(inner.items[0].key, TemplateWrap)


def test_an_argument_is_set_once_and_a_block_as_often_as_one_likes() -> None:
    file = parse_json_file('{"a": 1, "a": 2, "b": {}, "b": {}, "b": null}', "x")
    content = file.body.content(BodySchema(("a",), (BlockSchema("b"),)))
    assert [str(finding) for finding in content.diagnostics] == ["x:1:10: a is set twice"]
    assert len(content.blocks) == 2


def test_a_file_may_be_an_array_of_objects() -> None:
    found, wrong = parse_json_file('[{"a": 1}, {"b": 2}]', "x").body.just_attributes()
    assert (list(found), wrong) == (["a", "b"], ())


def test_labels_may_be_keys_of_several_objects() -> None:
    file = parse_json_file('{"s": [{"t": [{"a": {}}, {"b": [{}, {}]}]}]}', "x")
    content = file.body.content(BodySchema((), (BlockSchema("s", ("type", "name")),)))
    assert [block.labels for block in content.blocks] == [("t", "a"), ("t", "b"), ("t", "b")]


def test_a_string_remembers_its_quotes() -> None:
    node = read_json(Source("x", '"\\ud83d\\udce6 \\ud800"'))
    assert isinstance(node, JsonString)
    assert node.value == "📦 \N{REPLACEMENT CHARACTER}"
    assert node.span.text.startswith('"')
    assert node.inside.column == 2
