from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.expressions import Generator, scope
from helpers.hcl import content_of, error_of, outcome, parsed, scope_of, value_of
from helpers.hcl_texts import PIECES
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.parser import parse_expression
from packer_core.hcl.scope import EMPTY
from packer_core.hcl.values import ANYTHING, settled, unknown
from packer_core.hcl.variables import variables_of
from packer_sdk.cty.types import ListType
from packer_sdk.cty.values import UNKNOWN
from packer_sdk.cty.values import value_of as typed

VARIABLES = scope()

SCOPE = scope_of(
    s="text",
    n=5,
    l=["a", "b"],
    o={"name": "disk", "sizes": [1, 2]},
    lo=typed(ListType("string"), ["x", "y"]),
    late=unknown("string"),
)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("1 + 2 * 3", 7),
        ("-7 % 3", -1),
        ("10 / 4 == 2.5", True),
        ('1 == "1"', False),
        ("null == null", True),
        ('"n is ${n}"', "n is 5"),
        ('"${n}"', 5),
        ("o.sizes[1]", 2),
        ('o["name"]', "disk"),
        ("l[*]", ["a", "b"]),
        ("o[*].name", ["disk"]),
        ("null[*]", []),
        ('[for i, x in l : "${i}${x}" if x != "a"]', ["1b"]),
        ("{for x in l : x => upper(x)}", {"a": "A", "b": "B"}),
        ('{for x in ["a", "a"] : x => 1...}', {"a": [1, 1]}),
        ('true ? 1 : "x"', "1"),
        ("false ? o.nothing : 1", 1),
        ('upper(["x"]...)', "X"),
        ('"%{ if n > 3 }big%{ else }small%{ endif }"', "big"),
        ('"%{ for x in l }[${x}]%{ endfor }"', "[a][b]"),
        ("<<-E\n    a\n      b\n  E\n", "a\n  b\n"),
        ("1" + " + 1" * 200, 201),
    ],
)
def test_expressions_have_their_values(text: str, content: object) -> None:
    assert content_of(text, SCOPE) == content


