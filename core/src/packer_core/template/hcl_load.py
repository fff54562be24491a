"""Loading an HCL2 template: what `load` does for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import in_order
from packer_core.errors import TemplateError

from .hcl_format import HclReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .hcl_graph import Lookups
    from .inputs import VariableInputs
    from .model import Preliminary, Source, Template

    OpenLookups = Callable[[Preliminary], Lookups]
    """Makes what asks data sources, once it is known what the template says before that."""


def load_hcl(
    path: Path,
    inputs: VariableInputs,
    *,
    strict_variables: bool = True,
    syntax_only: bool = False,
    lookups: OpenLookups | None = None,
    chosen: Callable[[Source], bool] | None = None,
) -> Template:
    """See `packer_core.template.load.load_template`."""
    try:
        reader = HclReader(path, inputs, chosen)
        reader.read(strict_variables=strict_variables)
        if syntax_only:
            return reader.template(with_builds=False)
        reader.work_out(lookups, tolerant=not strict_variables)
        return reader.template(tolerant=not strict_variables)
    except TemplateError as error:
        raise TemplateError(in_order(error.diagnostics)) from None
