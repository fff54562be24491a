"""What a function is, and how one is called.

What holds for every function is done here, once: arguments become what the parameters want, a null
or unknown one is refused or answered where the function does not ask for it, and marks come off the
arguments and go onto the result.
"""

from __future__ import annotations

from packer_sdk.cty.types import Mismatch
from packer_sdk.cty.values import UNKNOWN
from packer_sdk.records import record

from . import values
from .convert import convert
from .marks import NONE, bare, mark, unmark_deep

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_sdk.cty.types import Type
    from packer_sdk.cty.values import Value

    from .evaluation import Evaluation
    from .made_nodes import Known
    from .nodes import Expression, FunctionCall

    Body = Callable[..., Value]
    Result = Type | Callable[[Sequence[Value]], Type]
    Special = Callable[[Sequence[Expression | Known], FunctionCall, Evaluation], Value]


class FunctionError(ValueError):
    """A function cannot do what it is asked for.

    Args:
        message: Why.
        argument: Position of the argument that is to blame; None if none is.
    """

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.argument = argument


@record
class Parameter:
    """What a function takes.

    Attributes:
        name: For messages and for people.
        type: What an argument is converted to.
        null: Whether a null may be given.
        unknown: Whether the function looks at what is not known yet itself.
        marked: Whether the function looks after marks itself.
        dynamic: Whether it looks at values of no known type itself.
    """

    name: str
    type: Type = "dynamic"
    null: bool = False
    unknown: bool = False
    marked: bool = False
    dynamic: bool = False


@record
class Function:
    """A function that expressions may call.

    Attributes:
        parameters: What must be given.
        returns: Type of the result; or what works it out, from arguments that may be unknown.
        body: Takes the arguments as values, gives the result; raises `FunctionError`.
        rest: What may be given any number of times behind the parameters.
        special: Instead of a body: takes the expressions themselves, as ``try`` must.
        least: How many arguments a special function needs.
        most: How many arguments a special function takes; None for any number.
    """

    parameters: Sequence[Parameter] = ()
    returns: Result = "dynamic"
    body: Body | None = None
    rest: Parameter | None = None
    special: Special | None = None
    least: int = 0
    most: int | None = None

    def parameter(self, position: int) -> Parameter:
        """What the argument at a position is for."""
        if position < len(self.parameters):
            return self.parameters[position]
        assert self.rest is not None, "nobody gives more than there may be"
        return self.rest


def call(function: Function, arguments: Sequence[Value]) -> Value:
    """Call a function; the arguments are as many as it takes.

    Raises:
        FunctionError: it refuses.
    """
    given = [_converted(function, index, value) for index, value in enumerate(arguments)]
    marks = NONE
    plain: list[Value] = []
    is_open = knows_type = True
    for index, value in enumerate(given):
        parameter = function.parameter(index)
        kept = value
        if not parameter.marked:
            kept, found = unmark_deep(value)
            marks |= found
        plain.append(kept)
        content = bare(kept.content)
        if content is None and not parameter.null:
            raise FunctionError("must not be null", index)
        if content is UNKNOWN:
            knows_type = knows_type and (kept.type != "dynamic" or parameter.dynamic)
            is_open = is_open and parameter.unknown
    if not knows_type:
        return mark(values.ANYTHING, marks)
    if not is_open:
        return mark(values.unknown(result_type(function, plain)), marks)
    assert function.body is not None, "special functions are not called this way"
    try:
        return mark(function.body(*plain), marks)
    except Mismatch as error:
        raise FunctionError(error.message) from error


def result_type(function: Function, arguments: Sequence[Value]) -> Type:
    """The type a function gives for arguments that may be unknown."""
    returns = function.returns
    return returns(arguments) if callable(returns) else returns


def _converted(function: Function, index: int, value: Value) -> Value:
    try:
        return convert(value, function.parameter(index).type)
    except Mismatch as error:
        raise FunctionError(error.message, index) from error