@pytest.mark.parametrize(
    ("text", "summary", "hint"),
    [
        ("zz.a", 'unknown name "zz"', None),
        ("o.nam", "there is no o.nam", 'did you mean "name"?'),
        ("{a = 1}.b", 'no attribute "b" in this object', "there is: a"),
        (
            "build.ID",
            'unknown name "build"',
            "build.… is known in provisioners and post-processors",
        ),
        ("uper(s)", 'unknown function "uper"', 'did you mean "upper"?'),
        ('env("A")', 'unknown function "env"', "env is known in defaults of variables only"),
        ("tonumber(s)", 'unknown function "tonumber"', "write convert(…, number)"),
        ("l[2]", "there is no element 2: the tuple has 2 elements", None),
        ("l[0.5]", "the position of an element must be a whole number", None),
        ("null.x", 'null has no attributes, so there is no "x"', None),
        ("s.x", 'a string has no attributes, so there is no "x"', None),
        ("null + 1", "the left operand of +: must not be null", None),
        ("1 / 0", "division by zero", None),
        ("s ? 1 : 2", "the condition must be true or false: a bool is required", None),
        ("n ? 1 : [2]", "both results must be of one type", None),
        ("upper(1, 2)", "upper takes 1 argument, got 2", None),
        ("upper(null)", 'upper: "str": must not be null', None),
        ("[for x in s : x]", "a string cannot be gone through", None),
        ("{o.name = 1}", "it is not clear what this key is",
         "put a reference in parentheses, and a name that has dots in quotes"),
        ("{(null) = 1}", "a key must not be null", None),
        ('"a${null}"', "null cannot be a part of text", None),
        ('"a${l}"', "a tuple cannot be a part of text",
         "join(…) or jsonencode(…) makes text of it"),
        ("upper(s...)", "what stands before ... must be a list, a set or a tuple", None),
        ("try(o.x, l[7])", "try: every argument fails", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, summary: str, hint: str | None) -> None:
    found = error_of(text, SCOPE)
    assert (found.summary, found.hint) == (summary, hint)
    assert found.place is not None


def test_an_error_stands_at_the_part_that_is_wrong_with_the_values_that_took_part() -> None:
    found = error_of("1 + (n * s)", SCOPE)
    assert found.place is not None
    assert (found.place.column, found.place.length) == (10, 1)
    assert found.values == (("s", '"text"'),)


def test_an_error_shows_no_secret() -> None:
    from helpers.hcl import secret

    found = error_of("n + word", scope_of(n=1, word=secret("hunter2")))
    assert found.values == (("word", "(sensitive value)"),)
    assert "hunter2" not in str(
        outcome("[word + 1, {a = word}.b]", scope_of(word=secret("hunter2")))
    )


def test_several_errors_are_found_at_once() -> None:
    _, found = outcome("[nope, l[9], upper(nada), 1 + s]", SCOPE)
    assert len(found) == 4


def test_the_same_error_in_every_element_is_told_once() -> None:
    assert len(outcome("[for x in l : x + 1]", SCOPE)[1]) == 1
    assert len(outcome("[o, o, o][*].nope", SCOPE)[1]) == 1


def test_only_what_is_wrong_with_the_chosen_result_counts() -> None:
    assert content_of("n > 3 ? s : nope.x", SCOPE) == "text"
    assert error_of("n > 3 ? nope : s", SCOPE).summary == 'unknown name "nope"'


def test_both_sides_of_a_logical_operator_are_evaluated() -> None:
    assert error_of("false && o.nope", SCOPE).summary == "there is no o.nope"


@pytest.mark.parametrize(
    "text",
    ["late", '"x${late}"', "late == s", "upper(late)", "{(late) = 1}", "[for x in late2 : x]",
     "late == null", "convert(late, number) + 1", "can(late)", "o[late]"],
)  # fmt: skip
def test_what_is_not_known_stays_so(text: str) -> None:
    scope = SCOPE.child({"late2": ANYTHING})
    assert value_of(text, scope).content is UNKNOWN


def test_what_is_not_known_may_have_a_type() -> None:
    assert value_of("late == s", SCOPE).type == "bool"
    assert value_of("convert(late, number) + 1", SCOPE).type == "number"
    assert value_of("late == 1", SCOPE).content is False


def test_functions_and_names_may_be_forbidden() -> None:
    for text, summary in (
        ("a", "variables may not be used here"),
        ("f()", "functions may not be called here"),
    ):
        findings = Findings()
        evaluate(parsed(text), EMPTY, findings)
        assert [one.summary for one in findings.diagnostics] == [summary]


def test_nesting_without_an_end_is_an_error_and_no_crash() -> None:
    text = "[" * 90 + "n" + "]" * 90
    assert outcome(text, SCOPE)[1] == []


@given(st.integers(0, 2**32))
def test_whatever_is_evaluated_gives_a_value_or_says_why_not(seed: int) -> None:
    value, found = outcome(Generator(seed).expression(5), VARIABLES)
    assert found or settled(value) == value


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_can_be_parsed_can_be_evaluated(text: str) -> None:
    expression, _ = parse_expression(text)
    if expression is not None:
        evaluate(expression, VARIABLES, Findings())
        variables_of(expression)


@pytest.mark.parametrize(
    "text",
    [
        '"%{ for a in r }${s}${s}%{ endfor }"',
        "join(s, [for a in r : s])",
        'replace(s, "x", s)',
        'regex_replace(s, "x", s)',
        'format("%s%s%s", s, s, join("", [for a in range(63) : s]))',
        'indent(9999, replace(s, "x", "\\n"))',
    ],
)
def test_a_text_that_no_machine_holds_is_refused(text: str) -> None:
    scope = scope_of(s="x" * 2**20, r=list(range(80)))
    assert "longer than 67108864 letters" in error_of(text, scope).summary


def test_more_elements_than_anybody_needs_are_refused() -> None:
    text = "setproduct(range(1000), range(1000), range(2))"
    assert error_of(text, SCOPE).summary == "setproduct: there would be more than 1000000 elements"


def test_a_function_that_gets_what_it_cannot_read_says_so() -> None:
    assert "a map or object is required" in error_of("merge(null, [1])").summary
    digits = 'join("", [for a in range(999) : "99999"])'
    assert "4000 digits" in error_of(f"parseint({digits}, 10)").summary


def test_long_text_is_not_cut_in_the_middle_of_what_may_be_a_secret() -> None:
    finding = error_of("s + 1", scope_of(s="x" * 61))
    assert finding.values == (("s", "string with 61 characters"),)
