"""Whatever a file holds, there is an answer, soon, and it is a diagnostic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.hcl_texts import PIECES
from packer_core.hcl.cursor import MOST_FINDINGS
from packer_core.hcl.json_body import parse_json_file
from packer_core.hcl.parser import parse_expression, parse_file, parse_template

DEEP = 10_000

NATIVE = {
    "brackets": "a = " + "[" * DEEP,
    "closed brackets": "a = " + "[" * DEEP + "]" * DEEP,
    "braces": "a = " + "{" * DEEP,
    "parentheses": "a = " + "(" * DEEP + "1" + ")" * DEEP,
    "calls": "a = " + "f(" * DEEP,
    "signs": "a = " + "-" * DEEP + "1",
    "strings in strings": 'a = "' + '${"' * DEEP,
    "heredocs in heredocs": "a = " + "<<E\n${" * DEEP,
    "directives": "a = <<E\n" + "%{if a}" * DEEP + "\nE\n",
    "blocks": "a {\n" * DEEP,
    "conditionals": "a = " + "b ? " * DEEP,
    "splats": "a = b" + "[*]" * DEEP,
    "indexes": "a = b" + "[b" * DEEP,
    "operators": "a = 1" + " + 1" * DEEP,
    "lines of nothing": "[\n" * 200_000,
    "one long line": "a = " + "x" * 5_000_000 + " =",
    "open string": 'a = "' + "x\n" * 200_000,
    "open heredoc": "a = <<E\n" + "x\n" * 200_000,
    "zero bytes": "\0" * 100_000,
    "digits": "a = " + "1.1" * 100_000,
    "exponent": "a = 1e999999999999999999999",
    "duplicates": "a = 1\n" * 20_000,
}
JSON = {
    "arrays": "[" * DEEP,
    "objects": '{"a":' * DEEP,
    "open string": '{"a": "' + "x" * 1_000_000,
    "backslashes": '{"a": "' + "\\" * 1_000_001,
    "nothing": "",
    "strings in strings": '{"a": "' + '${\\"' * DEEP + '"}',
}


@pytest.mark.parametrize("text", NATIVE.values(), ids=NATIVE)
def test_bad_input_is_answered_with_diagnostics(text: str) -> None:
    findings = parse_file(text, "x").diagnostics
    assert len(findings) <= MOST_FINDINGS + 4
    assert all(finding.place and finding.summary for finding in findings)
    assert findings


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_bad_json_is_answered_with_diagnostics(text: str) -> None:
    file = parse_json_file(text, "x")
    _, found = file.body.just_attributes()
    assert file.diagnostics or found


def test_what_is_not_utf8_is_said_once_where_it_is() -> None:
    findings = parse_file(b"# \xff may be\na = \xff\xfe\xfd\n", "x").diagnostics
    assert [str(finding) for finding in findings] == ["x:2:5: the file is not in UTF-8"]


def test_json_that_is_not_utf8_is_refused() -> None:
    findings = parse_json_file(b'{"a": "\xff"}', "x").diagnostics
    assert len(findings) == 1


@given(st.text() | st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_text_is_answered(text: str) -> None:
    parse_file(text, "x")
    parse_json_file(text, "x").body.just_attributes()
    expression, wrong = parse_expression(text)
    assert (expression is None) == bool(wrong)
    template, wrong = parse_template(text)
    assert (template is None) == bool(wrong)


@given(st.binary())
def test_any_bytes_are_answered(data: bytes) -> None:
    parse_file(data, "x")
    parse_json_file(data, "x")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("a {\n /* b\n}\n", "x:2:2: the comment is never closed"),
        ("a = [1, /* b\n", "x:1:9: the comment is never closed"),
        ("a {\n b = <<E\nc\n}\n", "x:5:1: the heredoc is never closed"),
    ],
)
def test_what_is_never_closed_is_told_once(text: str, finding: str) -> None:
    assert [str(found) for found in parse_file(text, "x").diagnostics] == [finding]


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("a = << E\n", "a heredoc starts with <<NAME"),
        ("a = ${b}\n", 'values are filled into strings: "${name}"'),
    ],
)
def test_what_was_meant_is_a_hint(text: str, hint: str) -> None:
    (finding,) = parse_file(text, "x").diagnostics
    assert hint in (finding.hint or "")


@pytest.mark.parametrize(
    "text", ["1e4001", "1e-4001", "9" * 4001, "1." + "1" * 4001, "1e9999999999"]
)
def test_a_number_that_nobody_means_is_refused(text: str) -> None:
    (native,) = parse_file(f"a = {text}\n", "x").diagnostics
    (json,) = parse_json_file(f'{{"a": {text}}}', "x").diagnostics
    assert "too large or too small" in native.summary
    assert native.summary == json.summary


def test_what_is_too_deep_is_told_once() -> None:
    findings = parse_file("a {\n" * DEEP + "}\n" * DEEP, "x").diagnostics
    assert [one.summary for one in findings] == ["nested deeper than 100 levels"]
