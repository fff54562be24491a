"""From text to tokens. Every character belongs to a token or is a blank between two.

A quoted string, a heredoc and what stands between ``${`` and ``}`` are read by rules of their
own, so the lexer keeps a stack of where it is: every mode has one regular expression, and reading
is linear in the length of the text.

The cuts are those of HCL's own scanner where they can be seen: what a ``~`` trims and how
``<<-`` counts blanks depends on where one literal ends and the next begins.
"""

from __future__ import annotations

import re
from typing import NamedTuple

MOST_TOKENS = 2_000_000
"""How many tokens are read: more than a quarter of a million lines. It bounds the memory."""

# Everything beyond ASCII may be in a name at first; `_end_of_word` knows better. The classes leave
# ASCII out instead of naming the rest, since compiling that takes longer than reading a template.
_NAME = r"[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x2c\x2e\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*+"

_MAIN = re.compile(
    rf"""
    [ \t]*+ (?:
        (?P<word>      {_NAME} )
      | (?P<newline>   \r?\n )
      | (?P<quote>     " )
      | (?P<comment>   (?: \# | // )[^\n]*+\n?+ | /\*(?s:.*?)\*/ )
      | (?P<number>    [0-9](?:(?:[eE][+-]?[0-9]|[0-9.])*(?:[eE][+-]?[0-9]|[0-9]))? )
      | (?P<heredoc>   <<-?{_NAME}\r?\n )
      | (?P<close>     ~?\}} )
      | (?P<open>      \{{ )
      | (?P<mark>      ==|!=|>=|<=|&&|\|\||::|\.\.\.|=>|[\[\]().,*/%+\-=<>!?:&|~^;`'] )
      | (?P<end>       \Z )
      | (?P<bad>       (?s:.) )
    )""",
    re.VERBOSE,
)
_QUOTED = re.compile(
    r"""
        (?P<literal>  (?: \\[^\r\n] | [^$%"\\\r\n] )++ | \$\$\{~? | %%\{~? | [$%](?!\{) )
      | (?P<interp>   \$\{~? )
      | (?P<control>  %\{~? )
      | (?P<quote>    " )
      | (?P<newline>  [\r\n]++ )
      | (?P<bad>      (?s:.) )
    """,
    re.VERBOSE,
)
# What follows a string whose closing quote was forgotten, hardly what goes on in a longer one.
_NEXT_ITEM = r'[ \t\r\n]*+(?:[A-Za-z_][\w-]*+[ \t]*+(?:=|\{|"[^"\n]*+"[ \t]*+["{])|[}\])]|\Z)'
_HEREDOC = re.compile(
    r"""
        (?P<line>     (?: \$\$\{~? | %%\{~? | [$%](?!\{) | [^$%\r\n]++ )? \r?\n )
      | (?P<literal>  \$\$\{~? | %%\{~? | [$%](?!\{) | [^$%\r\n]++ )
      | (?P<interp>   \$\{~? )
      | (?P<control>  %\{~? )
    """,
    re.VERBOSE,
)
_BARE = (
    r"(?P<literal>(?:\$\$\{~?|%%\{~?|[$%](?!\{)|[^$%\r\n]++)(?:\r?\n)?|\r?\n|\r)"
    r"|(?P<interp>\$\{~?)|(?P<control>%\{~?)"
)
"""Compiled by who needs it: a template without quotes is a rare thing."""


class Token(NamedTuple):
    """A token.

    Attributes:
        kind: What a mark is written as (``{``, ``==``), or a word: ``word``, ``number``,
            ``newline``, ``comment`` (one that starts with ``#`` or ``//`` takes the end of its
            line with it), ``"`` and ``end "``, ``heredoc`` and ``end heredoc``, ``quoted``
            (literal in quotes), ``text`` (literal elsewhere), ``${``, ``%{``, ``end {`` (of these
            two), ``bad``, ``quoted newline``, ``open newline`` (of a string that was
            not closed, as far as one can guess), ``too many`` (the rest), ``end`` (of the file).
        start: Offset of its first character.
        end: Offset behind its last character.
    """

    kind: str
    start: int
    end: int


