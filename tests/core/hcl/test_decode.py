from __future__ import annotations

from helpers.hcl import body_of, scope_of, secret
from packer_core.hcl.decode import decode
from packer_core.hcl.dynamic import expand_dynamic
from packer_core.hcl.findings import Findings
from packer_core.hcl.json_body import parse_json_file
from packer_core.hcl.marks import is_sensitive
from packer_core.hcl.values import ANYTHING
from packer_sdk.cty.types import ListType, MapType
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec, implied_type

DISK = ObjectSpec({"size": Attr("size", "number", required=True), "tag": Attr("tag", "string")})
SPEC = ObjectSpec(
    {
        "name": Attr("name", "string", required=True),
        "args": Attr("args", ListType("string")),
        "labels": Attr("labels", MapType("string")),
        "boot": Block("boot", ObjectSpec({"wait": Attr("wait", "string")})),
        "disk": BlockList("disk", DISK),
    }
)
SCOPE = scope_of(n=5, word=secret("w"), late=ANYTHING, sizes={"a": 1, "b": 2})


def decoded(text: str) -> tuple[Value, list[str]]:
    findings = Findings()
    value = decode(expand_dynamic(body_of(text), SCOPE), SPEC, SCOPE, findings)
    return value, [f"{one.place}: {one.summary}" for one in findings.diagnostics]


def test_a_body_becomes_an_object_of_the_type_of_the_schema() -> None:
    value, found = decoded(
        'name = n\nargs = ["a", n]\nlabels = {x = true}\nboot {\n wait = "5s"\n}\n'
        'disk {\n size = "10"\n}\ndisk {\n size = n\n tag = null\n}\n'
    )
    assert not found
    assert value.type == implied_type(SPEC)
    assert value.content == {
        "args": ["a", "5"],
        "boot": {"wait": "5s"},
        "disk": [{"size": 10, "tag": None}, {"size": 5, "tag": None}],
        "labels": {"x": "true"},
        "name": "5",
    }


def test_what_is_left_out_is_null_and_no_blocks_are_an_empty_list() -> None:
    value, found = decoded('name = "x"\n')
    assert not found
    assert value.content == {"args": None, "boot": None, "disk": [], "labels": None, "name": "x"}


def test_every_mistake_is_found_where_it_stands() -> None:
    _, found = decoded('nmae = 1\nargs = 5\nboot {}\nboot {}\ndisk {\n size = "big"\n}\n')
    assert [one.split(": ", 1)[0] for one in sorted(found)] == [
        "test.pkr.hcl:1:1",
        "test.pkr.hcl:1:1",
        "test.pkr.hcl:2:8",
        "test.pkr.hcl:4:1",
        "test.pkr.hcl:6:9",
    ]


def test_null_is_no_value_for_what_is_required() -> None:
    assert decoded("name = null\n")[1] == [
        "test.pkr.hcl:1:8: name is required, and must not be null"
    ]


def test_what_is_wrong_or_not_known_is_unknown_of_its_type() -> None:
    value, _ = decoded("name = late\nargs = nope\n")
    assert isinstance(value.content, dict)
    assert value.content["name"] is UNKNOWN
    assert value.content["args"] is UNKNOWN
    assert value.type == implied_type(SPEC)


def test_secrets_stay_secrets() -> None:
    value, found = decoded('name = "x${word}"\n')
    assert not found
    assert is_sensitive(value)


def test_dynamic_blocks_are_made_of_every_element() -> None:
    value, found = decoded(
        'name = "x"\ndisk {\n size = 0\n}\ndynamic "disk" {\n for_each = sizes\n content {\n'
        "  size = disk.value\n  tag = disk.key\n }\n}\n"
    )
    assert not found
    assert isinstance(value.content, dict)
    assert value.content["disk"] == [
        {"size": 0, "tag": None},
        {"size": 1, "tag": "a"},
        {"size": 2, "tag": "b"},
    ]


def test_the_iterator_may_have_another_name() -> None:
    value, found = decoded(
        'name = "x"\ndynamic "disk" {\n for_each = [7]\n iterator = it\n content {\n'
        "  size = it.value + it.key + n\n }\n}\n"
    )
    assert not found
    assert isinstance(value.content, dict)
    assert value.content["disk"] == [{"size": 12, "tag": None}]


def test_mistakes_in_dynamic_blocks_are_found() -> None:
    for inside, message in (
        ("content {\n size = 1\n }", "for_each"),
        ("for_each = [1]", 'a dynamic block has one "content" block'),
        ("for_each = null\n content {}", "for_each must not be null"),
        ("for_each = 5\n content {}", "for_each cannot go through a number"),
        ("for_each = [1]\n iterator = 5\n content {}", "the iterator must be a plain name"),
        ('for_each = [1]\n labels = ["x"]\n content {\n  size = 1\n }', "labels of"),
        ("for_each = [1]\n content {\n  size = disk.value + nope\n }", 'unknown name "nope"'),
    ):
        _, found = decoded(f'name = "x"\ndynamic "disk" {{\n {inside}\n}}\n')
        assert any(message in one for one in found), (inside, found)


def test_a_dynamic_block_of_an_unknown_type_is_refused() -> None:
    _, found = decoded('name = "x"\ndynamic "dsk" {\n for_each = []\n content {}\n}\n')
    assert found == ['test.pkr.hcl:2:9: no blocks of type "dsk" may stand here']


def test_what_is_not_known_yet_makes_one_block() -> None:
    value, found = decoded(
        'name = "x"\ndynamic "disk" {\n for_each = late\n content {\n  size = disk.value\n }\n}\n'
    )
    assert not found
    assert isinstance(value.content, dict)
    assert value.content["disk"] == [{"size": UNKNOWN, "tag": None}]


def test_json_says_the_same() -> None:
    text = (
        '{"name": "${n}", "args": ["a", 5], "disk": [{"size": 1}, {"size": "${n + 1}"}],'
        ' "dynamic": {"disk": {"for_each": [9], "content": {"size": "${disk.value}"}}}}'
    )
    file = parse_json_file(text, "test.pkr.json")
    assert not file.diagnostics
    findings = Findings()
    value = decode(expand_dynamic(file.body, SCOPE), SPEC, SCOPE, findings)
    assert not findings.diagnostics
    assert isinstance(value.content, dict)
    assert [disk["size"] for disk in value.content["disk"]] == [1, 6, 9]
    assert (value.content["name"], value.content["args"]) == ("5", ["a", "5"])


def test_one_element_without_brackets_is_told_what_a_list_is() -> None:
    spec = ObjectSpec({"lines": Attr("lines", ListType("string"))})
    for text, wanted in (('lines = "one"\n', True), ("lines = {}\n", False)):
        findings = Findings()
        decode(body_of(text), spec, SCOPE, findings)
        (found,) = findings.diagnostics
        assert ("brackets" in (found.hint or "")) is wanted
