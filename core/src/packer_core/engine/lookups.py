"""Data sources, asked while a template is read (DAT-001, VAL-003)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from packer_sdk.cty.values import unknown_of
from packer_sdk.errors import PackerError
from packer_sdk.wire.specs import implied_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_core.plugins.catalog import Component
    from packer_sdk.cancel import CancelToken
    from packer_sdk.cty.values import Value
    from packer_sdk.faces import DatasourceFace
    from packer_sdk.wire.specs import ObjectSpec

    from .protocols import Catalog

    class Fleet(Protocol):
        """What starts data sources."""

        def datasource(self, component: Component, job: str) -> DatasourceFace:
            """Start one."""

        def execute_datasource(
            self, component: Component, configs: Sequence[object], cancel: CancelToken
        ) -> Value:
            """Start one, and have it look things up."""

    class Specs(Protocol):
        """Knows the schemas of data sources."""

        def config_spec(self, kind: str, name: str) -> ObjectSpec:
            """Schema of the options."""

        def output_spec(self, name: str) -> ObjectSpec:
            """Schema of the result."""


class Lookups:
    """Asks data sources, one after the other; see `packer_core.template.hcl_graph.Lookups`.

    Args:
        catalog: Which there are.
        specs: Their schemas.
        fleet: Gives what starts them; not called if there is none to start.
        cancel: Ends a look-up.
        wanted: Whether one is asked; if not, it only judges its configuration, and what it would
            find is not known.
    """

    def __init__(
        self,
        catalog: Catalog,
        specs: Specs,
        fleet: Callable[[], Fleet],
        cancel: CancelToken,
        wanted: Callable[[str, str], bool],
    ) -> None:
        self._catalog = catalog
        self._specs = specs
        self._fleet = fleet
        self._cancel = cancel
        self._wanted = wanted

    def look_up(
        self, type_: str, name: str, decoded: Callable[[ObjectSpec], Value | None]
    ) -> Value:
        """See `packer_core.template.hcl_graph.Lookups`."""
        try:
            return self._look_up(type_, name, decoded)
        except PackerError:
            self._cancel.check()  # a process that was killed for it tells nothing of interest
            raise

    def _look_up(
        self, type_: str, name: str, decoded: Callable[[ObjectSpec], Value | None]
    ) -> Value:
        component = self._catalog.find("datasource", type_)
        value = decoded(self._specs.config_spec("datasource", type_))
        if value is not None and self._wanted(type_, name):
            return self._fleet().execute_datasource(component, [value], self._cancel)
        if value is not None:
            self._fleet().datasource(component, f"data.{type_}.{name}").configure([value])
        return unknown_of(implied_type(self._specs.output_spec(type_)))
