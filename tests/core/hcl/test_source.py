from __future__ import annotations

import pytest

from packer_core.diagnostics import Place
from packer_core.hcl.graphemes import count
from packer_core.hcl.source import Source, Span

TEXT = "ab\r\ncdé\n\n📦x"


@pytest.mark.parametrize(
    ("offset", "line", "column", "byte"),
    [(0, 1, 1, 0), (3, 1, 4, 3), (4, 2, 1, 4), (6, 2, 3, 6), (8, 3, 1, 9), (10, 4, 2, 14)],
)
def test_an_offset_has_a_line_a_column_and_a_byte(
    offset: int, line: int, column: int, byte: int
) -> None:
    source = Source("x", TEXT)
    assert (source.line(offset), source.column(offset), source.byte(offset)) == (line, column, byte)


def test_lines_are_shown_without_their_ends() -> None:
    source = Source("x", TEXT)
    assert [source.line_text(number) for number in (1, 2, 3, 4)] == ["ab", "cdé", "", "📦x"]
    assert source.start_of_line(2) == 4


def test_a_span_on_one_line_is_a_place() -> None:
    assert Span(Source("x", TEXT), 5, 7).place == Place("x", 2, 2, 2, "cdé")


def test_a_span_over_lines_has_an_end() -> None:
    place = Span(Source("x", TEXT), 1, 10).place
    assert place == Place("x", 1, 2, 1, "ab", end_line=4, end_column=1, end_text="📦x")


def test_a_span_of_nothing_is_a_place_of_one_character() -> None:
    assert Span(Source("x", TEXT), len(TEXT), len(TEXT)).place == Place("x", 4, 3, 1, "📦x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("abc", 3),
        ("a\r\nb", 3),
        ("e\u0301", 1),
        ("🇩🇪🇫🇷", 2),
        ("👩\u200d👩\u200d👧", 1),
        ("👍🏽", 1),
        ("\u1100\u1161\u11a8", 1),
        ("\uac00\u11a8", 1),
        ("\uac00\ub098", 2),
    ],
)
def test_what_a_reader_takes_for_one_character_counts_once(text: str, expected: int) -> None:
    assert count(text) == expected


def test_grapheme_columns() -> None:
    assert Source("x", "e\u0301x = 1").grapheme_column(2) == 2
