from __future__ import annotations

import pytest

from helpers.hcl import parsed
from packer_core.hcl.findings import Findings
from packer_core.hcl.type_constraints import TypeConstraint, type_constraint
from packer_sdk.cty.types import Mismatch, shown
from packer_sdk.cty.values import implied


def constraint(text: str) -> tuple[TypeConstraint, list[tuple[str, str | None]]]:
    findings = Findings()
    found = type_constraint(parsed(text), findings)
    return found, [(one.summary, one.hint) for one in findings.diagnostics]


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("string", "string"),
        ("any", "dynamic"),
        ("list(map(number))", "list(map(number))"),
        ("tuple([string, bool])", "tuple([string, bool])"),
        ("object({a = string, b = optional(set(any))})", "object({a=string, b=set(dynamic)})"),
    ],
)
def test_types_are_read(text: str, type_: str) -> None:
    found, problems = constraint(text)
    assert not problems
    assert shown(found.type) == type_


@pytest.mark.parametrize(
    ("text", "summary", "hint"),
    [
        ("strng", 'no such type: "strng"', 'did you mean "string"?'),
        ('"string"', "a type is written without quotes", "without quotes: string"),
        ("list", "list of what? The type of its elements is missing", "such as list(string)"),
        ("lst(string)", 'no such type: "lst(…)"', 'did you mean "list"?'),
        ("list(string, string)", "list takes one type", "such as list(string)"),
        ("optional(string)", "only attributes of an object can be optional", None),
        ("object([string])", "object takes types by name, in braces", "object({name = string})"),
        ("tuple(string)", "tuple takes a list of types", "tuple([string, number])"),
        ("object({a = optional()})", "optional takes a type, and a default",
         'optional(string) or optional(string, "default")'),
        ("object({a = optional(number, [])})",
         "the default does not fit: number required, got tuple", None),
        ("object({a = optional(number, b)})", "variables may not be used here", None),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_what_was_meant(text: str, summary: str, hint: str | None) -> None:
    assert constraint(text)[1] == [(summary, hint)]


def test_defaults_are_put_where_something_is_missing_at_every_depth() -> None:
    found, _ = constraint(
        'list(object({a = optional(string, "x"),'
        " o = optional(object({n = optional(number, 7)}), {})}))"
    )
    value = found.convert(implied([{}, {"a": None}, {"a": "y", "o": {"n": 1}}]))
    assert value.content == [
        {"a": "x", "o": {"n": 7}},
        {"a": "x", "o": {"n": 7}},
        {"a": "y", "o": {"n": 1}},
    ]


def test_what_is_optional_without_a_default_is_null() -> None:
    found, _ = constraint("object({a = optional(string)})")
    assert found.convert(implied({})).content == {"a": None}
    assert found.convert(implied(None)).content is None


def test_what_is_missing_is_named() -> None:
    found, _ = constraint("object({a = string, b = number})")
    with pytest.raises(Mismatch, match='attributes "a", "b" missing'):
        found.convert(implied({}))
    with pytest.raises(Mismatch, match='attribute "b": a number is required'):
        found.convert(implied({"a": "x", "b": "y"}))
