"""What the engine needs of the outside: a catalog of names and a fleet that makes faces.

`packer_core.plugins` fulfils both with processes; tests fulfil them with plain objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.plugins.catalog import Component
    from packer_sdk.faces import BuilderFace, PostProcessorFace, ProvisionerFace
    from packer_sdk.interfaces import Ui
    from packer_sdk.wire.specs import ObjectSpec


class Catalog(Protocol):
    """Which components there are. Asking starts nothing."""

    def find(self, kind: str, name: str) -> Component:
        """Look one up.

        Raises:
            PluginNotFound: with the nearest names as its hint.
        """


class Specs(Protocol):
    """Knows the schemas of components. Safe from several threads."""

    def config_spec(self, kind: str, name: str) -> ObjectSpec:
        """The schema of a component's options.

        Raises:
            PackerError: the component cannot be asked.
        """


class Fleet(Protocol):
    """Starts components; whoever made it stops them. Safe from several threads."""

    def builder(self, component: Component, job: str) -> BuilderFace:
        """Start a builder for one job.

        Raises:
            PluginStartError: it did not come up.
        """

    def provisioner(self, component: Component, job: str) -> ProvisionerFace:
        """Start a provisioner for one job."""

    def post_processor(self, component: Component, job: str) -> PostProcessorFace:
        """Start a post-processor for one job."""


if TYPE_CHECKING:
    UiFor = Callable[[str, str | None], Ui]
    """Makes the Ui of a job, by its display name and, for a post-processor, its type."""
