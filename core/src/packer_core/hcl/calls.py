"""Calls of functions in expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.nearest import did_you_mean

from . import values
from .function import FunctionError, call
from .made_nodes import Known
from .marks import mark, unmark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.cty.values import Value

    from .evaluation import Evaluation
    from .function import Function
    from .nodes import Expression, FunctionCall

    Argument = Expression | Known


def function_call(node: FunctionCall, evaluation: Evaluation) -> Value:
    """Call a function."""
    function = evaluation.scope.function(node.name)
    if function is None:
        _unknown_function(node, evaluation)
        return values.ANYTHING
    arguments = _arguments(node, evaluation)
    if arguments is None or not _is_right_number(function, node, arguments, evaluation):
        return values.ANYTHING
    if function.special is not None:
        return function.special(arguments, node, evaluation)
    before = evaluation.findings.errors
    given = [evaluation.value(argument) for argument in arguments]
    if evaluation.findings.errors > before:
        return values.ANYTHING
    try:
        return call(function, given)
    except FunctionError as error:
        _refused(error, function, node, arguments, evaluation)
        return values.ANYTHING


_ELSEWHERE = {
    "env": "env is known in defaults of variables only",
    # What Terraform has functions of their own for.
    "tobool": "write convert(…, bool)",
    "tolist": "write convert(…, list(any))",
    "tomap": "write convert(…, map(any))",
    "tonumber": "write convert(…, number)",
    "toset": "write convert(…, set(any))",
    "tostring": "write convert(…, string)",
}


def _unknown_function(node: FunctionCall, evaluation: Evaluation) -> None:
    names = evaluation.scope.function_names()
    if names is None:
        evaluation.findings.error("functions may not be called here", node.name_span)
        return
    hint = _ELSEWHERE.get(node.name) or did_you_mean(node.name, names)
    evaluation.findings.error(f'unknown function "{node.name}"', node.name_span, hint=hint)


def _arguments(node: FunctionCall, evaluation: Evaluation) -> Sequence[Argument] | None:
    """The arguments, with the elements of the one before ``...``; None if they are not known."""
    if not node.expand_final:
        return node.arguments
    last = node.arguments[-1]
    before = evaluation.findings.errors
    expanded, marks = unmark(evaluation.value(last))
    if evaluation.findings.errors > before:
        return None
    if expanded.content is None:
        evaluation.error("what stands before ... must not be null", last)
        return None
    if expanded.type != "dynamic" and not isinstance(expanded.type, values.SEQUENCES):
        evaluation.error("what stands before ... must be a list, a set or a tuple", last)
        return None
    if not values.is_known(expanded):
        return None
    parts = [Known(mark(item, marks), last.span) for item in values.items(expanded)]
    return [*node.arguments[:-1], *parts]


def _is_right_number(
    function: Function, node: FunctionCall, arguments: Sequence[Argument], evaluation: Evaluation
) -> bool:
    least = len(function.parameters) or function.least
    most = function.most if function.special or function.rest else len(function.parameters)
    if len(arguments) < least:
        qualified = "at least " if most != least else ""
        detail = _usage(node.name, function)
        evaluation.error(
            f"{node.name} takes {qualified}{_count(least)}, got {len(arguments)}", node, detail
        )
        return False
    if most is not None and len(arguments) > most:
        extra = arguments[most]
        detail = _usage(node.name, function)
        evaluation.error(f"{node.name} takes {_count(most)}, got {len(arguments)}", extra, detail)
        return False
    return True


def _count(number: int) -> str:
    return "no arguments" if not number else f"{number} argument{'' if number == 1 else 's'}"


def _usage(name: str, function: Function) -> str:
    if function.special is not None:
        return ""
    names = [parameter.name for parameter in function.parameters]
    if function.rest is not None:
        names.append(f"{function.rest.name}...")
    return f"{name}({', '.join(names)})"


def _refused(
    error: FunctionError,
    function: Function,
    node: FunctionCall,
    arguments: Sequence[Argument],
    evaluation: Evaluation,
) -> None:
    position = error.argument
    if position is None or position >= len(arguments):
        evaluation.error(f"{node.name}: {error.message}", node)
        return
    name = function.parameter(position).name
    evaluation.error(f'{node.name}: "{name}": {error.message}', arguments[position])
