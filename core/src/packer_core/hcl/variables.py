"""What an expression refers to, found without evaluating it: for graphs of what needs what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import record

from . import nodes
from .body import Body
from .made_nodes import Scoped
from .nodes import constant_key

if TYPE_CHECKING:
    from decimal import Decimal

    from .source import Span

    Key = str | int | Decimal
    _Inside = tuple[object, frozenset[str]]


@record
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
    found: list[Reference] = []
    waiting: list[_Inside] = [(node, frozenset())]
    while waiting:  # a chain of operators may be longer than the stack is deep
        inner, local = waiting.pop()
        reference, children = _look(inner, local)
        if reference is not None and reference.root not in local:
            found.append(reference)
        waiting.extend(reversed(children))
    return found


def _quoted(key: Key) -> str:
    return f'"{key}"' if isinstance(key, str) else str(key)


def _look(node: object, local: frozenset[str]) -> tuple[Reference | None, list[_Inside]]:
    """What a node itself refers to, and what is inside of it with the names in force there."""
    match node:
        case nodes.Variable(name):
            return Reference((name,), node.span), []
        case nodes.Access():
            return _access(node, local)
        case Scoped(expression, variables):
            return None, [(expression, local | variables.keys())]
        case nodes.For():
            inner = local | _names(node.key_name, node.value_name)
            parts = [(part, inner) for part in (node.key, node.value, node.condition)]
            return None, [(node.collection, local), *parts]
        case nodes.ForDirective(key, value, collection, body):
            inner = local | _names(key, value)
            return None, [(collection, local), *((part, inner) for part in body)]
    return None, [(child, local) for child in _children(node)]


def _access(node: nodes.Access, local: frozenset[str]) -> tuple[Reference | None, list[_Inside]]:
    keys = [(key, local) for step in node.steps for key in _keys(step)]
    if not isinstance(node.subject, nodes.Variable):
        return None, [(node.subject, local), *keys]
    path: list[Key] = [node.subject.name]
    for step in node.steps:
        key = step.name if isinstance(step, nodes.AttributeStep) else constant_key(step)
        if key is None:
            break
        path.append(key)
    return Reference(tuple(path), node.span), keys


def _keys(step: nodes.Step) -> list[object]:
    """Keys that have to be worked out."""
    if isinstance(step, nodes.IndexStep):
        return [step.key]
    if isinstance(step, nodes.SplatStep):
        return [key for inner in step.each for key in _keys(inner)]
    return []


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
