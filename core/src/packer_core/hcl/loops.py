"""``for`` expressions, and what ``%{for}`` shares with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch
from packer_sdk.cty.values import UNKNOWN

from . import values
from .convert import convert, described
from .marks import NONE, mark, unmark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk.cty.values import Value

    from .evaluation import Evaluation
    from .marks import Marks
    from .nodes import Expression, For


class _Open(Exception):
    """Not known yet, or an error that has been reported: so is the whole."""

    def __init__(self, marks: Marks = NONE) -> None:
        self.marks = marks


def for_(node: For, evaluation: Evaluation) -> Value:
    """Make a tuple or an object out of what is gone through."""
    try:
        turns, marks = rounds(
            node.collection, node.key_name, node.value_name, node.condition, evaluation
        )
        if node.key is None:
            return mark(_tuple(node, turns), marks)
        named, key_marks = _named(node, node.key, turns)
    except _Open as stopped:
        return mark(values.ANYTHING, stopped.marks)
    return mark(values.object_of(named), marks | key_marks)


def rounds(
    collection: Expression,
    key_name: str | None,
    value_name: str,
    condition: Expression | None,
    evaluation: Evaluation,
) -> tuple[list[Evaluation], Marks]:
    """An evaluation for every element that meets the condition.

    Raises:
        _Open: it is not known what they are, or it was refused.
    """
    gone_through, marks = unmark(evaluation.value(collection))
    if gone_through.content is None:
        evaluation.error("null cannot be gone through", collection)
        raise _Open
    if gone_through.type == "dynamic":
        raise _Open(marks)
    if not values.can_iterate(gone_through.type):
        kind = described(gone_through.type)
        evaluation.error(f"a {kind} cannot be gone through", collection)
        raise _Open
    if not values.is_known(gone_through):
        raise _Open(marks)
    names = (key_name, value_name)
    if condition is not None:
        _check(condition, names, evaluation)
    turns = list(_turns(values.elements(gone_through), names, evaluation))
    if condition is None:
        return turns, marks
    kept = []
    for turn in turns:
        is_kept, found = _verdict(condition, turn)
        marks |= found
        if is_kept:
            kept.append(turn)
    return kept, marks


def refused() -> type[Exception]:
    """What `rounds` raises."""
    return _Open


def _turns(
    pairs: list[tuple[Value, Value]], names: tuple[str | None, str], evaluation: Evaluation
) -> Iterator[Evaluation]:
    key_name, value_name = names
    for key, value in pairs:
        variables = {key_name: key} if key_name else {}
        yield evaluation.inside({**variables, value_name: value})


def _check(condition: Expression, names: tuple[str | None, str], evaluation: Evaluation) -> None:
    """A condition that is wrong for every element is so for none as well."""
    before = evaluation.findings.errors
    pretended = evaluation.inside({name: values.ANYTHING for name in names if name})
    _verdict(condition, pretended, pretends=True)
    if evaluation.findings.errors > before:
        raise _Open


def _verdict(
    condition: Expression, turn: Evaluation, *, pretends: bool = False
) -> tuple[bool, Marks]:
    before = turn.findings.errors
    verdict, marks = unmark(turn.value(condition))
    if turn.findings.errors > before:
        raise _Open
    if verdict.content is None:
        turn.error("the condition of a for must not be null", condition)
        raise _Open
    try:
        verdict = convert(verdict, "bool")
    except Mismatch as error:
        turn.error(f"the condition of a for must be true or false: {error.message}", condition)
        raise _Open from error
    if verdict.content is UNKNOWN and not pretends:
        raise _Open(marks)
    return verdict.content is True, marks


def _tuple(node: For, turns: list[Evaluation]) -> Value:
    parts = []
    for turn in turns:
        before = turn.findings.errors
        parts.append(turn.value(node.value))
        if turn.findings.errors > before:
            raise _Open  # once is enough; the others are wrong in the same way
    return values.tuple_of(parts)


def _named(node: For, key: Expression, turns: list[Evaluation]) -> tuple[dict[str, Value], Marks]:
    groups: dict[str, list[Value]] = {}
    marks = NONE
    is_open = False
    for turn in turns:
        before = turn.findings.errors
        name, found = _key(key, turn)
        marks |= found
        value = turn.value(node.value) if name is not None else values.ANYTHING
        if turn.findings.errors > before:
            raise _Open
        if name is None:
            is_open = True
        elif name in groups and not node.grouped:
            turn.error(
                f'two elements have the key "{name}"',
                key,
                hint="`...` behind the value collects those of one key in a tuple",
            )
            raise _Open
        else:
            groups.setdefault(name, []).append(value)
    if is_open:
        raise _Open(marks)
    if node.grouped:
        return {name: values.tuple_of(group) for name, group in groups.items()}, marks
    return {name: group[0] for name, group in groups.items()}, marks


def _key(key: Expression, turn: Evaluation) -> tuple[str | None, Marks]:
    before = turn.findings.errors
    plain, marks = unmark(turn.value(key))
    if turn.findings.errors > before:
        raise _Open
    if plain.content is None:
        turn.error("the key of an element must not be null", key)
        raise _Open
    if plain.content is UNKNOWN:
        return None, marks
    try:
        return values.text_in(convert(plain, "string")), marks
    except Mismatch as error:
        turn.error(f"the key of an element must be text: {error.message}", key)
        raise _Open from error
