"""From a stream of bytes to lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.lines import LineWriter


def lines_of(*pieces: bytes) -> list[str]:
    lines: list[str] = []
    writer = LineWriter(lines.append)
    for piece in pieces:
        assert writer.write(piece) == len(piece)
    writer.flush()
    writer.close()
    return lines


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\n\r\nb", ["a", "", "b"]),
        (b"10%\r50%\r100%\ndone", ["100%", "done"]),
        (b"10%\r50%\r", ["50%"]),
        (b"caf\xc3\xa9 \xff!\xc3", ["café \ufffd!\ufffd"]),
        (b"\n", [""]),
    ],
)
def test_lines(data: bytes, lines: list[str]) -> None:
    assert lines_of(data) == lines


@given(st.binary(max_size=50), st.data())
def test_lines_do_not_depend_on_where_the_bytes_are_cut(data: bytes, draw: st.DataObject) -> None:
    cut = draw.draw(st.integers(0, len(data)))
    assert lines_of(data[:cut], data[cut:]) == lines_of(data)


def test_a_line_without_end_comes_in_pieces() -> None:
    lines = lines_of(b"x" * 200_000)
    assert "".join(lines) == "x" * 200_000
    assert len(lines) == 4


def test_closed_writer_starts_anew() -> None:
    lines: list[str] = []
    writer = LineWriter(lines.append)
    writer.write(b"a\xc3")
    writer.close()
    writer.as_file().write(b"b\n")
    writer.close()
    assert lines == ["a\ufffd", "b"]


def test_lines_of_one_piece_are_shown_together_if_that_is_wished() -> None:
    shown: list[str] = []
    writer = LineWriter(shown.append, together=True)
    writer.write(b"a\nb\nc")
    writer.write(b"d\n")
    writer.close()
    assert shown == ["a\nb", "cd"]


def test_lines_shown_together_are_never_too_many() -> None:
    shown: list[str] = []
    line = "x" * 999
    LineWriter(shown.append, together=True).write((line + "\n").encode() * 100)
    assert "\n".join(shown).split("\n") == [line] * 100
    assert 1 < len(shown) < 10
    assert max(map(len, shown)) <= 32 * 1024
