"""A fleet that tells what it starts and stops, and every call that is made to it.

Beside the fleet instead of in it: who does not listen pays nothing, and neither has to know how
the other does its work.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from packer_core.events.model import ComponentStarted, ComponentStopped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from typing import Any, TypeVar

    from packer_core.events.monitor import Monitor
    from packer_sdk.cancel import CancelToken
    from packer_sdk.components import Processed
    from packer_sdk.cty.values import Value
    from packer_sdk.faces import Prepared
    from packer_sdk.interfaces import Artifact, Communicator, Hook, Ui

    from .catalog import Component
    from .datasources import GuardedDatasource
    from .fleet import (
        Fleet,
        Guarded,
        GuardedBuilder,
        GuardedPostProcessor,
        GuardedProvisioner,
    )
    from .process import PluginProcess

    Calling = Callable[[str], AbstractContextManager[None]]
    Face = TypeVar("Face", bound=Guarded[Any])


def watched(fleet: Fleet, monitor: Monitor) -> Fleet | WatchedFleet:
    """The fleet, told of if somebody listens."""
    return WatchedFleet(fleet, monitor) if monitor.listens else fleet


class WatchedFleet:
    """Hands everything on to a fleet, and tells of it (`packer_core.engine.protocols.Fleet`).

    Args:
        fleet: Stopped when the context ends.
        monitor: Told.
    """

    def __init__(self, fleet: Fleet, monitor: Monitor) -> None:
        self._fleet = fleet
        self._monitor = monitor
        self._started: list[tuple[str, Component, PluginProcess]] = []

    def __enter__(self) -> Self:
        self._fleet.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._fleet.stop()
        for job, component, process in self._started:
            self._monitor.tell(
                ComponentStopped(
                    build=job,
                    kind=component.kind,
                    name=component.name,
                    pid=process.pid,
                    status=process.status or 0,
                )
            )

    def builder(self, component: Component, job: str) -> WatchedBuilder:
        """Start a builder for one job."""
        face = self._told(self._fleet.builder, component, job)
        return WatchedBuilder(face, self._calling(component, job))

    def provisioner(self, component: Component, job: str) -> WatchedProvisioner:
        """Start a provisioner for one job."""
        face = self._told(self._fleet.provisioner, component, job)
        return WatchedProvisioner(face, self._calling(component, job))

    def post_processor(self, component: Component, job: str) -> WatchedPostProcessor:
        """Start a post-processor for one job."""
        face = self._told(self._fleet.post_processor, component, job)
        return WatchedPostProcessor(face, self._calling(component, job))

    def datasource(self, component: Component, job: str) -> WatchedDatasource:
        """Start a data source."""
        face = self._told(self._fleet.datasource, component, job)
        return WatchedDatasource(face, self._calling(component, job))

    def execute_datasource(
        self, component: Component, configs: Sequence[object], cancel: CancelToken, job: str = ""
    ) -> Value:
        """See `Fleet.execute_datasource`."""
        from .datasources import looked_up  # noqa: PLC0415 - as in `Fleet`

        face = self.datasource(component, job)
        try:
            return looked_up(face, component, configs, cancel)
        finally:
            face.stop()

    def _told(
        self, start: Callable[[Component, str], Face], component: Component, job: str
    ) -> Face:
        started = time.monotonic()
        face = start(component, job)
        self._started.append((job, component, face.process))
        self._monitor.tell(
            ComponentStarted(
                build=job,
                kind=component.kind,
                name=component.name,
                argv=component.command,
                pid=face.process.pid,
                source=component.source,
                duration_s=round(time.monotonic() - started, 6),
            )
        )
        return face

    def _calling(self, component: Component, job: str) -> Calling:
        return lambda method: self._monitor.calling(job, component.kind, component.name, method)


class Watched:
    """What the components of all kinds share.

    Args:
        face: Called.
        calling: Tells of a call by its name.
    """

    def __init__(self, face: Guarded[Any], calling: Calling) -> None:
        self._face = face
        self._calling = calling

    def config_spec(self) -> bytes:
        """See `packer_sdk.faces`."""
        with self._calling("ConfigSpec"):
            return self._face.config_spec()


class WatchedBuilder(Watched):
    """A builder whose calls are told."""

    _face: GuardedBuilder

    def prepare(self, configs: Sequence[object]) -> Prepared:
        """See `packer_sdk.faces.BuilderFace`."""
        with self._calling("Prepare"):
            return self._face.prepare(configs)

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        """See `packer_sdk.faces.BuilderFace`."""
        with self._calling("Run"):
            return self._face.run(ui, hook, cancel)


class WatchedProvisioner(Watched):
    """A provisioner whose calls are told."""

    _face: GuardedProvisioner

    def prepare(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self._calling("Prepare"):
            self._face.prepare(configs)

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self._calling("Provision"):
            self._face.provision(ui, communicator, data, cancel)


class WatchedPostProcessor(Watched):
    """A post-processor whose calls are told."""

    _face: GuardedPostProcessor

    def configure(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self._calling("Configure"):
            self._face.configure(configs)

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self._calling("PostProcess"):
            return self._face.post_process(ui, artifact, cancel)


class WatchedDatasource(Watched):
    """A data source whose calls are told."""

    _face: GuardedDatasource

    def configure(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.DatasourceFace`."""
        with self._calling("Configure"):
            self._face.configure(configs)

    def output_spec(self) -> bytes:
        """See `packer_sdk.faces.DatasourceFace`."""
        with self._calling("OutputSpec"):
            return self._face.output_spec()

    def execute(self, cancel: CancelToken) -> bytes:
        """See `packer_sdk.faces.DatasourceFace`."""
        with self._calling("Execute"):
            return self._face.execute(cancel)

    def stop(self) -> None:
        """End its process."""
        self._face.stop()
