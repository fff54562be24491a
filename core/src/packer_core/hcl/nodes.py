"""What a parsed text is made of: frozen records, each with the span it was read from.

Two nodes are equal if they mean the same; spans, and how a thing was written where it makes no
difference (a heredoc or quotes, parentheses around a key), do not count unless said so.

::

    Expression   Literal  Template  TemplateWrap  Variable  Access  FunctionCall  Tuple  Object  For
                 Unary  Binary  Conditional  Parentheses
    Part         Text  Interpolation  IfDirective  ForDirective          (of a Template)
    Step         AttributeStep  IndexStep  SplatStep                     (of an Access)
    structure    Attribute  Block  Body

A name with what follows it is one Access: ``a.b[0].*.c`` is ``Access(Variable("a"), (…))``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from packer_sdk.records import aside, mass_record

if TYPE_CHECKING:
    from decimal import Decimal
    from typing import Literal as OneOf

    from .body import AnyBody
    from .source import Span


@mass_record
class Literal:
    """``true``, ``null``, a number; and a string where a bare name stands for itself.

    Such a string is the key in ``{name = 1}``. What stands in quotes is always a Template.
    """

    value: bool | int | Decimal | str | None
    span: Span = aside()


@mass_record
class Heredoc:
    """How a template was written.

    Attributes:
        marker: The word that ends it.
        flush: It was ``<<-``: the indentation all lines share is already gone from the parts.
    """

    marker: str
    flush: bool


@mass_record
class Template:
    """A string with what is filled in. Escapes, ``~`` and ``<<-`` are already applied to the parts.

    Without interpolations and directives there is one Text at most, ``""`` has no parts.
    """

    parts: tuple[Part, ...]
    span: Span = aside()
    heredoc: Heredoc | None = aside(default=None)

    @property
    def constant(self) -> str | None:
        """The string, if nothing is filled in."""
        if not self.parts:
            return ""
        first = self.parts[0]
        return first.text if len(self.parts) == 1 and isinstance(first, Text) else None


@mass_record
class TemplateWrap:
    """``"${expression}"`` and nothing else: the value itself, of whatever type."""

    expression: Expression
    span: Span = aside()


@mass_record
class Text:
    """Part of a template that stands for itself."""

    text: str
    span: Span = aside()


@mass_record
class Interpolation:
    """``${expression}`` as a part of a template."""

    expression: Expression
    span: Span = aside()


@mass_record
class IfDirective:
    """``%{if condition}then%{else}otherwise%{endif}``; without an else, `otherwise` is empty."""

    condition: Expression
    then: tuple[Part, ...]
    otherwise: tuple[Part, ...]
    span: Span = aside()


@mass_record
class ForDirective:
    """``%{for key, value in collection}body%{endfor}``; `key` may be None."""

    key: str | None
    value: str
    collection: Expression
    body: tuple[Part, ...]
    span: Span = aside()


@mass_record
class Variable:
    """A name that stands for a value."""

    name: str
    span: Span = aside()


@mass_record
class Access:
    """What is reached from a value step by step; `steps` is never empty."""

    subject: Expression
    steps: tuple[Step, ...]
    span: Span = aside()

    @property
    def path(self) -> tuple[str | int | Decimal, ...] | None:
        """``("var", "list", 0)``: the names and constant keys, root first.

        None if it does not start at a name, has a splat, or a key has to be worked out.
        """
        if not isinstance(self.subject, Variable):
            return None
        path: list[str | int | Decimal] = [self.subject.name]
        for step in self.steps:
            key = step.name if isinstance(step, AttributeStep) else constant_key(step)
            if key is None:
                return None
            path.append(key)
        return tuple(path)


@mass_record
class AttributeStep:
    """``.name``."""

    name: str
    span: Span = aside()


@mass_record
class IndexStep:
    """``[key]``, or the old form ``.0``, which means the same (`legacy`)."""

    key: Expression
    span: Span = aside()
    legacy: bool = aside(default=False)


@mass_record
class SplatStep:
    """``.*`` or, if `full`, ``[*]``; `each` is what is reached from every item.

    What follows ``[*]`` is all in `each`; of what follows ``.*`` only names and old indexes are:
    ``a.*.b[0]`` takes the first of the list of all ``b``.
    """

    full: bool
    each: tuple[Step, ...]
    span: Span = aside()


@mass_record
class FunctionCall:
    """``name(arguments)``; with `expand_final` the last one was followed by ``...``."""

    name: str
    arguments: tuple[Expression, ...]
    expand_final: bool
    name_span: Span = aside()
    span: Span = aside()


@mass_record
class Tuple:
    """``[a, b]``."""

    items: tuple[Expression, ...]
    span: Span = aside()


@mass_record
class ObjectItem:
    """``key = value``.

    A key that is a bare name is a Literal with that string. One in Parentheses is an expression;
    any other Access as a key is ambiguous, which is for the evaluation to say, as in Go.
    """

    key: Expression
    value: Expression
    span: Span = aside()


@mass_record
class Object:
    """``{a = 1, "b": 2}``, with its items in the order of the text; keys may repeat."""

    items: tuple[ObjectItem, ...]
    span: Span = aside()


@mass_record
class For:
    """``[for …]``, or with a `key` ``{for …}``.

    Attributes:
        key_name: ``k`` of ``for k, v in``; None without it.
        value_name: ``v``.
        collection: What is gone through.
        key: What stands in front of ``=>``; None in ``[for …]``.
        value: What each item becomes.
        condition: What stands behind ``if``.
        grouped: ``...`` stands behind the value: items of one key are collected in a list.
    """

    key_name: str | None
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    grouped: bool
    span: Span = aside()


@mass_record
class Unary:
    """``-x`` or ``!x``."""

    operator: OneOf["-", "!"]
    operand: Expression
    span: Span = aside()


@mass_record
class Binary:
    """Two operands. Chains lean to the left: ``a - b - c`` is ``(a - b) - c``."""

    operator: str
    left: Expression
    right: Expression
    span: Span = aside()


@mass_record
class Conditional:
    """``condition ? then : otherwise``."""

    condition: Expression
    then: Expression
    otherwise: Expression
    span: Span = aside()


@mass_record
class Parentheses:
    """``(expression)``: kept because of keys of objects, and to find what a user wrote."""

    expression: Expression
    span: Span = aside()


Expression: TypeAlias = (
    Literal
    | Template
    | TemplateWrap
    | Variable
    | Access
    | FunctionCall
    | Tuple
    | Object
    | For
    | Unary
    | Binary
    | Conditional
    | Parentheses
)
Part: TypeAlias = Text | Interpolation | IfDirective | ForDirective
Step: TypeAlias = AttributeStep | IndexStep | SplatStep


@mass_record
class Attribute:
    """``name = expression`` in a body."""

    name: str
    expression: Expression
    name_span: Span = aside()
    span: Span = aside()


@mass_record
class Block:
    """``type "label" { … }``.

    Attributes:
        type: The word in front.
        labels: What stands between it and the brace, names and quoted strings alike.
        body: What is inside; of native or JSON syntax, both offer ``content(schema)``.
        type_span: Where the word stands.
        label_spans: Where each label stands, with its quotes.
        span: The header: from the word to the last label.
    """

    type: str
    labels: tuple[str, ...]
    body: AnyBody
    type_span: Span = aside()
    label_spans: tuple[Span, ...] = aside()
    span: Span = aside()


def constant_key(step: Step) -> str | int | Decimal | None:
    """Return the key of ``[0]``, ``["a"]`` or ``.0``; None if it has to be worked out."""
    if not isinstance(step, IndexStep):
        return None
    if isinstance(step.key, Template):
        return step.key.constant
    value = step.key.value if isinstance(step.key, Literal) else None
    return None if isinstance(value, bool) else value
