"""``condition ? then : otherwise``, and what ``%{if}`` shares with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch, ObjectType
from packer_sdk.cty.values import UNKNOWN

from . import values
from .conversion import unify
from .convert import convert, described
from .marks import mark, marks_in, unmark

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.cty.types import Type
    from packer_sdk.cty.values import Value

    from .evaluation import Evaluation
    from .nodes import Conditional, Expression

    Branch = Callable[[Evaluation], Value]


def conditional(node: Conditional, evaluation: Evaluation) -> Value:
    """Evaluate both branches, for their types, and keep one with what was wrong with it."""
    return choose(
        node,
        node.condition,
        lambda inner: inner.value(node.then),
        lambda inner: inner.value(node.otherwise),
        evaluation,
    )


def choose(  # noqa: PLR0911 - a case each
    node: Conditional | Expression,
    condition: Expression,
    then: Branch,
    otherwise: Branch,
    evaluation: Evaluation,
) -> Value:
    """The same for whatever makes the branches."""
    yes, no = evaluation.apart(), evaluation.apart()
    results = then(yes), otherwise(no)
    type_ = _type_of_both(*results)
    if type_ is None:
        evaluation.error("both results must be of one type", node, _difference(*results))
        return values.ANYTHING
    verdict, marks = unmark(evaluation.value(condition))
    if verdict.content is None:
        evaluation.error("the condition must not be null", condition)
        return values.unknown(type_)
    if verdict.content is UNKNOWN:
        if all(values.is_null(result) for result in results):
            return mark(values.null(type_), marks)
        return mark(values.unknown(type_), marks.union(*map(marks_in, results)))
    try:
        verdict = convert(verdict, "bool")
    except Mismatch as error:
        evaluation.error(f"the condition must be true or false: {error.message}", condition)
        return values.unknown(type_)
    chosen, found = (results[0], yes) if verdict.content is True else (results[1], no)
    evaluation.findings.add(found.findings.diagnostics)
    try:
        return mark(convert(chosen, type_), marks)
    except Mismatch as error:
        evaluation.error(f"the results must be of one type: {error.message}", node)
        return values.unknown(type_)


def _type_of_both(yes: Value, no: Value) -> Type | None:
    """The type of the result; ``dynamic`` leaves each as it is, None if there is none."""
    for one, other in ((yes, no), (no, yes)):
        if one.type == "dynamic" and one.content is None:
            return other.type  # a null without a type becomes one of the other
    if "dynamic" in (yes.type, no.type):
        return "dynamic"
    return unify([yes.type, no.type])


def _difference(yes: Value, no: Value) -> str:
    one, other = yes.type, no.type
    if isinstance(one, ObjectType) and isinstance(other, ObjectType):
        for here, there, name in ((one, other, "first"), (other, one, "second")):
            only = sorted(here.attributes.keys() - there.attributes.keys())
            if only:
                return f'only the {name} has the attribute "{only[0]}"'
        for name in sorted(one.attributes):
            left, right = one.attributes[name], other.attributes[name]
            if unify([left, right]) is None:
                kinds = f"{described(left)} in the first, {described(right)} in the second"
                return f'the attribute "{name}" is {kinds}'
    return f"the first is {described(one)}, the second {described(other)}"
