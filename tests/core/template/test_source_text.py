from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packer_core.template.source_text import SourceText

LINES = st.text(st.sampled_from("ab é\t\x0c\x85\u2028\r\n"))


@given(LINES, st.data())
def test_offset_is_found_again_from_line_and_column(text: str, data: st.DataObject) -> None:
    source = SourceText("box.json", text)
    offset = data.draw(st.integers(0, len(text)))
    line, column = source.line_and_column(offset)
    assert sum(len(part) + 1 for part in text.split("\n")[: line - 1]) + column - 1 == offset


@given(LINES, st.data())
def test_place_never_reaches_beyond_its_line(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    place = SourceText("box.json", text).place(start, end)
    assert place.length >= 1
    assert "\n" not in place.text
    assert place.column - 1 + place.length <= max(len(place.text), place.column)


def test_place_of_several_lines_is_cut_at_the_first() -> None:
    place = SourceText("box.json", "ab\r\ncdef\r\nghi").place(5, 12)
    assert (place.line, place.column, place.length, place.text) == (2, 2, 3, "cdef")


def test_line_ends_are_line_feeds_only() -> None:
    source = SourceText("box.json", "a\x0cb\u2028c\x85d\re\nf")
    assert source.line_and_column(9) == (1, 10)
    assert source.line_and_column(10) == (2, 1)
