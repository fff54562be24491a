"""Values of variables that the user gave: environment, files, command line (VAR-008 to VAR-010)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError
from packer_core.hcl import values
from packer_core.hcl.body import BlockSchema, BodySchema
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.parser import parse_expression
from packer_core.hcl.scope import EMPTY
from packer_sdk.cty.types import MapType, ObjectType
from packer_sdk.records import named_record, replaced

from .hcl_files import automatic_variable_files, read_hcl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packer_core.hcl.nodes import Expression
    from packer_core.hcl.source import Span
    from packer_sdk.cty.types import Type
    from packer_sdk.cty.values import Value

    from .inputs import VariableInputs

ENVIRONMENT_PREFIX = "PKR_VAR_"
COMMAND_LINE = "-var"

_RAW_TYPES = ("string", "number", "dynamic")
_DECLARATIONS = BodySchema((), (BlockSchema("variable", ("name",)), BlockSchema("variables")))


@named_record
class Given:
    """A value that somebody gave.

    Attributes:
        name: Of the variable.
        source: Who gave it: ``PKR_VAR_a``, ``-var``, or the path of a file.
        text: As it stands in the environment or on the command line; None if it is from a file.
        expression: As it stands in a file.
        span: Where its name stands in the file.
    """

    name: str
    source: str
    text: str | None = None
    expression: Expression | None = None
    span: Span | None = None

    @property
    def is_from_file(self) -> bool:
        """Whether it stands in a file."""
        return self.expression is not None


def gather(path: Path, inputs: VariableInputs, findings: Findings) -> list[Given]:
    """Everything the user gave; what comes later wins (VAR-008).

    Args:
        path: Of the template.
        inputs: The command line and the environment.
        findings: Where errors go.
    """
    found = list(_from_environment(inputs))
    for file in automatic_variable_files(path):
        found += _from_file(file, findings)
    for file in inputs.files:
        if file.name.endswith((".hcl", ".json")):
            found += _from_file(file, findings)
        else:
            summary = f"cannot read variable file: {file}: its name ends neither in .hcl nor .json"
            findings.add([Diagnostic(summary)])
    found += [Given(name=name, source=COMMAND_LINE, text=text) for name, text in inputs.assignments]
    return found


def value_of(given: Given, type_: Type, findings: Findings) -> Value | None:
    """The value itself, before it is converted; None if it is none.

    Args:
        given: By the user.
        type_: Of the variable: a text is taken as it is for these that are simple (VAR-010).
        findings: Where errors go; they show nothing of the value, which may be a secret.
    """
    own = Findings()
    value = _value(given, type_, own)
    findings.add(_unquoted(given, type_, diagnostic) for diagnostic in own.diagnostics)
    return None if own.errors else value


def _value(given: Given, type_: Type, findings: Findings) -> Value | None:
    if given.expression is not None:
        return evaluate(given.expression, EMPTY, findings)
    text = given.text or ""
    if type_ in _RAW_TYPES:
        return values.string(text)
    expression, wrong = parse_expression(text, given.source)
    findings.add(wrong)
    return evaluate(expression, EMPTY, findings) if expression is not None else None


def _unquoted(given: Given, type_: Type, diagnostic: Diagnostic) -> Diagnostic:
    """The same without the line it is about; on a command line there is none to point at."""
    place = diagnostic.place
    if given.is_from_file or place is None:
        return replaced(diagnostic, place=place and replaced(place, text="", end_text=""))
    summary = f'variable "{given.name}" (from {given.source}): {diagnostic.summary}'
    return Diagnostic(summary, hint=_form(type_))


def _form(type_: Type) -> str:
    if type_ == "bool":
        return "it is true or false"
    example = '{a = "b"}' if isinstance(type_, MapType | ObjectType) else '["a", "b"]'
    return f"it is an expression, in which texts stand in quotes: {example}"


def _from_environment(inputs: VariableInputs) -> Iterator[Given]:
    for key, text in sorted(inputs.environ.items()):
        name = key.removeprefix(ENVIRONMENT_PREFIX)
        if name not in {key, ""}:
            yield Given(name=name, source=key, text=text)


def _from_file(path: Path, findings: Findings) -> list[Given]:
    """Read a file of assignments and nothing else (VAR-009)."""
    own = Findings()
    try:
        file = read_hcl(path, "variable file")
    except TemplateError as error:
        findings.add(error.diagnostics)
        return []
    own.add(file.diagnostics)
    content = file.body.partial_content(_DECLARATIONS)
    for block in content.blocks:
        name = block.labels[0] if block.labels else "NAME"
        own.error(
            "a variable file sets variables, and declares none",
            block.span,
            hint=f"{name} = VALUE sets it; the declaration belongs into a .pkr.hcl file",
        )
    attributes, wrong = content.remaining.just_attributes()
    own.add(wrong)
    findings.add(
        replaced(one, place=one.place and replaced(one.place, text="", end_text=""))
        for one in own.diagnostics
    )
    return [
        Given(
            name=name,
            source=str(path),
            expression=attribute.expression,
            span=attribute.name_span,
        )
        for name, attribute in attributes.items()
    ]
