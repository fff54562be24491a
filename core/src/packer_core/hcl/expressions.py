"""Expressions: a Pratt parser.

Where a mistake is placed, and whether something is one, agrees with HCL's own parser, which the
tests ask. The words are ours.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from decimal import Decimal
from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch

from . import nodes
from .cursor import Cursor, Mistake
from .numbers import read

if TYPE_CHECKING:
    from .lexer import Token
    from .nodes import Expression, Step

POWERS = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    ">": 4,
    ">=": 4,
    "<": 4,
    "<=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
"""How tightly each operator binds; of two alike the left one is first."""

MOST_OPERATORS = 200
"""How many operators of one power may follow each other without parentheses."""

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None}
_MOST_DIGITS = 4000  # Python converts no more digits to an int


class ExpressionReader(Cursor):
    """Reads one expression after the other."""

    @abstractmethod
    def template(self) -> nodes.Template | nodes.TemplateWrap:
        """Read what stands in quotes or in a heredoc; see `TemplateReader`."""

    def expression(self) -> Expression:
        """Read an expression.

        Raises:
            Mistake: it cannot be read.
        """
        self.deeper()
        condition = self._binary(1)
        if self.kind == "?":
            condition = self._conditional(condition)
        self.depth -= 1
        return condition

    def _conditional(self, condition: Expression) -> Expression:
        self.read()
        then = self.expression()
        if self.kind != ":":
            raise Mistake(
                self.token,
                "the condition lacks its other value",
                hint="it is written condition ? value : other value",
            )
        self.read()
        otherwise = self.expression()
        span = self.span(condition.span.start)
        return nodes.Conditional(condition, then, otherwise, span)

    def _binary(self, least: int) -> Expression:
        left = self._operand()
        operators = 0
        while (power := POWERS.get(self.kind, 0)) >= least:
            operators += 1
            if operators > MOST_OPERATORS:
                raise Mistake(self.token, f"more than {MOST_OPERATORS} operators in a row")
            operator = self.read().kind
            right = self._binary(power + 1)
            left = nodes.Binary(operator, left, right, self.span(left.span.start))
        return left

    def _operand(self) -> Expression:
        term = self._term()
        return self._access(term) if self.kind in (".", "[") else term

    def _term(self) -> Expression:  # noqa: PLR0911 - a case each
        kind = self.kind
        if kind == "word":
            return self._named()
        if kind in ('"', "heredoc"):
            return self.template()
        if kind == "number":
            token = self.read()
            return nodes.Literal(self._number(token), self.at(token))
        if kind == "[":
            return self._tuple()
        if kind == "{":
            return self._object()
        if kind == "(":
            return self._parentheses()
        if kind in ("-", "!"):
            return self._unary()
        raise self._no_expression()

    def _named(self) -> Expression:
        token = self.read()
        if self.kind in ("(", "::"):
            return self._call(token)
        name = self.word(token)
        if name in _WORDS:
            return nodes.Literal(_WORDS[name], self.at(token))
        return nodes.Variable(name, self.at(token))

    def _unary(self) -> Expression:
        self.deeper()
        sign = self.read()
        operand = self._operand()
        self.depth -= 1
        operator = "-" if sign.kind == "-" else "!"
        return nodes.Unary(operator, operand, self.span(sign.start))  # type: ignore[arg-type]

    def _parentheses(self) -> Expression:
        opening = self.read()
        before = self.newlines(False)
        inner = self.expression()
        if self.kind != ")":
            raise self._unclosed(opening, ")", "after the expression in parentheses")
        self.read()
        span = self.span(opening.start)
        self.newlines(before)
        return nodes.Parentheses(inner, span)

    def _number(self, token: Token) -> int | Decimal:
        text = self.word(token)
        if text.isdigit() and len(text) < _MOST_DIGITS:
            return int(text)
        if not _NUMBER.fullmatch(text):
            self.report(token, f"not a number: {text[:40]}", hint="as in 42, 0.5 or 1.5e3")
            return 0
        try:
            read(text)
        except Mismatch:
            self.report(token, f"the number is too large or too small: {text[:40]}")
            return 0
        return Decimal(text)

    # -- what follows a value -------------------------------------------------------------------

    def _access(self, subject: Expression) -> Expression:
        steps = self._steps()
        return nodes.Access(subject, tuple(steps), self.span(subject.span.start))

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        while self.kind in (".", "["):
            opening = self.read()
            if opening.kind == "[":
                steps.append(
                    self._full_splat(opening) if self.kind == "*" else self._index(opening)
                )
            elif self.kind == "*":
                steps.append(self._attribute_splat(opening))
            else:
                steps.append(self._dotted(opening))
        return steps

    def _dotted(self, dot: Token) -> Step:
        if self.kind == "word":
            name = self.read()
            return nodes.AttributeStep(self.word(name), self.span(dot.start))
        if self.kind == "number":
            return self._old_index(dot)
        raise Mistake(self.token, "a name has to follow the dot", hint="as in var.region")

    def _old_index(self, dot: Token) -> Step:
        token = self.read()
        text = self.word(token)
        if "." in text:
            first, _, second = text.partition(".")
            self.report(
                token,
                f"two indexes in the old form: .{text}",
                hint=f"write [{first}][{second}]",
            )
        key = nodes.Literal(0 if "." in text else self._number(token), self.at(token))
        return nodes.IndexStep(key, self.span(dot.start), legacy=True)

    def _index(self, opening: Token) -> Step:
        before = self.newlines(False)
        key = self.expression()
        if self.kind != "]":
            raise self._unclosed(opening, "]", "after the index")
        self.read()
        span = self.span(opening.start)
        self.newlines(before)
        return nodes.IndexStep(key, span)

    def _full_splat(self, opening: Token) -> Step:
        self.deeper()
        self.read()
        if self.kind != "]":
            raise self._unclosed(opening, "]", "right behind the *")
        self.read()
        each = self._steps()
        self.depth -= 1
        return nodes.SplatStep(full=True, each=tuple(each), span=self.span(opening.start))

    def _attribute_splat(self, dot: Token) -> Step:
        self.read()
        each: list[Step] = []
        while self.kind == ".":
            inner = self.read()
            if self.kind == "*":
                raise Mistake(self.token, "a .* inside another", hint="write [*] for the outer one")
            each.append(self._dotted(inner))
        return nodes.SplatStep(full=False, each=tuple(each), span=self.span(dot.start))

    # -- calls and collections ------------------------------------------------------------------

    def _call(self, first: Token) -> Expression:
        while self.kind == "::":
            self.read()
            if self.kind != "word":
                raise Mistake(self.token, "the name of a function has to follow ::")
            self.read()
        name_span = self.span(first.start)
        if self.kind != "(":
            raise Mistake(self.token, f"{name_span.text} is called without parentheses")
        opening = self.read()
        before = self.newlines(False)
        arguments, expand = self._arguments(first, opening)
        span = self.span(first.start)
        self.newlines(before)
        return nodes.FunctionCall(name_span.text, tuple(arguments), expand, name_span, span)

    def _arguments(self, first: Token, opening: Token) -> tuple[list[Expression], bool]:
        arguments: list[Expression] = []
        while self.kind != ")":
            arguments.append(self.expression())
            if self.kind == "...":
                dots = self.read()
                if self.kind != ")":
                    raise Mistake(dots, "only the last argument may be followed by ...")
                break
            if self.kind == ",":
                self.read()
            elif self.kind == "end":
                whole = first._replace(end=opening.end)
                raise Mistake(whole, "the call is never closed", hint="a ) is missing")
            elif self.kind != ")":
                raise Mistake(self.token, "a comma or ) has to follow an argument")
        expand = self.previous.kind == "..."
        self.read()
        return arguments, expand

    def _tuple(self) -> Expression:
        opening = self.read()
        before = self.newlines(False)
        node: Expression
        if self.is_word("for"):
            node = self._for(opening, "]")
        else:
            items = self._items(opening)
            node = nodes.Tuple(tuple(items), self.span(opening.start))
        self.newlines(before)
        return node

    def _items(self, opening: Token) -> list[Expression]:
        items: list[Expression] = []
        while self.kind != "]":
            items.append(self.expression())
            if self.kind == ",":
                self.read()
            elif self.kind == "end":
                raise Mistake(opening, "the list is never closed", hint="a ] is missing")
            elif self.kind != "]":
                raise Mistake(self.token, "a comma or ] has to follow an item of a list")
        self.read()
        return items

    def _object(self) -> Expression:
        opening = self.read()
        before = self.newlines(False)
        node: Expression
        if self.is_word("for"):
            node = self._for(opening, "}")
        else:
            self.newlines(True)
            items = self._pairs(opening)
            node = nodes.Object(tuple(items), self.span(opening.start))
        self.newlines(before)
        return node

    def _pairs(self, opening: Token) -> list[nodes.ObjectItem]:
        items: list[nodes.ObjectItem] = []
        while self.kind != "}":
            if self.kind == "newline":
                self.read()
                continue
            items.append(self._pair(opening))
            if self.kind in (",", "newline"):
                self.read()
            elif self.kind == "end":
                raise Mistake(opening, "the object is never closed", hint="a } is missing")
            elif self.kind != "}":
                raise Mistake(self.token, "a comma or a new line has to follow a value")
        self.read()
        return items

    def _pair(self, opening: Token) -> nodes.ObjectItem:
        start = self.token.start
        key = _bare(self.expression())
        if self.kind not in ("=", ":"):
            if self.kind == "end":
                raise Mistake(opening, "the object is never closed", hint="a } is missing")
            raise Mistake(
                self.token,
                "= and a value have to follow the key",
                hint="a key with dots or blanks in it stands in quotes",
            )
        self.read()
        value = self.expression()
        return nodes.ObjectItem(key, value, self.span(start))

    # -- for ------------------------------------------------------------------------------------

    def _for(self, opening: Token, closer: str) -> Expression:
        self.read()
        key_name, value_name = self.loop_names()
        collection = self.expression()
        if self.kind != ":":
            raise Mistake(self.token, "a : has to follow what the for goes through", hint=_FOR)
        self.read()
        key, value = None, self.expression()
        if self.kind == "=>":
            self.read()
            key, value = value, self.expression()
        grouping = self.read() if self.kind == "..." else None
        condition = None
        if self.is_word("if"):
            self.read()
            condition = self.expression()
        if self.kind != closer:
            raise self._unclosed(opening, closer, "at the end of the for")
        self.read()
        self._check_for(closer, key, value, grouping)
        grouped = grouping is not None
        span = self.span(opening.start)
        return nodes.For(key_name, value_name, collection, key, value, condition, grouped, span)

    def loop_names(self) -> tuple[str | None, str]:
        """Read ``k, v in`` behind a ``for``."""
        key, value = None, self._loop_name()
        if self.kind == ",":
            self.read()
            key, value = value, self._loop_name()
        if not self.is_word("in"):
            raise Mistake(self.token, "the word in has to follow the names of a for", hint=_FOR)
        self.read()
        return key, value

    def _loop_name(self) -> str:
        if self.kind != "word":
            raise Mistake(self.token, "the for lacks a name", hint=_FOR)
        return self.word(self.read())

    def _check_for(
        self, closer: str, key: Expression | None, value: Expression, grouping: Token | None
    ) -> None:
        if closer == "}":
            if key is None:
                self.report(
                    value.span, "the for of an object lacks a key", hint="write key => value"
                )
            return
        if key is not None:
            self.report(key.span, "the for of a list has no key", hint="write {…} for an object")
        if grouping:
            self.report(grouping, "... groups the values of an object, not of a list")

    # -- mistakes -------------------------------------------------------------------------------

    def _unclosed(self, opening: Token, closer: str, where: str) -> Mistake:
        line = self.source.line(opening.start)
        return Mistake(
            self.token,
            f"a {closer} is missing {where}",
            detail=f"It closes the {self.word(opening)[:1]} in line {line}.",
        )

    def _no_expression(self) -> Mistake:
        if self.kind == "end":
            return Mistake(self.token, "a value is missing: the text ends here")
        if self.kind == "newline":
            return Mistake(self.token, "a value is missing")
        hint = _MEANT.get(self.text[self.token.start : self.token.start + 2])
        return Mistake(self.token, f"a value cannot start with {_shown(self.word())}", hint=hint)


_MEANT = {
    "<<": "a heredoc starts with <<NAME at the end of a line, and ends with a line of NAME alone",
}
_FOR = "it is written for name in collection : value, or for key, value in collection : …"


def _bare(key: Expression) -> Expression:
    """A name in front of = stands for itself, and so do true, false and null."""
    if isinstance(key, nodes.Variable):
        return nodes.Literal(key.name, key.span)
    if isinstance(key, nodes.Literal) and (key.value is None or isinstance(key.value, bool)):
        return nodes.Literal(key.span.text, key.span)
    return key


def _shown(text: str) -> str:
    return text if len(text) < 20 else f"{text[:20]}…"
