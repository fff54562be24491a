"""What an expression refers to, found without evaluating it: for graphs of what needs what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import nodes
from .body import Body
from .made_nodes import Scoped
from .nodes import constant_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from .source import Span

    Key = str | int | Decimal


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is used, with the constant steps that follow: ``("var", "disks", 0)``.

    Attributes:
        path: The root name, and names and keys up to the first that has to be worked out.
        span: Where it stands.
    """

    path: tuple[Key, ...]
    span: Span

    @property
    def root(self) -> str:
        """The name it starts at."""
        return str(self.path[0])

    def __str__(self) -> str:
        first, *rest = self.path
        steps = (
            f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{_quoted(key)}]"
            for key in rest
        )
        return str(first) + "".join(steps)


def variables_of(node: object) -> list[Reference]:
    """List what an expression, an attribute, a block or a native body refers to, as it stands.

    Names that a ``for`` introduces are left out where they are in force.
    """
    return list(_walk(node, frozenset()))


def _quoted(key: Key) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def _walk(node: object, local: frozenset[str]) -> Iterator[Reference]:
    match node:
        case nodes.Variable(name):
            if name not in local:
                yield Reference((name,), node.span)
        case nodes.Access():
            yield from _access(node, local)
        case Scoped(expression, variables):
            yield from _walk(expression, local | variables.keys())
        case nodes.For():
            yield from _for(node, local)
        case nodes.ForDirective(key, value, collection, body):
            yield from _walk(collection, local)
            for part in body:
                yield from _walk(part, local | _names(key, value))
        case _:
            for child in _children(node):
                yield from _walk(child, local)


def _access(node: nodes.Access, local: frozenset[str]) -> Iterator[Reference]:
    path: list[Key] = []
    if isinstance(node.subject, nodes.Variable):
        path.append(node.subject.name)
        for step in node.steps:
            key = step.name if isinstance(step, nodes.AttributeStep) else constant_key(step)
            if key is None:
                break
            path.append(key)
        if node.subject.name not in local:
            yield Reference(tuple(path), node.span)
    else:
        yield from _walk(node.subject, local)
    for step in node.steps:
        yield from _step(step, local)


def _step(step: nodes.Step, local: frozenset[str]) -> Iterator[Reference]:
    if isinstance(step, nodes.IndexStep):
        yield from _walk(step.key, local)
    elif isinstance(step, nodes.SplatStep):
        for inner in step.each:
            yield from _step(inner, local)


def _for(node: nodes.For, local: frozenset[str]) -> Iterator[Reference]:
    yield from _walk(node.collection, local)
    inner = local | _names(node.key_name, node.value_name)
    for child in (node.key, node.value, node.condition):
        yield from _walk(child, inner)


def _names(key: str | None, value: str) -> frozenset[str]:
    return frozenset(name for name in (key, value) if name)


def _children(node: object) -> tuple[object, ...]:  # noqa: C901, PLR0911 - a case each
    match node:
        case nodes.Template(parts):
            return parts
        case nodes.TemplateWrap(inner) | nodes.Interpolation(inner) | nodes.Parentheses(inner):
            return (inner,)
        case nodes.IfDirective(condition, then, otherwise):
            return condition, *then, *otherwise
        case nodes.FunctionCall(_, arguments):
            return arguments
        case nodes.Tuple(items) | nodes.Object(items):
            return items
        case nodes.ObjectItem(key, value):
            return key, value
        case nodes.Unary(_, operand):
            return (operand,)
        case nodes.Binary(_, left, right):
            return left, right
        case nodes.Conditional(condition, yes, no):
            return condition, yes, no
        case nodes.Attribute(_, expression):
            return (expression,)
        case nodes.Block(_, _, body):
            return (body,)
        case Body(attributes, blocks):
            return *attributes, *blocks
    return ()
