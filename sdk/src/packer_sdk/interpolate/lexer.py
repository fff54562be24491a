"""From text to tokens: the lexical rules of Go's text/template.

Blanks are tokens inside an action, because Go wants them between arguments: ``{{f "a"}}`` is a
call, ``{{f"a"}}`` an error. Trim markers (``{{-`` and ``-}}``) are dealt with here and leave no
trace but shorter text.
"""

from __future__ import annotations

import re

from packer_sdk.records import record

from .context import TemplateSyntaxError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    Kind = Literal[
        "text", "open", "close", "blank", "name", "field", "variable", "dot",
        "string", "number", "char", "operator", "end",
    ]  # fmt: skip

_BLANKS = " \t\r\n"
_OPEN, _CLOSE = "{{", "}}"
_COMMENT_OPEN, _COMMENT_CLOSE = "/*", "*/"
_TOKENS = re.compile(
    r"""
      (?P<blank>    [ \t\r\n]+ )
    | (?P<string>   "(?:[^"\\\n]|\\.)*" | `[^`]*` )
    | (?P<char>     '(?:[^'\\\n]|\\.)+' )
    | (?P<number>   [+-]?(?:[0-9]|\.[0-9])(?:[eEpP][+-]|[\w.])* )
    | (?P<field>    \.\w+ )
    | (?P<variable> \$\w* )
    | (?P<name>     \w+ )
    | (?P<dot>      \. )
    | (?P<operator> :=|[=|(),] )
    """,
    re.VERBOSE,
)
# What may stand right behind a word; strings and brackets need nothing.
_WORDS = frozenset({"field", "variable", "name", "dot"})
_MAY_FOLLOW = re.compile(r"[ \t\r\n.,|:()]|\}\}|\Z")


@record
class Token:
    """One token; ``offset`` is its place in the text, in characters."""

    kind: Kind
    value: str
    offset: int


def syntax_error(
    text: str, offset: int, message: str, hint: str | None = None
) -> TemplateSyntaxError:
    """Return an error that knows its place."""
    line, column = locate(text, offset)
    return TemplateSyntaxError(message, line=line, column=column, hint=hint)


def locate(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def tokens(text: str) -> Iterator[Token]:
    """Cut a text into tokens; the last one is of kind ``end``.

    Raises:
        TemplateSyntaxError: there is something no token can start with.
    """
    return _Lexer(text).tokens()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._trims = False  # whether the tag just read ends in a trim marker

    def tokens(self) -> Iterator[Token]:
        text = self._text
        while (opening := text.find(_OPEN, self._position)) >= 0:
            inside = opening + len(_OPEN)
            # A minus sign without a blank is the sign of a number.
            trims = text[inside : inside + 1] == "-" and _is_blank(text[inside + 1 : inside + 2])
            yield from self._plain_text(opening, trims_end=trims)
            self._position = inside + 2 if trims else inside
            if text.startswith(_COMMENT_OPEN, self._position):
                self._skip_comment(opening)
            else:
                yield Token("open", _OPEN, opening)
                yield from self._action(opening)
        yield from self._plain_text(len(text), trims_end=False)
        yield Token("end", "", len(text))

    def _plain_text(self, end: int, *, trims_end: bool) -> Iterator[Token]:
        start, value = self._position, self._text[self._position : end]
        if self._trims:
            value = value.lstrip(_BLANKS)
        if trims_end:
            value = value.rstrip(_BLANKS)
        if value:
            yield Token("text", value, start)

    def _skip_comment(self, opening: int) -> None:
        end = self._text.find(_COMMENT_CLOSE, self._position + len(_COMMENT_OPEN))
        if end < 0:
            raise syntax_error(self._text, opening, "a comment without an end")
        if not self._closes(end + len(_COMMENT_CLOSE)):
            raise syntax_error(
                self._text, opening, "a comment must be all there is between {{ and }}"
            )

    def _action(self, opening: int) -> Iterator[Token]:
        """Yield the tokens of one action, up to and including its end."""
        while True:
            start = self._position
            if self._closes(start):
                yield Token("close", _CLOSE, start)
                return
            match = _TOKENS.match(self._text, start)
            if match is None or match.lastgroup is None:
                raise self._no_token(opening)
            kind: Kind = match.lastgroup  # type: ignore[assignment]  # the groups are kinds
            self._position = match.end()
            if kind in _WORDS and not _MAY_FOLLOW.match(self._text, self._position):
                raise self._no_token(opening)
            yield Token(kind, match[0], start)

    def _closes(self, position: int) -> bool:
        """Whether the tag ends here, with or without trim marker; if so, go behind it."""
        for marker, trims in ((_CLOSE, False), *((f"{blank}-}}}}", True) for blank in _BLANKS)):
            if self._text.startswith(marker, position):
                self._position, self._trims = position + len(marker), trims
                return True
        return False

    def _no_token(self, opening: int) -> TemplateSyntaxError:
        rest = self._text[self._position : self._position + 1]
        if not rest or _OPEN in self._text[opening + len(_OPEN) : self._position + 2]:
            return syntax_error(self._text, opening, "{{ without }}")
        if rest in "\"`'":
            return syntax_error(self._text, self._position, "a string without an end")
        return syntax_error(self._text, self._position, f"unexpected {rest!r}")


def _is_blank(character: str) -> bool:
    return character != "" and character in _BLANKS
