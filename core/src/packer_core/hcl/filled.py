"""Text with values in it: ``"${x}"``, ``%{if}``, ``%{for}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch
from packer_sdk.cty.values import UNKNOWN, Value

from . import nodes, values
from .bounds import joined
from .conditional import choose
from .convert import convert, described
from .loops import refused, rounds
from .marks import NONE, mark, unmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .evaluation import Evaluation
    from .marks import Marks
    from .nodes import Part


def template(node: nodes.Template, evaluation: Evaluation) -> Value:
    """Put text together."""
    constant = node.constant
    if constant is not None:
        return values.string(constant)
    try:
        return _joined(node.parts, evaluation)
    except Mismatch as error:
        evaluation.error(error.message, node)
        return values.unknown("string")


def _joined(parts: Sequence[Part], evaluation: Evaluation) -> Value:
    marks: Marks = NONE
    written: list[str] = []
    is_open = False
    for part in parts:
        if isinstance(part, nodes.Text):
            written.append(part.text)
            continue
        text, found = _text(part, evaluation)
        marks |= found
        if text is None:
            is_open = True
        else:
            written.append(text)
    return mark(values.unknown("string") if is_open else values.string(joined(written)), marks)


def _text(part: Part, evaluation: Evaluation) -> tuple[str | None, Marks]:
    """The text of a part, None if it is not known yet or wrong; and its marks."""
    match part:
        case nodes.IfDirective(condition, then, otherwise):
            value = choose(
                condition,
                condition,
                lambda inner: _joined(then, inner),
                lambda inner: _joined(otherwise, inner),
                evaluation,
            )
        case nodes.ForDirective():
            value = _loop(part, evaluation)
        case nodes.Interpolation(expression):
            value = evaluation.value(expression)
            plain, marks = unmark(value)
            if plain.content is None:
                evaluation.error("null cannot be a part of text", expression)
                return None, marks
            try:
                value = mark(convert(plain, "string"), marks)
            except Mismatch:
                kind = described(plain.type)
                evaluation.error(
                    f"{_article(kind)} {kind} cannot be a part of text",
                    expression,
                    hint="join(…) or jsonencode(…) makes text of it",
                )
                return None, marks
        case _:
            raise AssertionError("text is handled before")
    plain, marks = unmark(value)
    return (None if plain.content is UNKNOWN else values.text_in(plain)), marks


def _article(kind: str) -> str:
    return "an" if kind[0] in "aeiou" else "a"


def _loop(part: nodes.ForDirective, evaluation: Evaluation) -> Value:
    try:
        turns, marks = rounds(part.collection, part.key, part.value, None, evaluation)
    except refused():
        return values.unknown("string")
    written = []
    for turn in turns:
        before = turn.findings.errors
        text, found = unmark(_joined(part.body, turn))
        marks |= found
        if turn.findings.errors > before or text.content is UNKNOWN:
            return mark(values.unknown("string"), marks)
        written.append(values.text_in(text))
    return mark(values.string(joined(written)), marks)
