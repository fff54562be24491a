from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.hcl_texts import PIECES
from packer_core.hcl import lexer
from packer_core.hcl.lexer import tokenize, tokenize_template


def kinds(text: str) -> list[str]:
    return [token.kind for token in tokenize(text)][:-1]


def words(text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokenize(text)][:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", ["word", "=", "number"]),
        ("a-b.c", ["word", ".", "word"]),
        ("1...2", ["number"]),
        ("f(1...)", ["word", "(", "number", "...", ")"]),
        ("# c\r\n// d\n/* e\n*/", ["comment", "comment", "comment"]),
        ("/* e", ["/", "*", "word"]),
        ('"a${b}"', ['"', "quoted", "${", "word", "end {", 'end "']),
        ('"${{}}"', ['"', "${", "{", "}", "end {", 'end "']),
        ('"a~}"', ['"', "quoted", 'end "']),
        ('"%{if a ~}"', ['"', "%{", "word", "word", "end {", 'end "']),
        ('"a\nb"', ['"', "quoted", "quoted newline", "quoted", 'end "']),
        ('"a\nb = 1', ['"', "quoted", "open newline", "word", "=", "number"]),
        ("<<E\na\nE\n", ["heredoc", "text", "end heredoc", "newline"]),
        ("<<E\nE x\nE", ["heredoc", "text", "text"]),
        ("<<E \n", ["<", "<", "word", "newline"]),
        ("<<é²\n", ["<", "<", "word", "bad", "newline"]),
        ("²", ["bad"]),
        ("\r", ["bad"]),
        ("a\u0301 b", ["word", "word"]),
        ("a\u00b2", ["word", "bad"]),
    ],
)
def test_kinds_of_tokens(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"$${a} $b %%{ %c $$"', ['"', "$${", "a} ", "$", "b ", "%%{", " ", "%", "c ", "$"]),
        ("<<E\n$${a}\n$\nE\n", ["<<E\n", "$${", "a}\n", "$\n", "E", "\n"]),
    ],
)
def test_where_literals_are_cut(text: str, expected: list[str]) -> None:
    assert words(text)[: len(expected)] == expected


def test_a_template_without_quotes_is_read_to_its_end() -> None:
    text = 'a "q" \\n ${b("}")} %{if c}$'
    assert [text[token.start : token.end] for token in tokenize_template(text)] == [
        *(
            'a "q" \\n ',
            "${",
            "b",
            "(",
            '"',
            "}",
            '"',
            ")",
            "}",
            " ",
            "%{",
            "if",
            "c",
            "}",
            "$",
            "",
        ),
    ]


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_tokens_and_blanks_make_up_the_text(text: str) -> None:
    position = 0
    for token in tokenize(text):
        assert text[position : token.start].strip(" \t") == ""
        assert token.end > token.start or token.kind == "end"
        position = token.end
    assert position == len(text)


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_a_template_has_no_gaps_outside_of_what_is_filled_in(text: str) -> None:
    tokens = tokenize_template(text)
    assert tokens[-1] == ("end", len(text), len(text))
    assert all(one.end <= two.start for one, two in pairwise(tokens))


def test_a_part_of_a_text_is_read_where_it_stands() -> None:
    text = "xx [1] yy"
    assert tokenize(text, 3, 6) == [("[", 3, 4), ("number", 4, 5), ("]", 5, 6), ("end", 6, 6)]


def test_what_has_too_many_tokens_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexer, "MOST_TOKENS", 10)
    tokens = tokenize("[" * 50)
    assert [token.kind for token in tokens[-2:]] == ["too many", "end"]
    assert len(tokens) == 12
