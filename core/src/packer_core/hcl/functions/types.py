"""``try``, ``can`` and ``convert``, which look at expressions and not at values only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.convert import convert
from packer_core.hcl.function import Function
from packer_core.hcl.made_nodes import Known
from packer_core.hcl.type_constraints import type_constraint
from packer_sdk.cty.types import Mismatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_core.hcl.evaluation import Evaluation
    from packer_core.hcl.nodes import Expression, FunctionCall
    from packer_sdk.cty.values import Value

    from .table import Surroundings

    Argument = Expression | Known


def functions(_surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    return {
        "can": Function(special=_can, least=1, most=1),
        "convert": Function(special=_convert, least=2, most=2),
        "try": Function(special=_try, least=1),
    }


def _try(arguments: Sequence[Argument], node: FunctionCall, evaluation: Evaluation) -> Value:
    refused = []
    for argument in arguments:
        attempt = evaluation.apart()
        value = attempt.value(argument)
        if not attempt.findings.errors:
            # What is not known yet may still fail.
            return value if values.is_wholly_known(value) else values.ANYTHING
        refused += [f"- {one.summary}" for one in attempt.findings.diagnostics]
    evaluation.findings.error("try: every argument fails", node.span, "\n".join(refused))
    return values.ANYTHING


def _can(arguments: Sequence[Argument], _node: FunctionCall, evaluation: Evaluation) -> Value:
    attempt = evaluation.apart()
    value = attempt.value(arguments[0])
    if attempt.findings.errors:
        return values.FALSE
    return values.TRUE if values.is_wholly_known(value) else values.unknown("bool")


def _convert(arguments: Sequence[Argument], node: FunctionCall, evaluation: Evaluation) -> Value:
    before = evaluation.findings.errors
    value = evaluation.value(arguments[0])
    if isinstance(arguments[1], Known):
        evaluation.findings.error("convert: the type must be written out", node.span)
        return values.ANYTHING
    constraint = type_constraint(arguments[1], evaluation.findings, optional=False)
    if evaluation.findings.errors > before:
        return values.ANYTHING
    try:
        return convert(value, constraint.type)
    except Mismatch as error:
        evaluation.error(f"convert: {error.message}", arguments[0])
        return values.ANYTHING
