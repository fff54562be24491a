"""What names mean where an expression stands: variables and functions, inner ones first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_sdk.cty.values import Value

    from .function import Function


class Scope:
    """Variables and functions by name.

    Args:
        variables: Root names and their values: ``var``, ``local``, ``path``. What plugins gave
            should be `values.settled`. None, and in no scope above: no name may be used at all.
        functions: Functions by name; None, and in no scope above: none may be called at all.
        parent: Where to look for what is not in here.
    """

    __slots__ = ("functions", "parent", "variables")

    def __init__(
        self,
        variables: Mapping[str, Value] | None = None,
        functions: Mapping[str, Function] | None = None,
        parent: Scope | None = None,
    ) -> None:
        self.variables = variables
        self.functions = functions
        self.parent = parent

    def child(self, variables: Mapping[str, Value]) -> Scope:
        """Make a scope inside this one."""
        return Scope(variables, None, self)

    def variable(self, name: str) -> Value | None:
        """The value of a name; None if it has none."""
        for scope in self.chain():
            if scope.variables is not None and name in scope.variables:
                return scope.variables[name]
        return None

    def function(self, name: str) -> Function | None:
        """The function of a name; None if there is none."""
        for scope in self.chain():
            if scope.functions is not None and name in scope.functions:
                return scope.functions[name]
        return None

    def variable_names(self) -> list[str] | None:
        """Every name that has a value; None if names are not allowed here."""
        known = [scope.variables for scope in self.chain() if scope.variables is not None]
        return [name for variables in known for name in variables] if known else None

    def function_names(self) -> list[str] | None:
        """The name of every function; None if functions are not allowed here."""
        known = [scope.functions for scope in self.chain() if scope.functions is not None]
        return [name for functions in known for name in functions] if known else None

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent


EMPTY = Scope()
"""Only constants may stand there."""
