from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.ui.cells import clean, cut, pad, width

# Surrogates too: that is how undecodable bytes travel.
ANY = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("plain", "plain"),
        ("\x1b[1;32mgreen\x1b[0m", "green"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b(Bcharset\x1b=", "charset"),
        ("10%\r20%\r30%", "30%"),
        ("90%\r", "90%"),
        ("a\tb", "a b"),
        ("bell\x07\x08", "bell"),
        ("left\u202eright", "leftright"),
        ("a\u200db", "ab"),
        ("bytes \udcff", "bytes ?"),
        ("a\u2028b", "a b"),
        ("名前", "名前"),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_clean_for_a_narrow_encoding() -> None:
    assert clean("Größe 名", "ascii") == "Gr??e ?"
    assert clean("Größe 名", "iso-8859-1") == "Größe ?"


@pytest.mark.parametrize(
    ("text", "cells"), [("", 0), ("abc", 3), ("名前", 4), ("e\u0301", 1), ("🎉", 2), ("é", 1)]
)
def test_width(text: str, cells: int) -> None:
    assert width(text) == cells


@pytest.mark.parametrize(
    ("text", "cells", "short"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("名前名前", 8, "名前名前"),
        ("名前名前", 7, "名前名…"),
        ("名前名前", 6, "名前…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
        ("abc", -3, ""),
        ("", 0, ""),
    ],
)
def test_cut(text: str, cells: int, short: str) -> None:
    assert cut(text, cells) == short


def test_cut_with_a_long_ellipsis() -> None:
    assert cut("abcdef", 5, "...") == "ab..."
    assert cut("abcdef", 2, "...") == ".."


def test_pad_counts_cells() -> None:
    assert pad("名", 4) == "名  "


@given(ANY, st.integers(-1, 60))
def test_what_is_cut_fits(text: str, cells: int) -> None:
    assert width(cut(clean(text), cells)) <= max(cells, 0)


@given(ANY, st.sampled_from(["utf-8", "ascii", "iso-8859-1", "cp437"]))
def test_what_is_clean_stays_in_its_line(text: str, encoding: str) -> None:
    cleaned = clean(text, encoding)
    assert cleaned.encode(encoding).decode(encoding) == cleaned
    assert not any(char < " " or char == "\x7f" for char in cleaned)
    assert clean(cleaned, encoding) == cleaned
