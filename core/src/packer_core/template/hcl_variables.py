"""The value of every variable of an HCL2 template.

The default, the environment, automatic files, named files and the command line are asked; the last
one that says something wins and is remembered as the source (VAR-008). Only the winner is converted
and judged (VAR-006).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.hcl import values
from packer_core.hcl.marks import SENSITIVE, mark
from packer_core.nearest import MOST_HINTS, did_you_mean, join
from packer_sdk.cty.types import Mismatch
from packer_sdk.records import named_record, replaced

from .hcl_given import COMMAND_LINE, value_of
from .hcl_validation import is_fulfilled
from .hcl_values import in_line, texts_in
from .model import UNSET, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packer_core.diagnostics import Place
    from packer_core.hcl.findings import Findings
    from packer_core.hcl.function import Function
    from packer_sdk.cty.values import Value

    from .hcl_declarations import Declared
    from .hcl_given import Given


@named_record
class Resolved:
    """A variable with its value.

    Attributes:
        declared: Its declaration.
        value: Marked if it is sensitive; not known if it is not set, or wrong.
        given: Who chose it; None for the default.
        is_set: Whether it has a value.
    """

    declared: Declared
    value: Value
    given: Given | None = None
    is_set: bool = True

    @property
    def variable(self) -> Variable:
        """What the rest of the program knows about it."""
        declared = self.declared
        source = self.given.source if self.given else "default"
        default = declared.default
        return Variable(
            name=declared.name,
            value=in_line(self.value) if self.is_set else UNSET,
            source=source if self.is_set else "",
            sensitive=declared.sensitive,
            required=default is None,
            default=None if default is None else in_line(default),
            place=declared.span.place,
            is_set=self.is_set,
            texts=texts_in(self.value),
        )


def resolve(
    declarations: Mapping[str, Declared],
    given: Iterable[Given],
    functions: Mapping[str, Function],
    findings: Findings,
    *,
    strict: bool = True,
) -> dict[str, Resolved]:
    """Find the value of every declared variable.

    Args:
        declarations: By name.
        given: By the user; a later one wins.
        functions: What conditions may call.
        findings: Where errors go.
        strict: Whether a variable without a value is an error (VAR-004).
    """
    winners = {one.name: one for one in given}
    resolved = {
        name: _resolve(declared, winners.get(name), functions, findings)
        for name, declared in declarations.items()
    }
    missing = [one.declared for one in resolved.values() if not one.is_set]
    if strict and missing:
        findings.add([_missing(missing)])
    for name, one in winners.items():
        if name not in declarations and one.source == COMMAND_LINE:
            few = findings.errors < MOST_HINTS
            findings.add([_undeclared(name, declarations if few else {})])
    return resolved


def undeclared(declarations: Mapping[str, Declared], given: Iterable[Given]) -> dict[str, Variable]:
    """What files set though the template does not declare it (BLD-013)."""
    return {
        one.name: Variable(name=one.name, value="", source=one.source)
        for one in given
        if one.is_from_file and one.name not in declarations
    }


def _resolve(
    declared: Declared, given: Given | None, functions: Mapping[str, Function], findings: Findings
) -> Resolved:
    marks = {SENSITIVE} if declared.sensitive else frozenset[str]()
    broken = Resolved(
        declared=declared, value=mark(values.unknown(declared.constraint.type), marks), given=given
    )
    if given is not None:
        value = _fitted(declared, given, findings)
        if value is None:
            return broken
    elif declared.default is not None:
        value = declared.default
    else:
        return Resolved(declared=declared, value=broken.value, is_set=False)
    value = mark(value, marks)
    for validation in declared.validations:
        if not is_fulfilled(validation, declared.name, value, functions, findings):
            findings.add([_refused(declared, given, validation.message)])
    return Resolved(declared=declared, value=value, given=given)


def _fitted(declared: Declared, given: Given, findings: Findings) -> Value | None:
    value = value_of(given, declared.constraint.type, findings)
    if value is None:
        return None
    try:
        return declared.constraint.convert(value)
    except Mismatch as error:
        summary = f'variable "{declared.name}" is not of its type: {error}'
        findings.add([_about(given, summary)])
        return None


def _refused(declared: Declared, given: Given | None, message: str) -> Diagnostic:
    summary = f'the value of variable "{declared.name}" is refused: {message}'
    if given is None:
        return Diagnostic(f"{summary} It is the default.", declared.span.place)
    return _about(given, summary)


def _about(given: Given, summary: str) -> Diagnostic:
    """An error about a value, without the value, which may be a secret."""
    if given.span is None:
        return Diagnostic(f"{summary} (from {given.source})")
    return Diagnostic(summary, replaced(given.span.place, text="", end_text=""))


def _missing(missing: list[Declared]) -> Diagnostic:
    names = [declared.name for declared in missing]
    several = len(names) > 1
    flags = " ".join(f"-var '{name}=…'" for name in names)
    place: Place = missing[0].span.place
    return Diagnostic(
        f"variable{'s have' if several else ' has'} no value: {join(names)}",
        place,
        hint=f"add {flags}, put {'them' if several else 'it'} into a file for -var-file, "
        f"or give {'them defaults' if several else 'it a default'}",
    )


def _undeclared(name: str, declarations: Iterable[str]) -> Diagnostic:
    near = did_you_mean(name, declarations)
    return Diagnostic(
        f'-var sets variable "{name}", which the template does not declare',
        hint=near or f'declare it: variable "{name}" {{}}',
    )
