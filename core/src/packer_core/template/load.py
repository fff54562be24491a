"""From what the user typed to a Template. The only way in.

``load_template`` collects everything that is wrong and raises it at once; what comes back is
complete and consistent, apart from the options, which only plugins can judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import Diagnostic
from packer_core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from .hcl_load import OpenLookups
    from .inputs import VariableInputs
    from .model import Source, Template

STANDARD_INPUT = "-"
"""What stands for it where a path is expected."""

CONFIG_TYPES = ("json", "hcl2")
"""What ``-config-type`` takes (BLD-018)."""

_HCL_SUFFIXES = (".pkr.hcl", ".pkr.json")


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
    from .json_load import load_json  # noqa: PLC0415 - HCL2 templates do without

    return load_json(path, inputs, strict_variables=strict_variables, stdin=stdin)


def is_hcl(path: Path, config_type: str) -> bool:
    """Whether a template is written in HCL2 (BLD-002).

    Raises:
        TemplateError: ``config_type`` is none, or the template cannot be read from there.
    """
    if config_type not in CONFIG_TYPES:
        hint = f"-config-type is one of {', '.join(CONFIG_TYPES)}"
        raise TemplateError([Diagnostic(f"unknown -config-type: {config_type}", hint=hint)])
    if str(path) != STANDARD_INPUT:
        return path.name.endswith(_HCL_SUFFIXES) or path.is_dir() or config_type == "hcl2"
    if config_type == "hcl2":
        summary = "an HCL2 template is not read from standard input"
        raise TemplateError([Diagnostic(summary, hint="put it into a file like box.pkr.hcl")])
    return False
