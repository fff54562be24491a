"""From what the user typed to a Template. The only way in.

``load_template`` collects everything that is wrong and raises it at once; what comes back is
complete and consistent, apart from the options, which only plugins can judge.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic, in_order
from packer_core.errors import TemplateError

from .json_format import read_template
from .json_reader import read_json
from .source_file import read_file, read_standard_input

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

    from .json_reader import Document
    from .model import Template
    from .variables import VariableInputs

CONFIG_TYPES = ("json", "hcl2")
"""What ``-config-type`` takes (BLD-018)."""

_STANDARD_INPUT = "-"
_HCL_SUFFIXES = (".pkr.hcl", ".pkr.json")
_LOOKS_LIKE_HCL = re.compile(
    r"\s*+(?:(?:#|//)[^\n]*+\s*+)*+(?:packer|variable|locals?|source|build|data)\b[^:,]*[{=]"
)
_HOW_ON = "write the template in JSON: a file like box.json"


def load_template(
    path: Path,
    inputs: VariableInputs,
    *,
    config_type: str = "json",
    strict_variables: bool = True,
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
        stdin: Read for ``-`` instead of the process's own.

    Raises:
        TemplateError: it cannot be read or is wrong; holds every problem, in the order of the
            text.
    """
    _refuse_hcl(path, config_type)
    document = _read(path, stdin)
    template, findings = read_template(document, path, inputs, strict_variables=strict_variables)
    if template is None or any(finding.severity == "error" for finding in findings):
        raise TemplateError(in_order(findings))
    return template


def _read(path: Path, stdin: BinaryIO | None) -> Document:
    if str(path) == _STANDARD_INPUT:
        document = read_json(read_standard_input("template", stdin), "<stdin>")
    else:
        document = read_json(read_file(path, "template"), str(path))
    if document.root is None and _is_hcl(path, document):
        message = f"this looks like HCL2, which is not read yet: {path}"
        raise TemplateError([Diagnostic(message, document.diagnostics[-1].place, hint=_HOW_ON)])
    return document


def _refuse_hcl(path: Path, config_type: str) -> None:
    if config_type not in CONFIG_TYPES:
        hint = f"-config-type is one of {', '.join(CONFIG_TYPES)}"
        raise TemplateError([Diagnostic(f"unknown -config-type: {config_type}", hint=hint)])
    if path.name.endswith(_HCL_SUFFIXES):
        reason = "its name says so"
    elif path.is_dir():
        reason = "a folder is always HCL2"
    elif config_type == "hcl2":
        reason = "-config-type=hcl2 says so"
    else:
        return
    raise TemplateError(
        [
            Diagnostic(
                f"HCL2 templates are not read yet: {path}",
                detail=f"It is taken for HCL2 because {reason}.",
                hint=_HOW_ON,
            )
        ]
    )


def _is_hcl(path: Path, document: Document) -> bool:
    return path.suffix == ".hcl" or bool(_LOOKS_LIKE_HCL.match(document.source.text[:10_000]))
