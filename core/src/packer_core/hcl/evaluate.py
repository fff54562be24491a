"""Expressions to values.

An error is a finding, and the evaluation goes on with a value that is not known, so that one look
finds several. Nothing is ever raised.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.types import Mismatch
from packer_sdk.cty.values import UNKNOWN

from . import nodes, values
from .access import access, variable
from .calls import function_call
from .conditional import conditional
from .convert import convert
from .evaluation import Evaluation
from .filled import template
from .function import FunctionError, call
from .loops import for_
from .made_nodes import Known, Scoped
from .marks import NONE, mark, unmark
from .numbers import rounded
from .operators import BINARY, UNARY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_sdk.cty.values import Value

    from .findings import Findings
    from .function import Function
    from .nodes import Expression
    from .scope import Scope


def evaluate(expression: Expression, scope: Scope, findings: Findings) -> Value:
    """Work out an expression.

    Args:
        expression: As parsed.
        scope: What names mean.
        findings: Where errors go.

    Returns:
        The value, marks and all; where there was an error, one that is not known.
    """
    try:
        return Evaluation(scope, findings, _HANDLERS).value(expression)
    except RecursionError:
        findings.error("nested too deeply", expression.span)
    except MemoryError:
        findings.error("this needs more memory than there is", expression.span)
    return values.ANYTHING


def _literal(node: nodes.Literal, _evaluation: Evaluation) -> Value:
    held = node.value
    if held is None:
        return values.NULL
    if isinstance(held, bool):
        return values.boolean(held)
    return values.string(held) if isinstance(held, str) else values.number(rounded(held))


def _known(node: Known, _evaluation: Evaluation) -> Value:
    return node.value


def _scoped(node: Scoped, evaluation: Evaluation) -> Value:
    return evaluation.inside(node.variables).value(node.expression)


def _inner(node: nodes.Parentheses | nodes.TemplateWrap, evaluation: Evaluation) -> Value:
    return evaluation.value(node.expression)


def _tuple(node: nodes.Tuple, evaluation: Evaluation) -> Value:
    return values.tuple_of([evaluation.value(item) for item in node.items])


def _object(node: nodes.Object, evaluation: Evaluation) -> Value:
    named: dict[str, Value] = {}
    marks = NONE
    is_open = False
    for item in node.items:
        name, found = _key(item.key, evaluation)
        marks |= found
        value = evaluation.value(item.value)
        if name is None:
            is_open = True
        else:
            named[name] = value
    return mark(values.ANYTHING if is_open else values.object_of(named), marks)


def _key(key: Expression, evaluation: Evaluation) -> tuple[str | None, frozenset[str]]:
    """The name of an attribute, None if it is not known; and its marks."""
    if isinstance(key, nodes.Access):
        evaluation.error(
            "it is not clear what this key is",
            key,
            hint="put a reference in parentheses, and a name that has dots in quotes",
        )
        return None, NONE
    before = evaluation.findings.errors
    plain, marks = unmark(evaluation.value(key))
    if evaluation.findings.errors > before:
        return None, NONE
    if plain.content is None:
        evaluation.error("a key must not be null", key)
        return None, marks
    try:
        name = convert(plain, "string")
    except Mismatch as error:
        evaluation.error(f"a key must be text: {error.message}", key)
        return None, marks
    return (None if name.content is UNKNOWN else values.text_in(name)), marks


def _binary(node: nodes.Binary, evaluation: Evaluation) -> Value:
    """Chains lean to the left and may be long: they are gone through, not down."""
    chain = [node]
    while isinstance(chain[-1].left, nodes.Binary):
        chain.append(chain[-1].left)
    before = evaluation.findings.errors
    value = evaluation.value(chain[-1].left)
    for link in reversed(chain):
        right = evaluation.value(link.right)
        operands = (link.left, link.right)
        operator = BINARY[link.operator]
        value = _operation(link, operator, operands, (value, right), evaluation, before)
    return value


def _unary(node: nodes.Unary, evaluation: Evaluation) -> Value:
    before = evaluation.findings.errors
    given = (evaluation.value(node.operand),)
    return _operation(node, UNARY[node.operator], (node.operand,), given, evaluation, before)


def _operation(  # noqa: PLR0917 - what there is to an operation
    node: nodes.Binary | nodes.Unary,
    operator: Function,
    operands: tuple[Expression, ...],
    given: tuple[Value, ...],
    evaluation: Evaluation,
    before: int,
) -> Value:
    """Calculate, unless there have been errors since there were so many before."""
    assert isinstance(operator.returns, str), "operators give one type"
    if evaluation.findings.errors == before:
        try:
            return call(operator, given)
        except FunctionError as error:
            _failed(error, node, operands, evaluation)
    return values.unknown(operator.returns)


def _failed(
    error: FunctionError,
    node: nodes.Binary | nodes.Unary,
    operands: tuple[Expression, ...],
    evaluation: Evaluation,
) -> None:
    if error.argument is None:
        evaluation.error(error.message, node)
        return
    side = ("left", "right")[error.argument] if len(operands) == 2 else "one"
    where = operands[error.argument]
    evaluation.error(f"the {side} operand of {node.operator}: {error.message}", where)


_HANDLERS: Mapping[type, Callable[..., Value]] = {
    nodes.Literal: _literal,
    nodes.Template: template,
    nodes.TemplateWrap: _inner,
    nodes.Variable: variable,
    nodes.Access: access,
    nodes.FunctionCall: function_call,
    nodes.Tuple: _tuple,
    nodes.Object: _object,
    nodes.For: for_,
    nodes.Unary: _unary,
    nodes.Binary: _binary,
    nodes.Conditional: conditional,
    nodes.Parentheses: _inner,
    Known: _known,
    Scoped: _scoped,
}
