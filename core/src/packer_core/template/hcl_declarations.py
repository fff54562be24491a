"""Variables as a template declares them (VAR-001, VAR-002)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.body import BodySchema
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.marks import unmark_deep
from packer_core.hcl.nodes import Template
from packer_core.hcl.parser import parse_expression
from packer_core.hcl.scope import Scope
from packer_core.hcl.type_constraints import ANY, TypeConstraint, type_constraint
from packer_sdk.cty.types import Mismatch, ObjectType, TupleType
from packer_sdk.records import named_record, replaced

from .hcl_constants import Arguments
from .hcl_validation import VALIDATION, Validation, read_validation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_core.hcl.function import Function
    from packer_core.hcl.nodes import Attribute, Block, Expression
    from packer_core.hcl.source import Span
    from packer_sdk.cty.values import Value

DECLARATION = BodySchema(("type", "default", "description", "sensitive"), (VALIDATION,))

IDENTIFIER = re.compile(r"[^\W\d][\w-]*")


@named_record
class Declared:
    """A variable of a template.

    Attributes:
        name: Its name.
        constraint: What its values are converted to.
        span: Where its name stands.
        default: None if it has none.
        sensitive: Never shown.
        description: The author's words about it.
        validations: What its value must fulfil.
    """

    name: str
    constraint: TypeConstraint
    span: Span
    default: Value | None = None
    sensitive: bool = False
    description: str = ""
    validations: tuple[Validation, ...] = ()


class Declarations:
    """Reads declarations, and notices those of the same name.

    Args:
        functions: What defaults may call: ``env`` (VAR-005).
        findings: Where errors go.
    """

    def __init__(self, functions: Mapping[str, Function], findings: Findings) -> None:
        self._scope = Scope(functions=functions)
        self._findings = findings
        self.found: dict[str, Declared] = {}

    def read(self, blocks: Iterable[Block]) -> None:
        """Read blocks of either kind, in the order of the text."""
        for block in blocks:
            if block.type == "variable":
                self._variable(block)
            elif block.type == "variables":
                self._variables(block)

    def _variable(self, block: Block) -> None:
        content = block.body.content(DECLARATION)
        self._findings.add(content.diagnostics)
        arguments = Arguments(content.attributes, self._findings)
        name = block.labels[0]
        constraint = self._constraint(content.attributes.get("type"))
        default = self._default(content.attributes.get("default"))
        constraint, default = self._fitted(name, constraint, default, content.attributes)
        validations = [read_validation(name, one, self._findings) for one in content.blocks]
        self._add(
            Declared(
                name=name,
                constraint=constraint or ANY,
                span=block.label_spans[0],
                default=default,
                sensitive=arguments.flag("sensitive") or False,
                description=arguments.text("description") or "",
                validations=tuple(one for one in validations if one),
            )
        )

    def _variables(self, block: Block) -> None:
        attributes, wrong = block.body.just_attributes()
        self._findings.add(wrong)
        for name, attribute in attributes.items():
            default = self._default(attribute)
            constraint = _of_default(default)
            self._add(
                Declared(
                    name=name,
                    constraint=constraint or ANY,
                    span=attribute.name_span,
                    default=default,
                )
            )

    def _constraint(self, attribute: Attribute | None) -> TypeConstraint | None:
        if attribute is None:
            return None
        expression: Expression | None = attribute.expression
        if isinstance(expression, Template) and expression.constant is not None:
            # JSON has no other way to write a type.
            expression, wrong = parse_expression(expression.constant, str(attribute.span))
            self._findings.add(
                replaced(one, place=attribute.expression.span.place) for one in wrong
            )
        return type_constraint(expression, self._findings) if expression else None

    def _default(self, attribute: Attribute | None) -> Value | None:
        if attribute is None:
            return None
        own = Findings()
        value = evaluate(attribute.expression, self._scope, own)
        self._findings.add(
            replaced(
                one, hint=one.hint or "a default calls env at most; a local calls any function"
            )
            if one.summary.startswith("unknown function")
            else one
            for one in own.diagnostics
        )
        return unmark_deep(value)[0]

    def _fitted(
        self,
        name: str,
        constraint: TypeConstraint | None,
        default: Value | None,
        attributes: Mapping[str, Attribute],
    ) -> tuple[TypeConstraint | None, Value | None]:
        """The default as its type wants it; without a type, its own is wanted (VAR-003)."""
        if default is None:
            return constraint, None
        if constraint is None:
            return _of_default(default), default
        try:
            return constraint, constraint.convert(default)
        except Mismatch as error:
            self._findings.error(
                f'the default of variable "{name}" is not of its type: {error}',
                attributes["default"].expression.span,
            )
            return constraint, values.unknown(constraint.type)

    def _add(self, declared: Declared) -> None:
        if not IDENTIFIER.fullmatch(declared.name):
            self._findings.error(
                f"not a name for a variable: {declared.name}",
                declared.span,
                hint="letters, digits, _ and -, beginning with a letter",
            )
        elif first := self.found.get(declared.name):
            self._findings.error(
                f'variable "{declared.name}" is declared twice',
                declared.span,
                detail=f"The other one is at {first.span.place}.",
            )
            return
        self.found[declared.name] = declared


def _of_default(default: Value | None) -> TypeConstraint | None:
    """What further values must be, judged by the default; one that is empty says nothing."""
    if default is None or default.type in (ObjectType({}), TupleType([])):
        return None
    return TypeConstraint(default.type)
