"""What a parsed template asks for."""

from __future__ import annotations

from .context import References
from .nodes import (
    Action,
    Branch,
    Command,
    Dot,
    Field,
    Function,
    Literal,
    Nodes,
    Parsed,
    Pipeline,
    Term,
    Variable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def find_references(parsed: Parsed) -> References:
    """Collect the fields, variables and functions a template names."""
    terms = [term for pipeline in _pipelines(parsed.nodes) for term in _terms(pipeline)]
    commands = [command for pipeline in _pipelines(parsed.nodes) for command in _commands(pipeline)]
    fields = [term for term in terms if isinstance(term, Field)]
    return References(
        names=frozenset(field.names[0] for field in fields if _is_of_data(field)),
        user_variables=frozenset(_literal_arguments(commands, "user")),
        build_values=frozenset(_literal_arguments(commands, "build")),
        functions=frozenset(term.name for term in terms if isinstance(term, Function)),
    )


def _is_of_data(field: Field) -> bool:
    return isinstance(field.of, Dot) or (isinstance(field.of, Variable) and field.of.name == "$")


def _literal_arguments(commands: list[Command], function: str) -> Iterator[str]:
    for command in commands:
        if isinstance(command.head, Function) and command.head.name == function:
            for argument in command.arguments[:1]:
                if isinstance(argument, Literal) and isinstance(argument.value, str):
                    yield argument.value


def _pipelines(nodes: Nodes) -> Iterator[Pipeline]:
    for node in nodes:
        if isinstance(node, Action):
            yield node.pipeline
        elif isinstance(node, Branch):
            yield node.pipeline
            yield from _pipelines(node.body)
            yield from _pipelines(node.otherwise)


def _commands(pipeline: Pipeline) -> Iterator[Command]:
    for command in pipeline.commands:
        yield command
        for term in (command.head, *command.arguments):
            inner = term.of if isinstance(term, Field) else term
            if isinstance(inner, Pipeline):
                yield from _commands(inner)


def _terms(pipeline: Pipeline) -> Iterator[Term]:
    for command in _commands(pipeline):
        for term in (command.head, *command.arguments):
            yield term
            if isinstance(term, Field):
                yield term.of