def tokenize(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of a file or an expression; the last one is always ``end``."""
    return _Lexer(text, start, len(text) if end is None else end).run(bare=False)


def tokenize_template(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """Return the tokens of a template without quotes around it."""
    return _Lexer(text, start, len(text) if end is None else end).run(bare=True)


class _Lexer:
    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.position = start
        self.stop = end
        self.tokens: list[Token] = []
        self._braces = 0
        self._returns: list[int] = []  # how many braces are open where a ${ started
        self._heredocs: list[str] = []
        self._line_starts: list[bool] = []  # of each heredoc: nothing stood on this line yet

    def run(self, *, bare: bool) -> list[Token]:
        # What runs is on a stack: nesting has no limit here, the parser has one.
        stack = ["bare" if bare else "main"]
        step = {
            "main": self._main,
            "quoted": self._quoted,
            "heredoc": self._heredoc,
            "bare": self._bare,
        }
        while stack:
            following = step[stack[-1]]()
            if following == "back":
                stack.pop()
            elif following:
                stack.append(following)
            else:
                break
        self._put("end", self.stop, self.stop)
        return self.tokens

    def _put(self, kind: str, start: int, end: int) -> None:
        self.tokens.append(Token(kind, start, end))
        self.position = end

    def _main(self) -> str:
        text, put, match, stop = self.text, self.tokens.append, _MAIN.match, self.stop
        new = tuple.__new__  # half the time of calling Token, and this loop is most of a parse
        position = self.position
        while len(self.tokens) < MOST_TOKENS:
            found = match(text, position, stop)
            assert found, "the last alternatives take any character and the end"
            kind = found.lastgroup or ""
            start, position = found.span(kind)
            if kind == "word":
                if not text[start:position].isascii():
                    position = _end_of_word(text, start, position)
                if position == start:
                    kind, position = "bad", start + 1
                put(new(Token, (kind, start, position)))
            elif kind in ("newline", "number", "comment", "bad"):
                put(new(Token, (kind, start, position)))
            elif kind == "mark":
                put(new(Token, (text[start:position], start, position)))
            else:
                self.position = position
                following = self._structure(kind, start, position)
                position = self.position
                if following != "on":
                    return following
        self._put("too many", position, stop)
        return ""

    def _structure(self, kind: str, start: int, end: int) -> str:
        """Handle what opens or closes something; return what goes on: a mode, "back" or "on"."""
        if kind == "end":
            return ""
        if kind == "quote":
            self._put('"', start, end)
            return "quoted"
        if kind == "heredoc":
            return self._open_heredoc(start, end)
        if kind == "open":
            self._braces += 1
            self._put("{", start, end)
            return "on"
        return self._close(start, end)

    def _close(self, start: int, end: int) -> str:
        ours = bool(self._returns) and self._returns[-1] == self._braces
        self._braces -= 1
        if ours:
            self._returns.pop()
        # "~}" that closes no "${" is told as such by the parser.
        self._put("end {" if ours or end - start == 2 else "}", start, end)
        return "back" if ours else "on"

    def _open_heredoc(self, start: int, end: int) -> str:
        marker = self.text[start + 2 : end].removeprefix("-").rstrip("\r\n")
        length = _end_of_word(self.text, end - len(self.text[start + 2 : end].lstrip("-")), end)
        if self.text[length:end].rstrip("\r\n"):
            self._put("<", start, start + 1)
            self._put("<", start + 1, start + 2)
            return "on"
        self._put("heredoc", start, end)
        self._heredocs.append(marker)
        self._line_starts.append(True)
        return "heredoc"

    def _enter(self, kind: str, start: int, end: int) -> str:
        self._put("${" if kind == "interp" else "%{", start, end)
        self._braces += 1
        self._returns.append(self._braces)
        if self._line_starts:
            self._line_starts[-1] = False
        return "main"

    def _quoted(self) -> str:
        while found := _QUOTED.match(self.text, self.position, self.stop):
            kind = found.lastgroup or ""
            start, end = found.span()
            if kind == "literal":
                if self._cut_off(start, end):
                    return ""
                self._put("quoted", start, end)
            elif kind == "quote":
                self._put('end "', start, end)
                return "back"
            elif kind in ("interp", "control"):
                return self._enter(kind, start, end)
            elif kind == "newline" and re.compile(_NEXT_ITEM).match(self.text, end):
                self._put("open newline", start, end)
                return "back"
            else:
                self._put("bad" if kind == "bad" else "quoted newline", start, end)
        return ""

    def _cut_off(self, start: int, end: int) -> bool:
        """Whether the text ends in the middle of a literal: after ``$`` there has to be more."""
        if end < self.stop or self.text[start] not in "$%" or end - start > 1:
            return False
        self._put("bad", start, end)
        return True

    def _heredoc(self) -> str:
        while found := _HEREDOC.match(self.text, self.position, self.stop):
            kind = found.lastgroup or ""
            start, end = found.span()
            if kind == "line":
                if self._line_starts[-1] and self._is_marker(start, end):
                    return "back"
                self._line_starts[-1] = True
                self._put("text", start, end)
            elif kind == "literal":
                if self._cut_off(start, end):
                    return ""
                self._line_starts[-1] = False
                self._put("text", start, end)
            else:
                return self._enter(kind, start, end)
        if self.position < self.stop:
            self._put("bad", self.position, self.stop)  # a CR alone: nothing of it can be read
        return ""

    def _is_marker(self, start: int, end: int) -> bool:
        line = self.text[start:end]
        if line.strip(" \t\r\n\v\f\x85\xa0") != self._heredocs[-1]:
            return False
        newline = end - 2 if line.endswith("\r\n") else end - 1
        self._put("end heredoc", start, newline)
        self._put("newline", newline, end)
        self._heredocs.pop()
        self._line_starts.pop()
        return True

    def _bare(self) -> str:
        match = re.compile(_BARE).match
        while found := match(self.text, self.position, self.stop):
            kind = found.lastgroup or ""
            start, end = found.span()
            if kind in ("interp", "control"):
                return self._enter(kind, start, end)
            self._put("text", start, end)
        return ""


def _end_of_word(text: str, start: int, end: int) -> int:
    """Return where a name really ends: not everything beyond ASCII may be in one."""
    if not text[start].isidentifier():
        return start
    for index in range(start + 1, end):
        character = text[index]
        if character != "-" and not ("a" + character).isidentifier():
            return index
    return end
