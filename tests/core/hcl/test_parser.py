from __future__ import annotations

from decimal import Decimal

import pytest

from packer_core.cli.render import render_diagnostics
from packer_core.hcl.nodes import (
    Access,
    AttributeStep,
    Binary,
    Conditional,
    Expression,
    For,
    ForDirective,
    FunctionCall,
    IfDirective,
    IndexStep,
    Interpolation,
    Literal,
    Object,
    ObjectItem,
    Parentheses,
    SplatStep,
    Template,
    TemplateWrap,
    Text,
    Tuple,
    Unary,
    Variable,
)
from packer_core.hcl.parser import parse_expression, parse_file, parse_template
from packer_core.hcl.source import Source, Span

NOWHERE = Span(Source("x", ""), 0, 0)
A, B, C = (Variable(name, NOWHERE) for name in "abc")
ONE = Literal(1, NOWHERE)


def text(content: str) -> Template:
    return Template((Text(content, NOWHERE),), NOWHERE)


def attribute(name: str) -> AttributeStep:
    return AttributeStep(name, NOWHERE)


def index(key: Expression) -> IndexStep:
    return IndexStep(key, NOWHERE)


def binary(operator: str, left: Expression, right: Expression) -> Binary:
    return Binary(operator, left, right, NOWHERE)


def pair(key: Expression, value: Expression) -> ObjectItem:
    return ObjectItem(key, value, NOWHERE)


def for_(**changes: object) -> For:
    values = {"key_name": None, "value_name": "v", "collection": A, "key": None, "value": B}
    rest = {"condition": None, "grouped": False, "span": NOWHERE}
    return For(**{**values, **rest, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1", ONE),
        ("1.50", Literal(Decimal("1.50"), NOWHERE)),
        ("1e2", Literal(Decimal("1e2"), NOWHERE)),
        ("true", Literal(value=True, span=NOWHERE)),
        ("null", Literal(None, NOWHERE)),
        ("a", A),
        ('""', Template((), NOWHERE)),
        ('"a\\tb"', text("a\tb")),
        ('"\\u00e9\\U0001f4e6"', text("é📦")),
        ('"$${a} %%{b} $$"', text("${a} %{b} $$")),
        ('"${a}"', TemplateWrap(A, NOWHERE)),
        ('"x${a}"', Template((Text("x", NOWHERE), Interpolation(A, NOWHERE)), NOWHERE)),
        ("a.b", Access(A, (attribute("b"),), NOWHERE)),
        ('a["b"][1]', Access(A, (index(text("b")), index(ONE)), NOWHERE)),
        ("a.1", Access(A, (index(ONE),), NOWHERE)),
        (
            "a[*].b[1]",
            Access(A, (SplatStep(True, (attribute("b"), index(ONE)), NOWHERE),), NOWHERE),
        ),
        (
            "a.*.b[1]",
            Access(A, (SplatStep(False, (attribute("b"),), NOWHERE), index(ONE)), NOWHERE),
        ),
        ("a()", FunctionCall("a", (), False, NOWHERE, NOWHERE)),
        ("a::b(c...)", FunctionCall("a::b", (C,), True, NOWHERE, NOWHERE)),
        ("[a, 1,]", Tuple((A, ONE), NOWHERE)),
        ("{a = 1}", Object((pair(Literal("a", NOWHERE), ONE),), NOWHERE)),
        ("{null : 1}", Object((pair(Literal("null", NOWHERE), ONE),), NOWHERE)),
        ("{(a) = 1}", Object((pair(Parentheses(A, NOWHERE), ONE),), NOWHERE)),
        ('{"a" = 1, 1 = b}', Object((pair(text("a"), ONE), pair(ONE, B)), NOWHERE)),
        ("[for v in a : b]", for_()),
        ("[for k, v in a : b if c]", for_(key_name="k", condition=C)),
        ("{for v in a : c => b...}", for_(key=C, grouped=True)),
        ("-a", Unary("-", A, NOWHERE)),
        ("!a.b", Unary("!", Access(A, (attribute("b"),), NOWHERE), NOWHERE)),
        ("a - b - c", binary("-", binary("-", A, B), C)),
        ("a + b * c", binary("+", A, binary("*", B, C))),
        ("a * b + c", binary("+", binary("*", A, B), C)),
        ("a || b && c", binary("||", A, binary("&&", B, C))),
        ("a == b > c", binary("==", A, binary(">", B, C))),
        ("-a + b", binary("+", Unary("-", A, NOWHERE), B)),
        ("(a + b) * c", binary("*", Parentheses(binary("+", A, B), NOWHERE), C)),
        ("a ? b : c ? a : b", Conditional(A, B, Conditional(C, A, B, NOWHERE), NOWHERE)),
        ("a\n+\nb # c", binary("+", A, B)),
    ],
)
def test_an_expression_means(written: str, expected: Expression) -> None:
    assert parse_expression(written) == (expected, ())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<<E\na\n  b\nE\n", "a\n  b\n"),
        ("<<-E\n    a\n      b\n\n   E\n", "a\n  b\n\n"),
        ("<<-E\n  a\n\t\tb\nE\n", "a\nb\n"),
        ('<<E\n\\n "q" $${a}\nE\n', '\\n "q" ${a}\n'),
        ("<<E\r\na\r\nE\r\n", "a\r\n"),
        ("<<E\nE \n", ""),
        ("<<É\na\nÉ\n", "a\n"),
    ],
)
def test_a_heredoc_means(written: str, expected: str) -> None:
    expression, findings = parse_expression(written)
    assert findings == ()
    assert isinstance(expression, Template)
    assert expression.constant == expected
    assert expression.heredoc


