"""Types as templates write them, ``list(string)``, with defaults inside (VAR-003)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.nearest import did_you_mean
from packer_sdk.cty.types import ListType, MapType, Mismatch, ObjectType, SetType, TupleType
from packer_sdk.cty.values import UNKNOWN, Value
from packer_sdk.records import made, record

from . import nodes, values
from .convert import convert
from .evaluate import evaluate
from .marks import bare, mark, unmark
from .scope import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cty.types import Type

    from .findings import Findings
    from .nodes import Expression


@record
class Defaults:
    """What attributes get that are left out.

    Attributes:
        values: Of an object, by attribute.
        inside: Of what is inside: by attribute, by position, and by ``""`` for every element.
    """

    values: Mapping[str, Value] = made(default_factory=dict)
    inside: Mapping[str, Defaults] = made(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values or self.inside)


@record
class TypeConstraint:
    """A type, and the defaults that stand in it.

    Attributes:
        type: To convert to; ``any`` is ``dynamic``.
        defaults: To apply first.
    """

    type: Type
    defaults: Defaults = made(default_factory=Defaults)

    def convert(self, value: Value) -> Value:
        """Give a value its defaults and its type.

        Raises:
            Mismatch: it cannot have this type.
        """
        return convert(apply_defaults(value, self.defaults), self.type)


ANY = TypeConstraint("dynamic")

NAMES: Mapping[str, Type] = {
    "string": "string",
    "number": "number",
    "bool": "bool",
    "any": "dynamic",
}


def type_constraint(
    expression: Expression, findings: Findings, *, optional: bool = True
) -> TypeConstraint:
    """Read a type.

    Args:
        expression: As it stands behind ``type =``.
        findings: Where errors go.
        optional: Whether attributes of objects may be ``optional(…)``.

    Returns:
        The type; ``any`` where there was an error.
    """
    match expression:
        case nodes.Parentheses(inner):
            return type_constraint(inner, findings, optional=optional)
        case nodes.Variable(name):
            return _named(name, expression, findings)
        case nodes.FunctionCall():
            return _called(expression, findings, optional)
        case nodes.Template() if (text := expression.constant) is not None:
            hint = f"without quotes: {text}" if text else None
            findings.error("a type is written without quotes", expression.span, hint=hint)
        case _:
            findings.error("this is no type", expression.span, hint=_EXAMPLES)
    return ANY


def apply_defaults(value: Value, defaults: Defaults) -> Value:
    """Put defaults where attributes are left out or null; a value that is null stays so."""
    plain, marks = unmark(value)
    if not defaults or plain.content is None or plain.content is UNKNOWN:
        return value
    if isinstance(plain.type, ObjectType | MapType):
        return mark(_named_with_defaults(plain, defaults), marks)
    if isinstance(plain.type, values.SEQUENCES):
        parts = [
            apply_defaults(item, _inside(defaults, str(index)))
            for index, item in enumerate(values.items(plain))
        ]
        return mark(_sequence(plain, parts), marks)
    return value


def _named_with_defaults(plain: Value, defaults: Defaults) -> Value:
    parts = values.entries(plain)
    for name, default in defaults.values.items():
        if name not in parts or bare(parts[name].content) is None:
            parts[name] = default
    named = {name: apply_defaults(part, _inside(defaults, name)) for name, part in parts.items()}
    if isinstance(plain.type, MapType) and not defaults.values:
        types = [part.type for part in named.values()]
        if all(one == types[0] for one in types):
            return values.map_of(types[0] if types else plain.type.element, named)
    return values.object_of(named)


def _sequence(plain: Value, parts: list[Value]) -> Value:
    types = [part.type for part in parts]
    if isinstance(plain.type, TupleType) or any(one != types[0] for one in types):
        return values.tuple_of(parts)
    if not parts:
        return plain
    make = values.set_of if isinstance(plain.type, SetType) else values.list_of
    return make(types[0], parts)


def _inside(defaults: Defaults, step: str) -> Defaults:
    return defaults.inside.get(step) or defaults.inside.get("") or _NO_DEFAULTS


_NO_DEFAULTS = Defaults()

_EXAMPLES = "types are string, number, bool, list(string), map(any), object({name = string}) …"


def _named(name: str, node: nodes.Variable, findings: Findings) -> TypeConstraint:
    if name in NAMES:
        return TypeConstraint(NAMES[name])
    if name in _CONSTRUCTORS:
        hint = f"such as {_CONSTRUCTORS[name]}"
        findings.error(f"{name} of what? The type of its elements is missing", node.span, hint=hint)
    else:
        hint = did_you_mean(name, [*NAMES, *_CONSTRUCTORS]) or _EXAMPLES
        findings.error(f'no such type: "{name}"', node.span, hint=hint)
    return ANY


_CONSTRUCTORS = {
    "list": "list(string)",
    "set": "set(string)",
    "map": "map(string)",
    "object": "object({name = string})",
    "tuple": "tuple([string, number])",
}


def _called(node: nodes.FunctionCall, findings: Findings, optional: bool) -> TypeConstraint:
    if node.name == "optional":
        findings.error("only attributes of an object can be optional", node.name_span)
        return ANY
    if node.name not in _CONSTRUCTORS:
        hint = did_you_mean(node.name, _CONSTRUCTORS) or _EXAMPLES
        findings.error(f'no such type: "{node.name}(…)"', node.name_span, hint=hint)
        return ANY
    if len(node.arguments) != 1:
        hint = f"such as {_CONSTRUCTORS[node.name]}"
        findings.error(f"{node.name} takes one type", node.span, hint=hint)
        return ANY
    argument = node.arguments[0]
    if node.name == "object":
        return _object(argument, findings, optional)
    if node.name == "tuple":
        return _tuple(argument, findings, optional)
    inner = type_constraint(argument, findings, optional=optional)
    inside = {"": inner.defaults} if inner.defaults else {}
    return TypeConstraint(_COLLECTIONS[node.name](inner.type), Defaults({}, inside))


_COLLECTIONS: Mapping[str, type[ListType | SetType | MapType]] = {
    "list": ListType,
    "set": SetType,
    "map": MapType,
}


def _tuple(argument: Expression, findings: Findings, optional: bool) -> TypeConstraint:
    if not isinstance(argument, nodes.Tuple):
        findings.error("tuple takes a list of types", argument.span, hint="tuple([string, number])")
        return ANY
    parts = [type_constraint(item, findings, optional=optional) for item in argument.items]
    inside = {str(index): part.defaults for index, part in enumerate(parts) if part.defaults}
    return TypeConstraint(TupleType([part.type for part in parts]), Defaults({}, inside))


def _object(argument: Expression, findings: Findings, optional: bool) -> TypeConstraint:
    if not isinstance(argument, nodes.Object):
        hint = "object({name = string})"
        findings.error("object takes types by name, in braces", argument.span, hint=hint)
        return ANY
    types: dict[str, Type] = {}
    optionals: set[str] = set()
    defaults: dict[str, Value] = {}
    inside: dict[str, Defaults] = {}
    for item in argument.items:
        name = _attribute_name(item.key, findings)
        if name is None:
            continue
        expression: Expression | None = item.value
        default = None
        if isinstance(expression, nodes.FunctionCall) and expression.name == "optional":
            if not optional:
                findings.error("no attribute can be optional here", expression.name_span)
            optionals.add(name)
            expression, default = _optional(expression, findings)
        if expression is None:
            continue
        constraint = type_constraint(expression, findings, optional=optional)
        types[name] = constraint.type
        if constraint.defaults:
            inside[name] = constraint.defaults
        if default is not None:
            found = _default(default, constraint, findings)
            if found is not None:
                defaults[name] = found
    known = frozenset(optionals & types.keys())
    return TypeConstraint(ObjectType(types, known), Defaults(defaults, inside))


def _attribute_name(key: Expression, findings: Findings) -> str | None:
    if isinstance(key, nodes.Literal) and isinstance(key.value, str):
        return key.value
    if isinstance(key, nodes.Template) and key.constant is not None:
        return key.constant
    findings.error("the name of an attribute must be a plain name", key.span)
    return None


def _optional(
    node: nodes.FunctionCall, findings: Findings
) -> tuple[Expression | None, Expression | None]:
    """The type and the default of an optional attribute."""
    if not 1 <= len(node.arguments) <= 2:
        hint = 'optional(string) or optional(string, "default")'
        findings.error("optional takes a type, and a default", node.span, hint=hint)
        return None, None
    type_, *default = node.arguments
    return type_, default[0] if default else None


def _default(
    expression: Expression, constraint: TypeConstraint, findings: Findings
) -> Value | None:
    before = findings.errors
    value = evaluate(expression, EMPTY, findings)
    if findings.errors > before:
        return None
    try:
        return constraint.convert(value)
    except Mismatch as error:
        findings.error(f"the default does not fit: {error.message}", expression.span)
        return None
