"""Tidy text: the one layout HCL is written in.

Only blanks between tokens change, so neither the meaning nor a comment can get lost. A line, as
this module sees it, ends at a newline token (a heredoc is part of the line it starts on) and has
up to three cells: what stands in front of an ``=``, the ``=`` with its value, a comment at the end.
Three steps, on all lines at once: indentation by open brackets, blanks between pairs of tokens,
then ``=`` and comments of neighbouring lines below each other.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .graphemes import count
from .lexer import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_INDENT = 2
_OPENING = frozenset(("{", "[", "(", "${", "%{"))
_CLOSING = frozenset(("}", "]", ")", "end {"))
_LITERAL_BEFORE = frozenset(("quoted", "text", '"', "heredoc"))
_LITERAL_AFTER = frozenset(("quoted", "text", 'end "', "end heredoc"))
_SIGN_FOLLOWS = frozenset(("", "(", "{", "[", "=", ":", ",", "?", "+", "*", "/", "%", "-"))
_SIGN_FOLLOWS |= frozenset(("==", "!=", ">", ">=", "<", "<=", "&&", "||", "!"))


@dataclass(slots=True)
class _Piece:
    """A token with the number of blanks in front of it."""

    kind: str
    text: str
    before: int

    @property
    def bracket(self) -> int:
        """1 if it opens something, -1 if it closes something."""
        return (self.kind in _OPENING) - (self.kind in _CLOSING)

    @property
    def ends_line(self) -> bool:
        return self.kind == "newline" or (self.kind == "comment" and self.text.endswith("\n"))


@dataclass(slots=True)
class _Line:
    """A line in its cells; the last two may be empty."""

    lead: list[_Piece]
    assign: list[_Piece] = field(default_factory=list)
    comment: list[_Piece] = field(default_factory=list)


def format_text(text: str) -> str:
    """Return a text in its tidy form; twice is the same as once.

    Args:
        text: It has to be free of syntax errors (`packer_core.hcl.parser.parse_file`).
    """
    pieces = _pieces(text.removeprefix("\ufeff"))  # nobody misses a byte order mark
    lines = [_cells(line) for line in _split(pieces)]
    _indent(lines)
    for line in lines:
        _space(line.lead)
        _space(line.assign)
    _align(lines, lambda line: line.assign, lambda line: line.lead)
    _align(lines, lambda line: line.comment, lambda line: [*line.lead, *line.assign])
    return "".join(" " * piece.before + piece.text for piece in pieces)


def _pieces(text: str) -> list[_Piece]:
    pieces = []
    end = 0
    for token in tokenize(text)[:-1]:
        pieces.append(_Piece(token.kind, text[token.start : token.end], token.start - end))
        end = token.end
    return pieces


def _split(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    line: list[_Piece] = []
    for piece in pieces:
        line.append(piece)
        if piece.ends_line:
            yield line
            line = []
    if line:
        yield line


def _cells(pieces: list[_Piece]) -> _Line:
    line = _Line(pieces)
    if len(pieces) > 1 and pieces[-1].kind == "comment":
        line.lead, line.comment = pieces[:-1], pieces[-1:]
    equals = [index for index, piece in enumerate(line.lead) if piece.kind == "=" and index]
    # A value that opens more than it closes goes on below: nothing to put a neighbour's = under.
    if equals and sum(piece.bracket for piece in line.lead[equals[0] :]) == 0:
        line.lead, line.assign = line.lead[: equals[0]], line.lead[equals[0] :]
    return line


def _indent(lines: Iterable[_Line]) -> None:
    levels: list[int] = []  # how many brackets each line that opened some has still open
    for line in lines:
        first = line.lead[0]
        if first.kind == "newline":
            first.before = 0
            continue
        change = _net(line)
        if change < 0:
            _close(levels, -change)
        first.before = _INDENT * len(levels)
        if change > 0:
            levels.append(change)


def _net(line: _Line) -> int:
    net = 0
    for piece in line.lead:
        if piece.kind == "heredoc":
            break
        net += piece.bracket
    return net + sum(piece.bracket for piece in line.assign)


def _close(levels: list[int], closed: int) -> None:
    while closed and levels:
        step = min(closed, levels[-1])
        closed -= step
        levels[-1] -= step
        if not levels[-1]:
            levels.pop()


def _space(pieces: Sequence[_Piece]) -> None:
    if pieces and pieces[0].kind == "=":
        pieces[0].before = 1
    before = ""
    for piece, after in itertools.pairwise(pieces):
        after.before = int(_apart(before, piece, after))
        before = piece.kind


def _apart(before: str, piece: _Piece, after: _Piece) -> bool:
    """Whether there is a blank between two tokens; `before` is the kind of the one in front."""
    this, following = piece.kind, after.kind
    verdict = _joined_or_apart(this, following)
    if verdict is not None:
        return verdict
    if this == "word" and piece.text == "in" and before == "word":
        return True  # "for x in [a]" is no index
    if following == "[" and (this in ("word", "number") or piece.bracket < 0):
        return False
    if this == "!":
        return False
    if this == "-":
        return before not in _SIGN_FOLLOWS
    return _apart_at_brackets(piece, after)


def _joined_or_apart(this: str, following: str) -> bool | None:
    """Decide by two kinds alone, if that is enough."""
    if following == "newline" or "." in (this, following):
        return False
    if (this, following) in (("word", "("), ("word", "::"), ("::", "word")):
        return False
    if following in (",", "..."):
        return False
    if this == ",":
        return True
    if this in _LITERAL_BEFORE or following in _LITERAL_AFTER:
        return False
    return None


def _apart_at_brackets(piece: _Piece, after: _Piece) -> bool:
    this, following = piece.kind, after.kind
    if this == "{" or following == "}":
        return (this, following) != ("{", "}")
    if this in ("${", "%{") and following == "{":
        return True
    if (this, following) == ("}", "end {"):
        return True
    if this == "end {" and following in ("${", "%{"):
        return False
    return piece.bracket <= 0 and after.bracket >= 0


def _align(
    lines: Iterable[_Line],
    cell: Callable[[_Line], list[_Piece]],
    in_front: Callable[[_Line], list[_Piece]],
) -> None:
    """Put a cell of neighbouring lines that have it one blank behind the longest in front."""
    run: list[tuple[_Piece, int]] = []
    for line in lines:
        if cell(line):
            run.append((cell(line)[0], _columns(in_front(line))))
        elif run:
            _put_below_each_other(run)
            run = []
    _put_below_each_other(run)


def _put_below_each_other(run: Sequence[tuple[_Piece, int]]) -> None:
    widest = max((columns for _, columns in run), default=0)
    for piece, columns in run:
        piece.before = widest - columns + 1


def _columns(pieces: Iterable[_Piece]) -> int:
    return sum(piece.before + count(piece.text) for piece in pieces)
