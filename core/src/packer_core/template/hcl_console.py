"""Expressions of HCL2, evaluated one by one (CON-001)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.errors import TemplateError
from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings
from packer_core.hcl.marks import is_sensitive
from packer_core.hcl.parser import parse_expression
from packer_core.hcl.scope import Scope

from .hcl_format import HclReader
from .hcl_values import shown

if TYPE_CHECKING:
    from pathlib import Path

    from .hcl_load import OpenLookups
    from .inputs import VariableInputs
    from .model import Template

_NAMES = ("var", "local", "path", "packer")
"""What expressions may ask for; ``data`` is not among them (DAT-002)."""

HIDDEN = "(sensitive value)"


class HclConsole:
    """Evaluates expressions with the variables, locals and functions of a template.

    Args:
        path: Of the template; None for none.
        inputs: Values of its variables.
        lookups: Makes what asks its data sources, which locals may need.

    Attributes:
        template: The template, if there is one; what is wrong with it is among its warnings.

    Raises:
        TemplateError: the template cannot be read.
    """

    def __init__(
        self, path: Path | None, inputs: VariableInputs, lookups: OpenLookups | None = None
    ) -> None:
        self.template: Template | None = None
        if path is None:
            self._scope = Scope({}, Library(Surroundings(environment=inputs.environ)))
            return
        reader = HclReader(path, inputs)
        reader.read(strict_variables=False)
        reader.work_out(lookups, tolerant=True)
        self.template = reader.template(tolerant=True)
        known = {name: reader.scope.variable(name) for name in _NAMES}
        self._scope = Scope(
            {name: value for name, value in known.items() if value is not None}, reader.functions
        )

    def evaluate(self, line: str) -> str:
        """See `packer_core.template.console.Console`."""
        findings = Findings()
        expression, wrong = parse_expression(line, "<console>")
        findings.add(wrong)
        value = evaluate(expression, self._scope, findings) if expression is not None else None
        if findings.errors or value is None:
            raise TemplateError(dict.fromkeys(findings.diagnostics))
        return HIDDEN if is_sensitive(value) else shown(value, bare=True)
