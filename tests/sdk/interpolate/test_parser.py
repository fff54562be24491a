"""From tokens to nodes."""

from __future__ import annotations

import pytest

from packer_sdk.interpolate import TemplateSyntaxError
from packer_sdk.interpolate.nodes import (
    Action,
    Branch,
    Command,
    Dot,
    Field,
    Function,
    Literal,
    Pipeline,
    Text,
)
from packer_sdk.interpolate.parser import parse


def test_parse_text_and_a_call() -> None:
    call = Command(Function("upper", 4), (Field(Dot(10), ("A", "B"), 10),), 4)
    assert parse("a {{upper .A.B}}", {}).nodes == (
        Text("a "),
        Action(Pipeline((call,), (), False, 4)),
    )


def test_parse_else_if_as_a_branch_inside() -> None:
    (node,) = parse("{{if 1}}a{{else if 2}}b{{else}}c{{end}}", {}).nodes
    assert isinstance(node, Branch)
    (inner,) = node.otherwise
    assert isinstance(inner, Branch)
    assert inner.pipeline.commands[0].head == Literal(2, 19)
    assert inner.otherwise == (Text("c"),)


def test_parse_lets_every_name_pass_when_asked() -> None:
    assert parse("{{anything `a`}}", None).nodes
    with pytest.raises(TemplateSyntaxError):
        parse("{{anything `a`}}", {})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{end}}", "line 1, column 3: {{end}} without a beginning"),
        ("{{else}}", "{{else}} without a beginning"),
        ("{{if 1}}", "line 1, column 3: if without {{end}}"),
        ("{{if 1}}{{else}}", "if without {{end}}"),
        ("{{if 1}}{{else}}{{else}}{{end}}", "else after else"),
        ("{{if 1}}{{end 2}}", "unexpected '2' after end"),
        ("{{if}}{{end}}", "a value is missing before }}"),
        ("{{}}", "a value is missing before }}"),
        ("{{.A |}}", "a value is missing before }}"),
        ("{{(.A}}", "( without )"),
        ("{{.A)}}", "unexpected ')' in action"),
        ("{{$x}}", "variable $x is not declared"),
        ("{{$x = 1}}", "variable $x is not declared"),
        ("{{range $a, 1}}{{end}}", "unexpected '1', expected $name"),
        ("{{range $a, $b}}{{end}}", "unexpected }} in range, expected :="),
        ("{{break}}", "{{break}} outside of range"),
        ('{{template "x"}}', "template is not supported: an option is one template"),
        ("{{nil}}", "nil is not a command"),
        ("{{1 | 2}}", "only a function can take what is piped to it"),
        ("{{true.A}}", "'true' has no fields"),
        ("{{" + "(" * 50 + "1" + ")" * 50 + "}}", "nested too deeply"),
    ],
)  # fmt: skip
def test_parse_tells_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        parse(text, {})
    assert message in caught.value.message
