"""Loading an HCL2 template: what `load` does for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import in_order
from packer_core.errors import TemplateError

from .hcl_format import HclReader
from .hcl_graph import NoLookups

if TYPE_CHECKING:
    from pathlib import Path

    from .hcl_graph import Lookups
    from .model import Template
    from .variables import VariableInputs


def load_hcl(
    path: Path,
    inputs: VariableInputs,
    *,
    strict_variables: bool = True,
    syntax_only: bool = False,
    lookups: Lookups | None = None,
) -> Template:
    """See `packer_core.template.load.load_template`."""
    try:
        reader = HclReader(path, inputs)
        reader.read(strict_variables=strict_variables)
        if syntax_only:
            return reader.template(with_builds=False)
        reader.work_out(lookups or NoLookups())
        return reader.template(tolerant=not strict_variables)
    except TemplateError as error:
        raise TemplateError(in_order(error.diagnostics)) from None
