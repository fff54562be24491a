"""Bodies, arguments and blocks of the native syntax.

A mistake costs the item it is in and nothing else: what follows is read as if it were not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import nodes
from .body import Body
from .cursor import CLOSES_NOTHING, MOST_FINDINGS, Mistake
from .literals import unescaped
from .source import Span
from .templates import TemplateReader

if TYPE_CHECKING:
    from .lexer import Token


class StructureReader(TemplateReader):
    """Reads a whole file."""

    _told_unclosed = False

    def file(self) -> Body:
        """Read everything up to the end."""
        self.newlines(True)
        return self._body("end")

    def _body(self, closer: str) -> Body:
        opening = self.previous
        attributes: dict[str, nodes.Attribute] = {}
        blocks: list[nodes.Block] = []
        while self.kind not in (closer, "end") and len(self.findings) < MOST_FINDINGS:
            if self.kind in ("newline", "open newline"):
                self.read()
                continue
            item = self._item()
            if isinstance(item, nodes.Block):
                blocks.append(item)
            elif item:
                self._add(attributes, item)
        if self.kind == "end" and closer == "}" and not (self._told_unclosed or self.is_cut_off):
            # The innermost tells it for all: one } more may be all there is to it.
            self._told_unclosed = True
            self.report(opening, "the block is never closed", hint="a } is missing")
        start = 0 if closer == "end" else opening.start
        self.read()
        return Body(tuple(attributes.values()), tuple(blocks), self.span(start))

    def _add(self, attributes: dict[str, nodes.Attribute], item: nodes.Attribute) -> None:
        first = attributes.setdefault(item.name, item)
        if first is not item:
            self.report(
                item.name_span,
                f"{item.name} is set twice",
                detail=f"First set at {first.name_span}.",
                hint="keep one of them",
            )

    def _item(self) -> nodes.Attribute | nodes.Block | None:
        start, depth = self.token, self.depth
        try:
            return self._argument_or_block()
        except Mistake as mistake:
            self.report_mistake(mistake)
            self.depth = depth
            self.leave_item(start)
            return None

    def _argument_or_block(self) -> nodes.Attribute | nodes.Block:
        if self.kind != "word":
            raise self._no_item()
        name = self.read()
        if self.kind == "=":
            return self._attribute(name, alone=True)
        if self.kind in ('"', "{", "word"):
            return self._block(name)
        word = self.word(name)
        raise Mistake(
            name,
            f"{word} is neither an argument nor a block",
            hint=f"write {word} = value for an argument, {word} {{ … }} for a block",
        )

    def _no_item(self) -> Mistake:
        token = self.read()
        if token.kind == '"':
            return Mistake(token, "the name of an argument stands without quotes")
        if token.kind == "}":
            return Mistake(token, CLOSES_NOTHING)
        return Mistake(token, "an argument or a block has to start here", hint="as in name = value")

    def _attribute(self, name: Token, *, alone: bool) -> nodes.Attribute:
        self.read()
        expression = self.expression()
        if alone and self.kind not in ("newline", "end"):
            raise self._no_newline(name)
        span = self.span(name.start)
        if alone:
            self.read()
        return nodes.Attribute(self.word(name), expression, self.at(name), span)

    def _no_newline(self, name: Token) -> Mistake:
        if self.kind == ",":
            return Mistake(self.token, "a comma after an argument", hint="arguments need none")
        return Mistake(
            self.token,
            f"a new line has to follow the value of {self.word(name)}",
            hint="each argument has a line of its own",
        )

    # -- blocks ---------------------------------------------------------------------------------

    def _block(self, name: Token) -> nodes.Block:
        labels, label_spans = self._labels()
        header = self.span(name.start)
        opening = self.read()
        self.deeper()
        on_lines = self.kind in ("newline", "}", "end")
        body = self._body("}") if on_lines else self._one_line(opening)
        self.depth -= 1
        if self.kind not in ("newline", "end"):
            # The block itself is fine, so it stays; what follows it is left out.
            self.report(self.token, "a new line has to follow a block")
            self.leave_item(self.token)
        elif self.kind == "newline":
            self.read()
        type_ = self.word(name)
        return nodes.Block(type_, labels, body, self.at(name), label_spans, header)

    def _labels(self) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        labels: list[str] = []
        spans: list[Span] = []
        while self.kind != "{":
            if self.kind == "word":
                token = self.read()
                labels.append(self.word(token))
                spans.append(self.at(token))
            elif self.kind == '"':
                start = self.token.start
                labels.append(self._label())
                spans.append(self.span(start))
            else:
                raise self._no_label()
        return tuple(labels), tuple(spans)

    def _no_label(self) -> Mistake:
        if self.kind == "=":
            return Mistake(self.token, "a block has no =", hint="write type { … }")
        if self.kind == "newline":
            hint = "it stands on the same line"
            return Mistake(self.token, "the { of the block is missing", hint=hint)
        return Mistake(self.token, "a label in quotes or a { has to follow")

    def _label(self) -> str:
        self.read()
        text = ""
        while self.kind == "quoted":
            token = self.read()
            text += self._label_text(token)
        if self.kind in ("${", "%{"):
            hint = f"write {self.kind[0]}{self.kind} for the two characters themselves"
            raise Mistake(self.token, "nothing can be filled into a label", hint=hint)
        if self.kind != 'end "':
            raise Mistake(self.token, "the label is never closed", hint='a " is missing')
        self.read()
        return text

    def _label_text(self, token: Token) -> str:
        def complain(start: int, end: int, summary: str, hint: str | None) -> None:
            where = Span(self.source, token.start + start, token.start + end)
            self.report(where, summary, hint=hint)

        return unescaped(self.word(token), complain)

    def _one_line(self, opening: Token) -> Body:
        """Read ``{ name = value }``: one argument and nothing else."""
        if self.kind != "word":
            raise Mistake(self.token, "an argument has to start here", hint="as in name = value")
        name = self.read()
        if self.kind != "=":
            raise Mistake(
                name,
                "a block on one line holds one argument and no block",
                hint="put what is inside on lines of its own",
            )
        attribute = self._attribute(name, alone=False)
        if self.kind == "end":
            raise Mistake(opening, "the block is never closed", hint="a } is missing")
        if self.kind != "}":
            raise Mistake(
                self.token,
                "a block on one line ends behind its one argument",
                hint="put every argument on a line of its own",
            )
        self.read()
        return Body((attribute,), (), self.span(opening.start))
