"""Templates are laid out here as by HashiCorp's hclwrite, to the blank (go/hclformat)."""

from __future__ import annotations

import base64
import json
import subprocess
from random import Random
from typing import TYPE_CHECKING

import pytest

from helpers.hcl_texts import expressions, mutants, templates
from packer_core.hcl.lexer import tokenize
from packer_core.hcl.parser import parse_file
from packer_core.hcl.printer import format_text
from packer_core.hcl.source import Source

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = 4_000


def ask(judge: Path, texts: list[str]) -> list[dict[str, str]]:
    questions = [{"text": base64.b64encode(text.encode()).decode()} for text in texts]
    asked = "\n".join(json.dumps(question) for question in questions)
    done = subprocess.run([judge], input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def with_other_blanks(text: str, random: Random) -> str:
    chosen = ("", " ", " ", "  ", "\t")
    return "".join(random.choice(chosen) if letter == " " else letter for letter in text)


def some_texts() -> list[str]:
    random = Random(20261122)
    texts = [*templates(), *mutants(TEXTS, random), *expressions(TEXTS, random)]
    return texts + [with_other_blanks(text, random) for text in texts]


@pytest.mark.long
def test_tidy_texts_are_the_same(hclformat: Path) -> None:
    texts = [text for text in some_texts() if not parse_file(text, "x").diagnostics]
    assert len(texts) > TEXTS
    different = [
        text
        for text, judged in zip(texts, ask(hclformat, texts), strict=True)
        if base64.b64decode(judged["formatted"] or "").decode() != format_text(text)
    ]
    assert different == []


def test_tokens_start_on_the_same_lines_and_columns(hclformat: Path) -> None:
    random = Random(20261122)
    texts = [text for text in templates() if not text.startswith("\ufeff")]
    texts += ['é́ = "🇩🇪🇫🇷" # 👩\u200d👩\u200d👧\n가 = 1\r\n', *expressions(TEXTS, random)]
    texts = [text for text in texts if not parse_file(text, "x").diagnostics]
    for text, judged in zip(texts, ask(hclformat, texts), strict=True):
        source = Source("x", text)
        # Of pieces of one literal only the first is looked at: how Go cuts some is its own affair.
        ours = {
            (source.line(token.start), source.grapheme_column(token.start))
            for token in tokenize(text)
            if token.kind not in ("quoted", "text")
        }
        assert ours - {tuple(place) for place in judged["places"]} <= {end_of(source)}, text


def end_of(source: Source) -> tuple[int, int]:
    end = len(source.text)
    return source.line(end), source.grapheme_column(end)
