"""User variables: what the template declares, what the user gave, and the text each ends up with.

A value comes from the template's default, then from variable files in their order, then from the
command line; the last one wins and is remembered as the source (JSN-003). The environment is not
looked at, except where a value asks for it with ``{{env `NAME`}}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError
from packer_core.nearest import MOST_HINTS, join, nearest
from packer_sdk.errors import PackerError
from packer_sdk.records import record, replaced

from .json_nodes import Object, Scalar, describe
from .json_reader import read_json
from .model import UNSET, Variable
from .rendering import point_into
from .source_file import read_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from pathlib import Path

    from packer_core.diagnostics import Place

    from .inputs import VariableInputs
    from .json_nodes import Member
    from .json_reader import Document
    from .rendering import Failure, Renderer


@record
class Declaration:
    """A variable of a template.

    Attributes:
        name: Its name.
        default: Its text before rendering; None makes it required.
        place: Where it is declared.
    """

    name: str
    default: str | None
    place: Place


@record
class _Given:
    text: str
    source: str
    place: Place | None = None


def parse_assignment(text: str) -> tuple[str, str]:
    """Split the ``name=value`` of a ``-var`` at its first ``=`` (BLD-011).

    Raises:
        PackerError: there is no ``=``, or no name in front of it.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise PackerError(
            f"-var needs name=value: {text}", hint="packer build -var 'name=value' TEMPLATE"
        )
    return name, value


def read_variable_file(path: Path) -> dict[str, tuple[str, Place]]:
    """Return the values of a variable file and where they stand: a flat object of strings.

    Places come without the text of their lines, because such files hold passwords.

    Raises:
        TemplateError: it cannot be read, or holds anything else (BLD-012).
    """
    if path.name.endswith(".hcl"):
        raise TemplateError([_no_hcl(path)])
    document = read_json(read_file(path, "variable file"), str(path))
    findings = list(document.diagnostics)
    values = {}
    root = document.root
    if root is not None and not isinstance(root, Object):
        summary = f"a variable file is an object of strings, not {describe(root)}"
        findings.append(Diagnostic(summary, document.source.place(root.start, root.start + 1)))
    for member in root.members.values() if isinstance(root, Object) else ():
        if isinstance(member.value, Scalar) and isinstance(member.value.value, str):
            place = document.place(member.value)
            values[member.name] = (member.value.value, replaced(place, text=""))
        else:
            findings.append(not_a_string(document, member, quote=False))
    if findings:
        raise TemplateError([_without_text(finding) for finding in findings])
    return values


def _without_text(finding: Diagnostic) -> Diagnostic:
    return replaced(finding, place=finding.place and replaced(finding.place, text=""))


def not_a_string(document: Document, member: Member, *, quote: bool = True) -> Diagnostic:
    """Say that the value of a variable is no string, and how it would be one (JSN-002).

    Args:
        document: Where it stands.
        member: The variable.
        quote: Whether the value may be shown.
    """
    value = member.value
    hint = None
    if isinstance(value, Scalar) and value.value is None:
        hint = 'write "" for an empty value'
    elif isinstance(value, Scalar):
        text = document.source.text[value.start : value.end]
        hint = f'quote it: "{text}"' if quote else "quote it"
    return Diagnostic(
        f'variable "{member.name}" must be a string, not {describe(value)}',
        document.place(value),
        hint=hint,
    )


def resolve_variables(
    declarations: Iterable[Declaration],
    inputs: VariableInputs,
    renderer: Renderer,
    *,
    sensitive: Collection[str] = (),
    strict: bool = True,
) -> tuple[dict[str, Variable], list[Diagnostic]]:
    """Find the final text of every variable.

    Args:
        declarations: Those of the template; they come first in the result, in their order.
        inputs: What the user gave.
        renderer: Fills in ``{{ … }}``.
        sensitive: Names whose values must not be shown.
        strict: Without it, a variable that has no value is left marked, and what would be an
            error of rendering is a warning.

    Returns:
        Variables by name, and everything that is wrong.
    """
    declared = {declaration.name: declaration for declaration in declarations}
    given, findings = _gather(declared.values(), inputs)
    missing = [name for name in declared if name not in given]
    if missing and strict and not findings:  # a file that cannot be read may have set them
        findings.append(_missing([declared[name] for name in missing], given, declared))
    texts = {name: value.text for name, value in given.items()}
    values, failures = renderer.render_all(texts, unset=dict.fromkeys(missing, UNSET))
    for failure in failures:
        is_secret = failure.name in sensitive
        diagnostic = _failed(failure, given[failure.name], is_secret=is_secret)
        findings.append(diagnostic if strict else replaced(diagnostic, severity="warning"))
    variables = {}
    for name in dict.fromkeys((*declared, *given)):
        declaration = declared.get(name)
        variables[name] = Variable(
            name=name,
            value=values.get(name, UNSET),
            source=given[name].source if name in given else "",
            sensitive=name in sensitive,
            required=declaration is not None and declaration.default is None,
            default=declaration.default if declaration else None,
            place=declaration.place if declaration else None,
            is_set=name in values and name in given,
        )
    return variables, findings


def _gather(
    declarations: Iterable[Declaration], inputs: VariableInputs
) -> tuple[dict[str, _Given], list[Diagnostic]]:
    given: dict[str, _Given] = {}
    findings: list[Diagnostic] = []
    for declaration in declarations:
        if declaration.default is not None:
            given[declaration.name] = _Given(declaration.default, "default", declaration.place)
    for path in inputs.files:
        try:
            values = read_variable_file(path)
        except TemplateError as error:
            findings.extend(error.diagnostics)
            continue
        given |= {name: _Given(text, str(path), place) for name, (text, place) in values.items()}
    given |= {name: _Given(text, "-var") for name, text in inputs.assignments}
    return given, findings


def _missing(
    missing: list[Declaration], given: Mapping[str, _Given], declared: Mapping[str, Declaration]
) -> Diagnostic:
    names = [declaration.name for declaration in missing]
    details = [
        f'"{name}" is set but not declared; is it meant to be "{near[0]}"?'
        for name in [name for name in given if name not in declared][:MOST_HINTS]
        if (near := nearest(name, names))
    ]
    flags = " ".join(f"-var '{name}=…'" for name in names)
    several = len(names) > 1
    return Diagnostic(
        f"required variable{'s are' if several else ' is'} not set: {join(names)}",
        missing[0].place,
        detail="\n".join(details),
        hint=f"add {flags}, or put {'them' if several else 'it'} into a file for -var-file",
    )


def _failed(failure: Failure, value: _Given, *, is_secret: bool) -> Diagnostic:
    name = f'variable "{failure.name}"' + ("" if value.place else f" (from {value.source})")
    if is_secret:
        # Neither the line nor the reason, which may quote it.
        return Diagnostic(
            f"{name}: its {{{{ … }}}} cannot be filled in",
            value.place and replaced(value.place, text=""),
            detail="More is not shown because the variable is sensitive.",
        )
    return Diagnostic(
        f"{name}: {failure.reason}",
        value.place and point_into(value.place, value.text, failure.offset),
        hint=failure.hint,
    )


def _no_hcl(path: Path) -> Diagnostic:
    return Diagnostic(
        f"cannot read variable file: {path}: HCL2 is not read yet",
        hint='with a JSON template it is one JSON object of strings: {"name": "value"}',
    )