@pytest.mark.parametrize(
    ("written", "before", "after"),
    [
        ('"a  ${~ b}  c"', "a", "  c"),
        ('"a  ${b ~}  c"', "a  ", "c"),
        ("<<E\na\n  ${~ b ~}\n  c\nE\n", "a\n", "  c\n"),
        ("<<-E\n    a\n    ${b}\n    c\n  E\n", "a\n", "\nc\n"),
    ],
)
def test_tildes_and_indentation_change_the_literals_beside(
    written: str, before: str, after: str
) -> None:
    expression, _ = parse_expression(written)
    assert isinstance(expression, Template)
    assert [part.text for part in expression.parts if isinstance(part, Text)] == [before, after]


def test_directives_are_put_together() -> None:
    written = "%{ for k, v in a }${k}%{ if b }x%{ else }y%{ endif }%{ endfor }"
    inner = IfDirective(B, (Text("x", NOWHERE),), (Text("y", NOWHERE),), NOWHERE)
    shown = Interpolation(Variable("k", NOWHERE), NOWHERE)
    loop = ForDirective("k", "v", A, (shown, inner), NOWHERE)
    expected = Template((loop,), NOWHERE)
    assert parse_template(written) == (expected, ())
    assert parse_expression(f'"{written}"') == (expected, ())


def test_a_body_has_arguments_and_blocks() -> None:
    file = parse_file('a = 1\nb c "d\\n" {\n  e = 2\n}\nf {}\n', "x")
    assert file.diagnostics == ()
    body = file.body
    assert [found.name for found in body.attributes] == ["a"]  # type: ignore[attr-defined]
    assert [(block.type, block.labels) for block in body.blocks] == [  # type: ignore[attr-defined]
        ("b", ("c", "d\n")),
        ("f", ()),
    ]


def test_spans_say_what_they_cover() -> None:
    file = parse_file('é = [b.c,\n  "d"]\nx "y" {\n}\n', "x")
    attribute = file.body.attributes[0]  # type: ignore[attr-defined]
    block = file.body.blocks[0]  # type: ignore[attr-defined]
    assert attribute.name_span.text == "é"
    assert attribute.span.text == 'é = [b.c,\n  "d"]'
    assert [item.span.text for item in attribute.expression.items] == ["b.c", '"d"']
    assert (block.span.text, block.label_spans[0].text) == ('x "y"', '"y"')
    assert block.body.span.text == "{\n}"
    second = attribute.expression.items[1].span
    assert (second.line, second.column, str(second)) == (2, 3, "x:2:3")


def test_a_part_of_a_source_keeps_its_place() -> None:
    source = Source("box.hcl", "first\n  a + ]\n")
    _, findings = parse_expression(Span(source, 8, 13))
    assert [str(finding) for finding in findings] == ["box.hcl:2:7: a value cannot start with ]"]


def test_what_follows_an_expression_is_a_mistake() -> None:
    expression, findings = parse_expression("1 2")
    assert expression is None
    assert str(findings[0]) == "<expression>:1:3: the expression ends in front of this"


SEVERAL = """\
variable "a" {
  type = string string
  default = "x"
}
locals {
  b = [1, 2
  c = "fine"
  d = upper("x"
}
source "null" "e" {
  f = "not closed
  g = 1
  h { i = 1, j = 2 }
  k = 5 5
}
l = 1
l = 2
build
"""


def test_one_mistake_does_not_hide_the_next() -> None:
    file = parse_file(SEVERAL, "x")
    assert sorted({finding.place.line for finding in file.diagnostics if finding.place}) == [
        *(2, 7, 9, 11, 13, 14, 17, 18),
    ]
    assert [block.type for block in file.body.blocks] == [  # type: ignore[attr-defined]
        "variable",
        "locals",
        "source",
    ]


def test_a_mistake_is_shown_with_its_line() -> None:
    findings = parse_file('a = "x" "y"\n', "box.pkr.hcl").diagnostics
    assert render_diagnostics(findings, color=False) == (
        "Error: a new line has to follow the value of a\n"
        " --> box.pkr.hcl:1:9\n"
        "  |\n"
        '1 | a = "x" "y"\n'
        "  |         ^\n"
        "\n"
        "hint: each argument has a line of its own"
    )
