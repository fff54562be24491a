"""Templates: what stands in quotes, in a heredoc, or in a file of its own.

First the pieces are read in a row, with ``~`` applied to the literal next to it and, for ``<<-``,
the shared indentation taken off; then directives are put together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import mutable_record

from . import nodes
from .cursor import MOST_LEVELS, Mistake
from .expressions import ExpressionReader
from .literals import shared_indentation, unescaped, without_escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .lexer import Token
    from .nodes import Expression, Part
    from .source import Span

_TILDE = 3  # characters of "${~"
_IF = "it is written %{ if condition }…%{ else }…%{ endif }"
_FOR = "it is written %{ for name in collection }…%{ endfor }"
_WORDS = ("if", "else", "endif", "for", "endfor")


@mutable_record
class _Piece:
    """A literal, an interpolation, or one directive, not put together yet."""

    word: str  # "text", "${" or what stands behind "%{"
    span: Span
    text: str = ""
    expression: Expression | None = None
    names: tuple[str | None, str] = (None, "")


class TemplateReader(ExpressionReader):
    """Reads expressions, and strings in them."""

    def template(self) -> nodes.Template | nodes.TemplateWrap:
        """Read a string in quotes or a heredoc.

        Raises:
            Mistake: it cannot be read.
        """
        opening = self.read()
        heredoc = None
        if opening.kind == "heredoc":
            introducer = self.word(opening).strip()
            flush = introducer.startswith("<<-")
            heredoc = nodes.Heredoc(introducer.lstrip("<").removeprefix("-"), flush)
        pieces = list(self._pieces("end " + opening.kind))
        span = self.span(opening.start)
        return self._put_together(pieces, span, heredoc)

    def bare_template(self) -> nodes.Template | nodes.TemplateWrap:
        """Read a whole text as a template.

        Raises:
            Mistake: it cannot be read.
        """
        start = self.token.start
        self.newlines(True)
        pieces = list(self._pieces("end"))
        return self._put_together(pieces, self.span(start, self.token.end), None)

    # -- pieces in a row ------------------------------------------------------------------------

    def _pieces(self, closer: str) -> Iterator[_Piece]:
        opening = self.previous
        before = self.newlines(True)
        last: _Piece | None = None
        trim_next = False
        while self.kind != closer:
            start = self.token
            if start.kind in ("quoted", "text"):
                piece = self._literal(self.read())
                if trim_next:
                    piece.text = piece.text.lstrip()
            elif start.kind in ("${", "%{"):
                if last and last.word == "text" and start.end - start.start == _TILDE:
                    last.text = last.text.rstrip()
                piece = self._filled_in(closer) if start.kind == "${" else self._directive()
            else:
                raise self._unterminated(closer, opening)
            trim_next = piece.word != "text" and self.text[self.previous.start] == "~"
            if last:
                yield last
            last = piece
        if last:
            yield last
        if closer != "end":
            self.newlines(before)
            self.read()

    def _literal(self, token: Token) -> _Piece:
        text = self.word(token)
        if token.kind == "text":
            return _Piece("text", self.at(token), without_escape(text))

        def complain(start: int, end: int, summary: str, hint: str | None) -> None:
            where = self.span(token.start + start, token.start + end)
            self.report(where, summary, hint=hint)

        return _Piece("text", self.at(token), unescaped(text, complain))

    def _filled_in(self, closer: str) -> _Piece:
        opening = self.read()
        before = self.newlines(False)
        expression = self.expression()
        if self.kind != "end {":
            raise self._open_interpolation(opening, closer)
        return self._closed(_Piece("${", self.at(opening), expression=expression), opening, before)

    def _closed(self, piece: _Piece, opening: Token, before: bool) -> _Piece:
        """Read the ``}`` and go back to literals, where newlines are part of the text."""
        self.read()
        piece.span = self.span(opening.start)
        self.newlines(before)
        return piece

    def _directive(self) -> _Piece:
        opening = self.read()
        before = self.newlines(False)
        word = self.word() if self.kind == "word" else ""
        if word not in _WORDS:
            raise Mistake(
                self.token,
                f"unknown directive: {self.word().strip() or 'none'}",
                detail="Behind %{ there is one of " + ", ".join(_WORDS) + ".",
                hint="write %%{ for the two characters themselves",
            )
        self.read()
        piece = _Piece(word, self.at(opening))
        if word == "if":
            piece.expression = self.expression()
        elif word == "for":
            piece.names = self.loop_names()
            piece.expression = self.expression()
        if self.kind != "end {":
            raise Mistake(self.token, f"a }} is missing at the end of the {word}")
        return self._closed(piece, opening, before)

    def _open_interpolation(self, opening: Token, closer: str) -> Mistake:
        in_quotes = closer == 'end "' and self.kind in ('"', 'end "')
        at = opening if in_quotes or self.kind == "end" else self.token
        return Mistake(
            at,
            "the ${ is never closed" if at is opening else "a } is missing after the value",
            hint="write $${ for the two characters themselves, as for a shell script",
        )

    def _unterminated(self, closer: str, opening: Token) -> Mistake:
        self.is_cut_off = self.is_cut_off or self.kind == "end"
        if closer == "end heredoc":
            start = f"It starts in line {self.source.line(opening.start)}."
            hint = "its last line is the marker and nothing else, and ends with a newline"
            return Mistake(self.token, "the heredoc is never closed", detail=start, hint=hint)
        return Mistake(self.token, "the string is never closed", hint='a " is missing')

    # -- put together ---------------------------------------------------------------------------

    def _put_together(
        self, pieces: list[_Piece], span: Span, heredoc: nodes.Heredoc | None
    ) -> nodes.Template | nodes.TemplateWrap:
        if heredoc and heredoc.flush:
            _flush(pieces)
        if len(pieces) == 1 and pieces[0].word == "${" and pieces[0].expression:
            return nodes.TemplateWrap(pieces[0].expression, span)
        return nodes.Template(_Directives(self, pieces).all(), span, heredoc)


class _Directives:
    """Puts pieces together; what is unbalanced is told once and ends the template."""

    def __init__(self, reader: TemplateReader, pieces: list[_Piece]) -> None:
        self.reader = reader
        self.pieces = pieces
        self.index = 0
        self.levels = 0

    def all(self) -> tuple[Part, ...]:
        parts = self._parts()
        if self.index < len(self.pieces):
            piece = self.pieces[self.index]
            self._complain(piece.span, f"%{{ {piece.word} }} without its beginning", piece.word)
        return parts

    def _complain(self, span: Span, summary: str, word: str) -> None:
        self.reader.report(span, summary, hint=_FOR if word == "endfor" else _IF)
        self.index = len(self.pieces)

    def _parts(self) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.index < len(self.pieces):
            piece = self.pieces[self.index]
            if piece.word == "text":
                parts += self._text()
            elif piece.word == "${":
                self.index += 1
                assert piece.expression
                parts.append(nodes.Interpolation(piece.expression, piece.span))
            elif piece.word in ("if", "for"):
                parts.append(self._nested(piece))
            else:
                break
        return tuple(parts)

    def _text(self) -> Iterator[Part]:
        """Make one part of literals in a row; of nothing, none."""
        first = last = self.pieces[self.index]
        texts = []
        while self._next() == "text":
            last = self.pieces[self.index]
            texts.append(last.text)
            self.index += 1
        text = "".join(texts)
        if text:
            yield nodes.Text(text, first.span.to(last.span))

    def _nested(self, piece: _Piece) -> Part:
        self.levels += 1
        if self.levels > MOST_LEVELS:
            self._complain(piece.span, f"nested deeper than {MOST_LEVELS} levels", piece.word)
            return nodes.Text("", piece.span)
        self.index += 1
        part = self._if(piece) if piece.word == "if" else self._for(piece)
        self.levels -= 1
        return part

    def _if(self, opening: _Piece) -> Part:
        then = self._parts()
        otherwise: tuple[Part, ...] = ()
        if self._next() == "else":
            self.index += 1
            otherwise = self._parts()
        span = self._end(opening, "endif")
        assert opening.expression
        return nodes.IfDirective(opening.expression, then, otherwise, span)

    def _for(self, opening: _Piece) -> Part:
        body = self._parts()
        span = self._end(opening, "endfor")
        assert opening.expression
        key, value = opening.names
        return nodes.ForDirective(key, value, opening.expression, body, span)

    def _next(self) -> str:
        return self.pieces[self.index].word if self.index < len(self.pieces) else ""

    def _end(self, opening: _Piece, word: str) -> Span:
        found = self._next()
        if found == word:
            self.index += 1
            return opening.span.to(self.pieces[self.index - 1].span)
        if found:
            piece = self.pieces[self.index]
            summary = f"%{{ {found} }} where %{{ {word} }} has to come"
            self._complain(piece.span, summary, word)
        else:
            summary = f"the %{{ {opening.word} }} of line {opening.span.line} is never ended"
            self._complain(self.reader.at(self.reader.previous), summary, word)
        return opening.span


def _flush(pieces: list[_Piece]) -> None:
    """Take off the indentation that all lines share (``<<-``)."""
    firsts: list[_Piece] = []
    at_start = True
    for piece in pieces:
        if at_start:
            firsts.append(piece)
        at_start = piece.word == "text" and piece.text.endswith("\n")
    starts = [piece.text if piece.word == "text" else None for piece in firsts]
    width = shared_indentation(starts)
    for piece in firsts:
        if piece.word == "text" and (piece.text.strip() or not piece.text.endswith("\n")):
            piece.text = piece.text[width:]
