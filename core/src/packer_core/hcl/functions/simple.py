"""What modules of functions share."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty.texts import normal
from packer_sdk.cty.types import ListType, Mismatch
from packer_sdk.cty.values import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.cty.types import Type


def simple(returns: Type, body: Callable[..., object], **parameters: Type) -> Function:
    """Make a function of one that takes and gives texts, numbers and truth values of Python.

    Args:
        returns: Type of the result.
        body: What it does; may raise `FunctionError` or `Mismatch`.
        parameters: Type by name.
    """

    def run(*arguments: Value) -> Value:
        return made(returns, body, *arguments)

    given = [Parameter(name, type_) for name, type_ in parameters.items()]
    return Function(given, returns, run)


def made(returns: Type, body: Callable[..., object], *arguments: Value) -> Value:
    """Call a body with the contents of values."""
    try:
        result = body(*(argument.content for argument in arguments))
    except Mismatch as error:
        raise FunctionError(error.message) from error
    if isinstance(result, str):
        return Value(returns, normal(result))
    if returns == ListType("string") and isinstance(result, list):
        return Value(returns, [normal(item) for item in result])
    return Value(returns, result)


def whole(number: object, argument: int | None = None, *, name: str = "it") -> int:
    """A number that must be an integer, and one that a machine can count to.

    Raises:
        FunctionError: it is none.
    """
    assert isinstance(number, int | Decimal), "the caller says it is a number"
    if not isinstance(number, int):
        raise FunctionError(f"{name} must be a whole number, got {number}", argument)
    if not -(2**63) <= number < 2**63:
        raise FunctionError(f"{name} must be a number of 64 bits", argument)
    return number
