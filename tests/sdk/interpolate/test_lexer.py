"""From text to tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.interpolate import TemplateSyntaxError
from packer_sdk.interpolate.lexer import locate, tokens


def kinds(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = [(token.kind, token.value) for token in tokens(text)]
    return found[:-1]


def test_tokens_of_every_kind() -> None:
    assert kinds('a{{ f .B $c . "d" `e` \'x\' -1.5e+3 ( ) | := = , }}') == [
        ("text", "a"), ("open", "{{"), ("blank", " "), ("name", "f"), ("blank", " "),
        ("field", ".B"), ("blank", " "), ("variable", "$c"), ("blank", " "), ("dot", "."),
        ("blank", " "), ("string", '"d"'), ("blank", " "), ("string", "`e`"), ("blank", " "),
        ("char", "'x'"), ("blank", " "), ("number", "-1.5e+3"), ("blank", " "), ("operator", "("),
        ("blank", " "), ("operator", ")"), ("blank", " "), ("operator", "|"), ("blank", " "),
        ("operator", ":="), ("blank", " "), ("operator", "="), ("blank", " "), ("operator", ","),
        ("blank", " "), ("close", "}}"),
    ]  # fmt: skip


def test_tokens_trim_the_text_around() -> None:
    assert kinds("a \n{{- .B -}}\t c") == [
        ("text", "a"), ("open", "{{"), ("field", ".B"), ("close", "}}"), ("text", "c"),
    ]  # fmt: skip
    assert kinds("a {{-1}}")[0] == ("text", "a ")


def test_tokens_leave_comments_out() -> None:
    assert kinds("a {{- /* }} {{ */ -}} b{{/**/}}") == [("text", "a"), ("text", "b")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{", "{{ without }}"),
        ("{{ .A", "{{ without }}"),
        ("{{ a {{ }}", "{{ without }}"),
        ("{{/* ", "a comment without an end"),
        ("{{/* */ a}}", "a comment must be all there is between {{ and }}"),
        ('{{"a}}', "a string without an end"),
        ("{{`a}}", "a string without an end"),
        ("{{ @ }}", "unexpected '@'"),
        ('{{upper"a"}}', "a string without an end"),
    ],
)
def test_tokens_tell_what_is_wrong(text: str, message: str) -> None:
    with pytest.raises(TemplateSyntaxError) as caught:
        kinds(text)
    assert message in caught.value.message


@given(st.text(alphabet='ab {}-.$"`/*\n'))
def test_tokens_lie_in_the_text_in_their_order(text: str) -> None:
    try:
        found = list(tokens(text))
    except TemplateSyntaxError:
        return
    offsets = [token.offset for token in found]
    assert offsets == sorted(offsets)
    assert found[-1].kind == "end"


def test_locate_counts_from_one() -> None:
    assert [locate("ab\ncd", offset) for offset in (0, 1, 3, 4)] == [(1, 1), (1, 2), (2, 1), (2, 2)]
