"""From a JSON file to a Template, or to what is written there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packer_core.diagnostics import Diagnostic, in_order
from packer_core.errors import TemplateError

from .json_format import read_template
from .json_nodes import Object, plain
from .json_reader import read_json
from .load import STANDARD_INPUT
from .source_file import read_file, read_standard_input

if TYPE_CHECKING:
    from typing import BinaryIO

    from .inputs import VariableInputs
    from .json_reader import Document
    from .model import Template

_LOOKS_LIKE_HCL = re.compile(
    r"\s*+(?:(?:#|//)[^\n]*+\s*+)*+(?:packer|variable|locals?|source|build|data)\b[^:,]*[{=]"
)


def load_json(
    path: Path,
    inputs: VariableInputs,
    *,
    strict_variables: bool = True,
    stdin: BinaryIO | None = None,
) -> Template:
    """Load a JSON template; see `packer_core.template.load.load_template`.

    Raises:
        TemplateError: it cannot be read or is wrong; holds every problem.
    """
    document = _read(path, stdin)
    template, findings = read_template(document, path, inputs, strict_variables=strict_variables)
    if template is None or any(finding.severity == "error" for finding in findings):
        raise TemplateError(in_order(findings))
    return template


def read_json_template(
    path: Path, stdin: BinaryIO | None = None, *, inputs: VariableInputs | None = None
) -> dict[str, Any]:
    """Return a JSON template as it stands: for the commands that rewrite it.

    Args:
        path: As the user typed it; ``-`` is standard input.
        stdin: Read for ``-`` instead of the process's own.
        inputs: If given, it has to be a template, or at least the part of one that declares
            variables; those without a value are no mistake.

    Raises:
        TemplateError: it cannot be read, is no JSON object, or no template.
    """
    document = _read(path, stdin)
    if any(finding.severity == "error" for finding in document.diagnostics):
        raise TemplateError(in_order(document.diagnostics))
    if not isinstance(document.root, Object):
        raise TemplateError([Diagnostic(f"a template is an object: {path}")])
    if inputs is not None:
        _check(document, path, inputs, whole=False)
    return {name: plain(member.value) for name, member in document.root.members.items()}


def check_json_template(text: str, name: str, inputs: VariableInputs) -> None:
    """Look whether a text is a JSON template; whether plugins like it, only they know.

    Args:
        text: The whole of it.
        name: What places call it.
        inputs: Values of variables; those without one are no mistake.

    Raises:
        TemplateError: it is none; holds every problem, in the order of the text.
    """
    _check(read_json(text.encode(), name), Path(name), inputs)


def _check(document: Document, path: Path, inputs: VariableInputs, *, whole: bool = True) -> None:
    _, findings = read_template(document, path, inputs, strict_variables=False, whole=whole)
    if any(finding.severity == "error" for finding in findings):
        raise TemplateError(in_order(findings))


def _read(path: Path, stdin: BinaryIO | None) -> Document:
    if str(path) == STANDARD_INPUT:
        document = read_json(read_standard_input("template", stdin), "<stdin>")
    else:
        document = read_json(read_file(path, "template"), str(path))
    if document.root is None and _looks_like_hcl(path, document):
        hint = "HCL2 is read from files whose names end in .pkr.hcl, and with -config-type=hcl2"
        message = f"this looks like HCL2, and is read as JSON: {path}"
        raise TemplateError([Diagnostic(message, document.diagnostics[-1].place, hint=hint)])
    return document


def _looks_like_hcl(path: Path, document: Document) -> bool:
    return path.suffix == ".hcl" or bool(_LOOKS_LIKE_HCL.match(document.source.text[:10_000]))
