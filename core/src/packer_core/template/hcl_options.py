"""Options of components as they stand in an HCL2 template: decoded when their schema is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.diagnostics import in_order
from packer_core.errors import TemplateError
from packer_core.hcl import values
from packer_core.hcl.decode import decode
from packer_core.hcl.dynamic import expand_dynamic
from packer_core.hcl.findings import Findings
from packer_core.hcl.marks import unmark_deep
from packer_sdk.records import record

from .hcl_values import value_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.diagnostics import Place
    from packer_core.hcl.body import AnyBody
    from packer_core.hcl.scope import Scope
    from packer_sdk.cty.values import Value
    from packer_sdk.wire.specs import ObjectSpec

    from .model import Source


@record
class HclOptions:
    """A body and what names mean in it; see `packer_core.template.model.Written`.

    Attributes:
        body: Without what core itself reads.
        scope: ``var``, ``local``, ``data``, ``path``, ``packer`` and functions.
        build_name: ``build.name``; None in a source, where there is no ``build``.
    """

    body: AnyBody
    scope: Scope
    build_name: str | None = None

    def given(
        self, spec: ObjectSpec, source: Source, build: Mapping[str, object] | None = None
    ) -> Value:
        """See `packer_core.template.model.Written`."""
        findings = Findings()
        scope = self.scope.child(self._names(source, build))
        value = decode(expand_dynamic(self.body, scope), spec, scope, findings)
        if findings.errors:
            raise TemplateError(in_order(dict.fromkeys(findings.diagnostics)))
        return unmark_deep(value)[0]

    def _names(self, source: Source, build: Mapping[str, object] | None) -> dict[str, Value]:
        names = {
            "source": values.object_of(
                {
                    "type": values.string(source.type),
                    "name": values.string(source.override_name),
                }
            )
        }
        if self.build_name is not None:
            published = {name: value_of(given) for name, given in (build or {}).items()}
            names["build"] = values.object_of({"name": values.string(self.build_name), **published})
        return names

    def places(self) -> dict[str, Place]:
        """Where the options stand, for what their component says about them."""
        attributes, _ = self.body.just_attributes()
        return {name: attribute.span.place for name, attribute in attributes.items()}
