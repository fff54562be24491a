"""What the components of an HCL2 template are configured with: options, decoded by their schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.cty.values import UNKNOWN_TEXT

from .configs import BUILD_VALUES, typed_internal_config, typed_step_internal_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.template.model import Source, Template, Written

    from .configs import BuildFlags
    from .plan import PlannedPostProcess, PlannedProvision
    from .protocols import Specs


class TypedConfiguring:
    """Of an HCL2 template."""

    def __init__(self, template: Template, source: Source, flags: BuildFlags, specs: Specs) -> None:
        self._source = source
        self._specs = specs
        self._internal = typed_internal_config(source, flags)
        self._step_internal = typed_step_internal_config(template, source, flags)

    def builder(self) -> list[object]:
        """See `Configuring`."""
        value = self._given("builder", self._source.type, self._source.written, None)
        return [self._internal, value]

    def provision(
        self,
        planned: PlannedProvision,
        generated: tuple[str, ...],
        build: Mapping[str, object] | None = None,
    ) -> list[object]:
        """See `Configuring`."""
        part = planned.provision
        value = self._given("provisioner", part.type, part.written, generated, build)
        override = dict(planned.options[1]) if len(planned.options) > 1 else None
        return [self._step_internal, value, override]

    def post_process(
        self,
        planned: PlannedPostProcess,
        generated: tuple[str, ...],
        build: Mapping[str, object] | None = None,
    ) -> list[object]:
        """See `Configuring`."""
        part = planned.post_process
        value = self._given("post-processor", part.type, part.written, generated, build)
        return [self._step_internal, value]

    def _given(
        self,
        kind: str,
        name: str,
        written: Written | None,
        generated: tuple[str, ...] | None,
        build: Mapping[str, object] | None = None,
    ) -> object:
        assert written is not None, f"{kind} {name} of an HCL2 template has no body"
        values = None if generated is None else build_values(generated, build)
        return written.given(self._specs.config_spec(kind, name), self._source, values)


def build_values(
    generated: tuple[str, ...], build: Mapping[str, object] | None
) -> dict[str, object]:
    """Values behind ``build.``, with ``<unknown>`` for those that are not known (PRV-009)."""
    known = {str(name): value for name, value in (build or {}).items()}
    return dict.fromkeys((*BUILD_VALUES, *generated), UNKNOWN_TEXT) | known
