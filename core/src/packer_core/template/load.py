"""From what the user typed to a Template. The only way in.

``load_template`` collects everything that is wrong and raises it at once; what comes back is
complete and consistent, apart from the options, which only plugins can judge.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packer_core.diagnostics import Diagnostic, in_order
from packer_core.errors import TemplateError

from .json_format import read_template
from .json_nodes import Object, plain
from .json_reader import read_json
from .source_file import read_file, read_standard_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from .hcl_load import OpenLookups
    from .json_reader import Document
    from .model import Source, Template
    from .variables import VariableInputs

CONFIG_TYPES = ("json", "hcl2")
"""What ``-config-type`` takes (BLD-018)."""

_STANDARD_INPUT = "-"
_HCL_SUFFIXES = (".pkr.hcl", ".pkr.json")
_LOOKS_LIKE_HCL = re.compile(
    r"\s*+(?:(?:#|//)[^\n]*+\s*+)*+(?:packer|variable|locals?|source|build|data)\b[^:,]*[{=]"
)


def load_template(
    path: Path,
    inputs: VariableInputs,
    *,
    config_type: str = "json",
    strict_variables: bool = True,
    syntax_only: bool = False,
    lookups: OpenLookups | None = None,
    chosen: Callable[[Source], bool] | None = None,
    stdin: BinaryIO | None = None,
) -> Template:
    """Load a template with its variables.

    Args:
        path: As the user typed it; ``-`` is standard input.
        inputs: Values of variables, and the environment.
        config_type: What a file is whose name does not tell (BLD-002): ``json`` or ``hcl2``.
        strict_variables: Whether a required variable without a value is an error. ``inspect`` and
            ``validate -syntax-only`` look at a template without it: such a variable then has
            ``is_set`` false and the value ``<unknown>``.
        syntax_only: Whether to stop behind the variables of an HCL2 template (VAL-002).
        lookups: Makes what asks the data sources of an HCL2 template.
        chosen: Which builds count when it is told which data sources are reached; None if that
            does not matter.
        stdin: Read for ``-`` instead of the process's own.

    Raises:
        TemplateError: it cannot be read or is wrong; holds every problem, in the order of the
            text.
    """
    if is_hcl(path, config_type):
        from .hcl_load import load_hcl  # noqa: PLC0415 - JSON templates do without

        return load_hcl(
            path, inputs, strict_variables=strict_variables, syntax_only=syntax_only,
            lookups=lookups,
            chosen=chosen,
        )  # fmt: skip
    document = _read(path, stdin)
    template, findings = read_template(document, path, inputs, strict_variables=strict_variables)
    if template is None or any(finding.severity == "error" for finding in findings):
        raise TemplateError(in_order(findings))
    return template


def is_hcl(path: Path, config_type: str) -> bool:
    """Whether a template is written in HCL2 (BLD-002).

    Raises:
        TemplateError: ``config_type`` is none, or the template cannot be read from there.
    """
    if config_type not in CONFIG_TYPES:
        hint = f"-config-type is one of {', '.join(CONFIG_TYPES)}"
        raise TemplateError([Diagnostic(f"unknown -config-type: {config_type}", hint=hint)])
    if str(path) != _STANDARD_INPUT:
        return path.name.endswith(_HCL_SUFFIXES) or path.is_dir() or config_type == "hcl2"
    if config_type == "hcl2":
        summary = "an HCL2 template is not read from standard input"
        raise TemplateError([Diagnostic(summary, hint="put it into a file like box.pkr.hcl")])
    return False


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
        _check(document, path, inputs)
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


def _check(document: Document, path: Path, inputs: VariableInputs) -> None:
    _, findings = read_template(document, path, inputs, strict_variables=False)
    if any(finding.severity == "error" for finding in findings):
        raise TemplateError(in_order(findings))


def _read(path: Path, stdin: BinaryIO | None) -> Document:
    if str(path) == _STANDARD_INPUT:
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
