"""What the value of a variable must fulfil: ``validation`` blocks (VAR-006)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.convert import convert
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.marks import unmark_deep
from packer_core.hcl.scope import Scope
from packer_core.hcl.variables import variables_of
from packer_sdk.cty.types import Mismatch
from packer_sdk.records import record

from .hcl_constants import Arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.hcl.findings import Findings
    from packer_core.hcl.function import Function
    from packer_core.hcl.nodes import Block, Expression
    from packer_sdk.cty.values import Value

VALIDATION = BlockSchema("validation")

_PARTS = BodySchema(("condition", "error_message"), (), ("condition", "error_message"))
_ENDS = (".", "?", "!")


@record
class Validation:
    """One condition.

    Attributes:
        condition: An expression about the variable.
        message: A sentence for who gave a value that does not fulfil it.
    """

    condition: Expression
    message: str


def read_validation(name: str, block: Block, findings: Findings) -> Validation | None:
    """Read a block; None if it is wrong.

    Args:
        name: Of the variable.
        block: A ``validation`` block of it.
        findings: Where errors go.
    """
    before = findings.errors
    content = block.body.content(_PARTS)
    findings.add(content.diagnostics)
    message = Arguments(content.attributes, findings).text("error_message")
    condition = content.attributes.get("condition")
    if message is not None:
        _check_message(message, content.attributes["error_message"].expression, findings)
    if condition is not None:
        _check_references(name, condition.expression, findings)
    if findings.errors > before or condition is None or message is None:
        return None
    return Validation(condition.expression, message)


def is_fulfilled(
    validation: Validation,
    name: str,
    value: Value,
    functions: Mapping[str, Function],
    findings: Findings,
) -> bool:
    """Whether a value fulfils a condition; one that cannot be judged is told, and counts as yes."""
    scope = Scope({"var": values.object_of({name: value})}, functions)
    before = findings.errors
    result, _ = unmark_deep(evaluate(validation.condition, scope, findings))
    if findings.errors > before or not values.is_known(result):
        return True
    try:
        judged = convert(result, "bool")
    except Mismatch:
        judged = values.NULL
    if judged.content is None:
        findings.error("a condition must be true or false", validation.condition.span)
        return True
    return bool(judged.content)


def _check_references(name: str, condition: Expression, findings: Findings) -> None:
    found = variables_of(condition)
    if not found:
        findings.error(
            f"the condition does not ask for the variable it is about: var.{name}", condition.span
        )
    for one in found:
        if one.path[:2] != ("var", name):
            findings.error(
                f"a condition may only ask for the variable it is about: {one}",
                one.span,
                hint=f"var.{name} is that variable",
            )


def _check_message(message: str, expression: Expression, findings: Findings) -> None:
    first = message[:1]
    if not message:
        findings.error('"error_message" is empty', expression.span)
    elif (first.isalpha() and not first.isupper()) or not message.endswith(_ENDS):
        findings.error(
            '"error_message" must be a sentence',
            expression.span,
            hint="begin with an upper-case letter, and end with . ? or !",
        )
