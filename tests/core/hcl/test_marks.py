from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.expressions import Generator, scope
from helpers.hcl import outcome, scope_of, secret, value_of
from packer_core.hcl.marks import (
    SENSITIVE,
    Marked,
    is_sensitive,
    mark,
    marks_in,
    unmark,
    unmark_deep,
)
from packer_core.hcl.values import set_of, string
from packer_sdk.cty.values import implied

SECRETS = scope_of(p=secret("p4ss"), k=secret("a"), n=3, o=implied({"a": 1}), flag=secret(True))


@pytest.mark.parametrize(
    "text",
    [
        "p", '"x${p}"', "upper(p)", "[p]", "[p][0]", "{a = p}.a", "[for x in [p] : x]", "p == 1",
        "o[k]", "{(k) = 1}", "flag ? 1 : 2", "length(p)", "jsonencode({a = [p]})", 'split("", p)',
        "[for x in [1] : x if flag]", "{for x in [k] : x => 1}", "[{a = p}][*].a",
        "merge(o, {b = p})",
        "concat([1], [p])", "flatten([[p]])", "try(p, 1)", "convert([p], set(string))", "!flag",
        "keys({(k) = 1})", 'lookup({a = p}, "a", 1)', "zipmap([k], [1])", "coalesce(null, p)",
        "element([p], 0)", "slice([p], 0, 1)", "reverse([p])", "values({a = p})", 'format("%s", p)',
        'regexall("s", p)', "sha256(p)", "setproduct([p], [1])", "contains([p], 1)", "sort([p])",
        '"%{ if flag }a%{ endif }"', '"%{ for x in [p] }${x}%{ endfor }"', "upper([p]...)",
        'formatlist("%s", [p])', "yamlencode(p)", "base64encode(p)",
        "sum([n, convert(flag ? 1 : 2, number)])",
    ],
)  # fmt: skip
def test_what_is_made_of_a_secret_is_one(text: str) -> None:
    assert is_sensitive(value_of(text, SECRETS))


@pytest.mark.parametrize("text", ["[p, n][1]", "{a = p, b = n}.b", "length([p])", "keys({a = p})"])
def test_what_stands_beside_a_secret_is_none(text: str) -> None:
    assert not is_sensitive(value_of(text, SECRETS))


def test_a_set_with_a_secret_is_one_as_a_whole() -> None:
    value = set_of("string", [string("a"), secret("b")])
    assert isinstance(value.content, Marked)
    assert unmark(value)[0].content == ["a", "b"]


def test_marks_come_off_and_go_on_again() -> None:
    value = implied({"a": ["x"]})
    marked = mark(mark(value, ["one"]), ["two"])
    assert unmark(marked) == (value, frozenset({"one", "two"}))
    assert mark(value, []) is value


def test_a_mark_shows_nothing_of_the_content() -> None:
    assert "hunter2" not in repr(secret("hunter2"))


@given(st.integers(0, 10_000))
def test_no_expression_loses_the_mark_of_its_variables(seed: int) -> None:
    known = scope()
    assert known.variables is not None
    marked = known.child({name: mark(one, [SENSITIVE]) for name, one in known.variables.items()})
    text = Generator(seed).of("s", 2)
    plain, found = outcome(text, known)
    value, found_marked = outcome(text, marked)
    assert bool(found) == bool(found_marked)
    if not found:
        assert unmark_deep(value)[0] == plain
        assert marks_in(value) <= {SENSITIVE}
