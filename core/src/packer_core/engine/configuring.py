"""What each component of a job is configured with: raw maps (JSON), or typed values (HCL2).

Options of an HCL2 template mean nothing before the schema of their component is known, so they are
decoded here, when the component is there, and again, for provisioners and post-processors, right
before they run, when the values of the build are known (PRV-009).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from .configs import builder_configs, internal_config, step_configs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_core.template.model import Source, Template

    from .configs import BuildFlags
    from .plan import PlannedPostProcess, PlannedProvision
    from .protocols import Specs


class Configuring(Protocol):
    """Makes the ``configs`` of the components of one job.

    Every method raises TemplateError if options do not fit the schema of their component, and
    PackerError if that cannot be had.
    """

    def builder(self) -> list[object]:
        """Those of the builder."""

    def provision(
        self,
        planned: PlannedProvision,
        generated: tuple[str, ...],
        build: Mapping[str, object] | None = None,
    ) -> list[object]:
        """Those of a provisioner.

        Args:
            planned: The provisioner.
            generated: Names of the values that the builder publishes.
            build: Values of the build, once it runs.
        """

    def post_process(
        self,
        planned: PlannedPostProcess,
        generated: tuple[str, ...],
        build: Mapping[str, object] | None = None,
    ) -> list[object]:
        """Those of a post-processor."""


def configuring(
    template: Template, source: Source, flags: BuildFlags, specs: Specs | None
) -> Configuring:
    """Choose by the language of the template.

    Args:
        template: Whole.
        source: Whose job it is.
        flags: What plugins are told of the command line.
        specs: Knows schemas; a JSON template needs none.
    """
    if template.language == "json":
        return RawConfiguring(template, source, flags)
    from .typed_configuring import TypedConfiguring  # noqa: PLC0415 - JSON knows no cty

    assert specs is not None, "an HCL2 template needs schemas"
    return TypedConfiguring(template, source, flags, specs)


class RawConfiguring:
    """Of a JSON template: what stands there is what plugins get, and render themselves."""

    def __init__(self, template: Template, source: Source, flags: BuildFlags) -> None:
        self._source = source
        self._internal = internal_config(template, source, flags)

    def builder(self) -> list[object]:
        """See `Configuring`."""
        return builder_configs(self._source.options, self._internal)

    def provision(
        self,
        planned: PlannedProvision,
        generated: tuple[str, ...],
        build: Mapping[str, object] | None = None,  # noqa: ARG002 - plugins render it themselves
    ) -> list[object]:
        """See `Configuring`."""
        return step_configs(planned.options, self._internal, generated)

    def post_process(
        self,
        planned: PlannedPostProcess,
        generated: tuple[str, ...],
        build: Mapping[str, object] | None = None,  # noqa: ARG002 - likewise
    ) -> list[object]:
        """See `Configuring`."""
        return step_configs((planned.post_process.options,), self._internal, generated)
