"""Going through tokens: what the readers of expressions, templates and bodies share.

Newlines matter in bodies and objects and nowhere else, so the cursor skips them unless told that
they count. Comments are never seen here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic

from .lexer import Token
from .odd import ODD, has_undecoded, is_undecoded, odd_ones
from .source import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .source import Source

MOST_LEVELS = 100
"""How deep expressions and blocks may nest; no template comes near, and it keeps recursion flat."""

CLOSES_NOTHING = "this } closes nothing"
_TOO_DEEP = f"nested deeper than {MOST_LEVELS} levels"

MOST_FINDINGS = 50
"""How many mistakes of one file are looked for; more help nobody."""


class Mistake(Exception):
    """What stands here cannot be read; the item it is in is given up."""

    def __init__(
        self, token: Token, summary: str, *, detail: str = "", hint: str | None = None
    ) -> None:
        super().__init__(summary)
        self.token = token
        self.summary = summary
        self.detail = detail
        self.hint = hint


class Cursor:
    """Where in the tokens of a source a reader is.

    Attributes:
        token: The next one, not read yet.
        kind: Its kind.
        previous: The last one that was read.
        findings: Everything said so far.
        is_cut_off: Whether the text ends inside of a string or a comment, which may hold what the
            rest lacks.
    """

    def __init__(self, source: Source, tokens: Sequence[Token]) -> None:
        self.source = source
        self.text = source.text
        self.findings: list[Diagnostic] = []
        self.is_cut_off = False
        self.depth = 0
        self._told: set[int] = set()
        self._newlines = False
        self._tokens = self._worth_reading(tokens)
        self._next_one = 0
        self._behind = 0
        self.previous = self.token = self._tokens[0]
        self.kind = self.token.kind
        self._go_to(0)

    def _worth_reading(self, tokens: Sequence[Token]) -> list[Token]:
        wanted, odd = [], []
        undecoded = has_undecoded(self.text)
        for token in tokens:
            kind = token.kind
            if kind == "comment":
                if self.text[token.end - 1] == "\n":
                    wanted.append(Token("newline", token.start, token.end))
                continue
            if kind in ODD or (undecoded and is_undecoded(token, self.text)):
                odd.append(token)
            elif kind == "/" and self.text.startswith("/*", token.start):
                self._open_comment(token, tokens[-1])
                wanted.append(tokens[-1])
                break
            wanted.append(token)
        for token, finding in odd_ones(odd, self.source):
            self._told.add(token.start)
            if finding:
                self.findings.append(finding)
        return wanted

    def _open_comment(self, opening: Token, end: Token) -> None:
        self.is_cut_off = True
        self._told.add(end.start)
        place = Span(self.source, opening.start, opening.start + 2).place
        hint = "a */ is missing"
        self.findings.append(Diagnostic("the comment is never closed", place, hint=hint))

    def read(self) -> Token:
        """Take the next token."""
        self.previous = token = self.token
        if token.kind != "end":
            self._go_to(self._next_one + 1)
        return token

    def _go_to(self, index: int) -> None:
        self._behind = index
        tokens = self._tokens
        if not self._newlines:
            while tokens[index].kind == "newline":
                index += 1
        self._next_one = index
        self.token = token = tokens[index]
        self.kind = token.kind

    def newlines(self, count: bool) -> bool:
        """Tell whether newlines count from here on; return whether they did."""
        before = self._newlines
        if before != count:
            self._newlines = count
            self._go_to(self._behind)
        return before

    def word(self, token: Token | None = None) -> str:
        """Return what is written at a token; by default at the next."""
        token = token or self.token
        return self.text[token.start : token.end]

    def is_word(self, text: str) -> bool:
        """Whether the next token is this word."""
        return self.kind == "word" and self.word() == text

    def span(self, start: int, end: int | None = None) -> Span:
        """Return a span that ends, by default, behind the last token that was read."""
        return Span(self.source, start, self.previous.end if end is None else end)

    def at(self, token: Token) -> Span:
        """Return the span of a token."""
        return Span(self.source, token.start, token.end)

    def report(
        self, where: Token | Span, summary: str, *, detail: str = "", hint: str | None = None
    ) -> None:
        """Note a mistake and go on; what the lexer has told about a token is not told twice."""
        if where.start in self._told or len(self.findings) >= MOST_FINDINGS:
            return
        self._told.add(where.start)
        place = Span(self.source, where.start, self._shown_end(where)).place
        self.findings.append(Diagnostic(summary, place, detail=detail, hint=hint))

    def _shown_end(self, where: Token | Span) -> int:
        # A newline is pointed at, never drawn over: it would take the next line along.
        return where.end if self.text[where.start : where.end].strip() else where.start

    def report_mistake(self, mistake: Mistake) -> None:
        """Note what made an item unreadable; what follows from one that is too deep is not told."""
        if mistake.summary in (_TOO_DEEP, CLOSES_NOTHING) and any(
            one.summary == _TOO_DEEP for one in self.findings
        ):
            return
        self.report(mistake.token, mistake.summary, detail=mistake.detail, hint=mistake.hint)

    def deeper(self) -> None:
        """Count one more level of nesting; the caller counts it down again.

        Raises:
            Mistake: there are too many.
        """
        self.depth += 1
        if self.depth > MOST_LEVELS:
            raise Mistake(self.token, _TOO_DEEP)

    def leave_item(self, start: Token) -> None:
        """Go on behind an item that could not be read: to the next line that may be another.

        What the item had opened is skipped up to where it closes. If it never does, a line that
        is indented no deeper than the item and looks like one ends the search.
        """
        self._newlines = True
        indent = self._column(start)
        opened = self._opened_since(start)
        index = self._behind
        while self._tokens[index].kind != "end":
            token = self._tokens[index]
            if token.kind in _CLOSES and not opened and self._column(token) < indent:
                break
            _follow(token.kind, opened)
            if token.kind in ("newline", "open newline") and (
                not opened or self._looks_like_item(index + 1, indent)
            ):
                break
            index += 1
        self._go_to(index)

    def _opened_since(self, start: Token) -> list[str]:
        index = self._behind
        while index > 0 and self._tokens[index - 1].start >= start.start:
            index -= 1
        opened: list[str] = []
        for token in self._tokens[index : self._behind]:
            _follow(token.kind, opened)
        return opened

    def _looks_like_item(self, index: int, indent: int) -> bool:
        first = self._tokens[index]
        if self._column(first) > indent:
            return False
        if first.kind == "}":
            return self._column(first) < indent
        second = self._tokens[index + 1].kind if first.kind == "word" else ""
        return second in ("=", "{", '"', "word")

    def _column(self, token: Token) -> int:
        return token.start - self.text.rfind("\n", 0, token.start)


_OPENS = {"{": "}", "[": "]", "(": ")", '"': 'end "', "heredoc": "end heredoc"}
_OPENS |= {"${": "end {", "%{": "end {"}
_CLOSES = frozenset(_OPENS.values())


def _follow(kind: str, opened: list[str]) -> None:
    """Keep account of what is open; a closer closes what was opened inside, too."""
    kind = 'end "' if kind == "open newline" else kind
    if kind in _OPENS:
        opened.append(_OPENS[kind])
    elif kind in _CLOSES and kind in opened:
        while opened.pop() != kind:
            pass
