"""Loading an HCL2 template: what `load` does for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import in_order
from packer_core.errors import TemplateError
from packer_core.hcl.values import ANYTHING

from .hcl_format import HclReader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packer_sdk.cty.values import Value
    from packer_sdk.wire.specs import ObjectSpec

    from .hcl_graph import Lookups
    from .model import Template
    from .variables import VariableInputs


class NoLookups:
    """Asks no data source, not even for its schema."""

    def look_up(
        self,
        type_: str,  # noqa: ARG002 - see `hcl_graph.Lookups`
        name: str,  # noqa: ARG002
        decoded: Callable[[ObjectSpec], Value | None],  # noqa: ARG002
    ) -> Value:
        """Know nothing."""
        return ANYTHING


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
        return reader.template()
    except TemplateError as error:
        raise TemplateError(in_order(error.diagnostics)) from None
