"""Names, and what follows them: ``.name``, ``[key]``, ``[*]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.nearest import did_you_mean
from packer_sdk.cty.types import ListType, ObjectType, SetType, TupleType
from packer_sdk.cty.values import Value

from . import find, nodes, values
from .marks import mark, unmark

if TYPE_CHECKING:
    from .evaluation import Evaluation


_ELSEWHERE = {
    "build": "build.… is known in provisioners and post-processors",
    "source": "source.… is known in sources, provisioners and post-processors",
    "data": "what data sources find is not known here; a local can hold it",
}


def variable(node: nodes.Variable, evaluation: Evaluation) -> Value:
    """Look up a name."""
    value = evaluation.scope.variable(node.name)
    if value is not None:
        return value
    names = evaluation.scope.variable_names()
    if names is None:
        evaluation.error("variables may not be used here", node, "only constants may stand here")
    else:
        hint = _ELSEWHERE.get(node.name) or did_you_mean(node.name, names)
        evaluation.error(f'unknown name "{node.name}"', node, hint=hint)
    return values.ANYTHING


def access(node: nodes.Access, evaluation: Evaluation) -> Value:
    """Follow steps from a value."""
    value = evaluation.value(node.subject)
    return _follow(value, node.steps, node, evaluation)


def _follow(
    value: Value, steps: tuple[nodes.Step, ...], node: nodes.Access, evaluation: Evaluation
) -> Value:
    for step in steps:
        try:
            value = _step(value, step, node, evaluation)
        except find.NotFound as error:
            message = _without_such(node, step, value) or error.message
            evaluation.error(message, node, span=step.span, hint=error.hint)
            return values.ANYTHING
    return value


def _without_such(node: nodes.Access, step: nodes.Step, value: Value) -> str | None:
    """What is told of a name like ``var.nope``: "this object" says little about ``var``."""
    followed = node.steps[: node.steps.index(step) + 1] if step in node.steps else ()
    names = [one.name for one in followed if isinstance(one, nodes.AttributeStep)]
    if not isinstance(node.subject, nodes.Variable) or len(names) != len(followed) or not names:
        return None
    if not isinstance(value.type, ObjectType):
        return None
    return f"there is no {'.'.join((node.subject.name, *names))}"


def _step(value: Value, step: nodes.Step, node: nodes.Access, evaluation: Evaluation) -> Value:
    if isinstance(step, nodes.AttributeStep):
        return find.attribute(value, step.name)
    if isinstance(step, nodes.IndexStep):
        return find.index(value, evaluation.value(step.key))
    return _splat(value, step, node, evaluation)


def _splat(
    value: Value, step: nodes.SplatStep, node: nodes.Access, evaluation: Evaluation
) -> Value:
    plain, marks = unmark(value)
    is_sequence = isinstance(plain.type, values.SEQUENCES)
    if plain.content is None:
        if is_sequence:
            raise find.NotFound("null has no elements that [*] could take")
        return mark(values.EMPTY_TUPLE, marks)
    if plain.type == "dynamic":
        return mark(values.ANYTHING, marks)
    if not is_sequence:
        # Whatever is no sequence counts as one with itself in it; null is an empty one.
        is_open = not values.is_known(plain)
        each = _follow(value, step.each, node, evaluation)
        return values.ANYTHING if is_open else mark(values.tuple_of([each]), marks)
    if not values.is_known(plain):
        return mark(_unknown_splat(plain, step, node, evaluation), marks)
    before = evaluation.findings.errors
    parts = []
    for item in values.items(plain):
        parts.append(_follow(item, step.each, node, evaluation))
        if evaluation.findings.errors > before:
            # Once is enough; the others are wrong in the same way.
            return mark(_unknown_splat(plain, step, node, evaluation.apart()), marks)
    return mark(_gathered(plain, parts, step, node, evaluation), marks)


def _gathered(
    plain: Value,
    parts: list[Value],
    step: nodes.SplatStep,
    node: nodes.Access,
    evaluation: Evaluation,
) -> Value:
    if isinstance(plain.type, TupleType):
        return values.tuple_of(parts)
    if not parts:
        unknown = _unknown_splat(plain, step, node, evaluation)
        return Value(unknown.type, []) if unknown.type != "dynamic" else values.EMPTY_TUPLE
    first = parts[0].type
    if any(part.type != first for part in parts):
        return values.tuple_of(parts)
    return values.list_of(first, parts)


def _unknown_splat(
    plain: Value, step: nodes.SplatStep, node: nodes.Access, evaluation: Evaluation
) -> Value:
    """What kind of result there will be."""
    match plain.type:
        case ListType(element) | SetType(element):
            each = _follow(values.unknown(element), step.each, node, evaluation)
            return values.unknown(ListType(each.type))
        case TupleType(elements):
            parts = [
                _follow(values.unknown(element), step.each, node, evaluation)
                for element in elements
            ]
            return values.unknown(TupleType([part.type for part in parts]))
    return values.ANYTHING
