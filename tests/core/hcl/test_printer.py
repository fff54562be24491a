from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.hcl_texts import expressions, mutant, templates
from packer_core.hcl.lexer import tokenize
from packer_core.hcl.parser import parse_file
from packer_core.hcl.printer import format_text

CASES = {
    "nothing": ("", ""),
    "blanks around =": ("a=1\n", "a = 1\n"),
    "tabs": ("a\t=\t1\n", "a = 1\n"),
    "no newline at the end": ("a  =  1", "a = 1"),
    "neighbours are aligned": ("a=1\nlong=2\n", "a    = 1\nlong = 2\n"),
    "an empty line parts neighbours": ("a=1\n\nlong=2\n", "a = 1\n\nlong = 2\n"),
    "a value that goes on parts neighbours": (
        "a=1\nlong=[\n2\n]\nb=3\n",
        "a = 1\nlong = [\n  2\n]\nb = 3\n",
    ),
    "a comment parts arguments": ("a=1\n# x\nlong=2\n", "a = 1\n# x\nlong = 2\n"),
    "comments are aligned": ("a=1 #x\nbb=222 # y\n", "a  = 1   #x\nbb = 222 # y\n"),
    "blocks are indented": ("a {\nb {\nc=1\n}\n}\n", "a {\n  b {\n    c = 1\n  }\n}\n"),
    "an empty block": ("a {   }\n", "a {}\n"),
    "a block on one line": ("a {b=1}\n", "a { b = 1 }\n"),
    "two brackets on a line are one level": ("a=[{\nb=1\n}]\n", "a = [{\n  b = 1\n}]\n"),
    "blank lines lose their blanks": ("a=1\n   \nb=2\n", "a = 1\n\nb = 2\n"),
    "blanks at the end go": ("a = 1   \n", "a = 1\n"),
    "calls": ("a=f( b ,c )\n", "a = f(b, c)\n"),
    "dots": ("a=b . c [ 0 ]\n", "a = b.c[0]\n"),
    "signs": ("a=- b\nc=d -e\nf=[-1,- 2]\n", "a = -b\nc = d - e\nf = [-1, -2]\n"),
    "not": ("a=! b\n", "a = !b\n"),
    "for in a list": ("a=[for x in[1]:x]\n", "a = [for x in [1] : x]\n"),
    "conditional": ("a=b?c:d\n", "a = b ? c : d\n"),
    "dots behind the last argument": ("a=f(b ...)\n", "a = f(b...)\n"),
    "object on one line": ("a={b=1,c=2}\n", "a = { b = 1, c = 2 }\n"),
    "in strings": ('a="x ${ b } y"\n', 'a = "x ${b} y"\n'),
    "object in a string": ('a="${{b=1}}"\n', 'a = "${ { b = 1 } }"\n'),
    "heredocs stay": ("a=<<E\n  x  \n\tE2\nE\n", "a = <<E\n  x  \n\tE2\nE\n"),
    "in heredocs": ("a=<<E\n${ b }\nE\n", "a = <<E\n${b}\nE\n"),
    "carriage returns": ("a=1\r\nb {\r\nc=2\r\n}\r\n", "a = 1\r\nb {\r\n  c = 2\r\n}\r\n"),
    "a byte order mark goes": ("\ufeffa=1\n", "a = 1\n"),
    "wide letters": ("ü=1 # x\nab=2 # y\n", "ü  = 1 # x\nab = 2 # y\n"),
}


@pytest.mark.parametrize(("untidy", "tidy"), CASES.values(), ids=CASES)
def test_a_text_is_laid_out(untidy: str, tidy: str) -> None:
    assert format_text(untidy) == tidy


@pytest.mark.parametrize("text", [*(tidy for _, tidy in CASES.values()), *templates()])
def test_a_tidy_text_stays(text: str) -> None:
    assert format_text(format_text(text)) == format_text(text)


@given(st.integers(min_value=0))
def test_meaning_and_comments_stay(seed: int) -> None:
    random = Random(seed)
    text = mutant(random.choice(templates()), random)
    text = next(iter(expressions(1, random))) + _other_blanks(text, random)
    file = parse_file(text, "x")
    if file.diagnostics:
        return
    tidy = format_text(text)
    assert parse_file(tidy, "x").body == file.body
    assert _words(tidy) == _words(text)
    assert format_text(tidy) == tidy


def _other_blanks(text: str, random: Random) -> str:
    chosen = ("", " ", " ", "  ", "\t")
    return "".join(random.choice(chosen) if letter == " " else letter for letter in text)


def _words(text: str) -> list[str]:
    """Everything but blanks between tokens."""
    return [text[token.start : token.end] for token in tokenize(text)]
