"""Every plugin process of a run. A context manager: when it ends, none of them is left.

Hands out faces (`packer_sdk.faces`) to the engine, each wrapped so that a process that dies during
a call is explained instead of merely missed.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from packer_sdk.rpc.builder import BuilderClient
from packer_sdk.rpc.post_processor import PostProcessorClient
from packer_sdk.rpc.provisioner import ProvisionerClient
from packer_sdk.threads import spawn

from .process import CLOSE_GRACE_S, PluginProcess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from packer_sdk.cancel import CancelToken
    from packer_sdk.components import Processed
    from packer_sdk.faces import Prepared
    from packer_sdk.interfaces import Artifact, Communicator, Hook, Ui

    from .catalog import Component


class Fleet:
    """Starts components and owns their processes (`packer_core.engine.protocols.Fleet`).

    Args:
        environ: What every process gets as its environment.
        log_frames: Whether every frame that is exchanged is logged.
    """

    def __init__(self, environ: Mapping[str, str], *, log_frames: bool = False) -> None:
        self._environ = dict(environ)
        self._log_frames = log_frames
        self._lock = threading.Lock()
        self._processes: list[PluginProcess] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def builder(self, component: Component, job: str) -> GuardedBuilder:
        """Start a builder for one job."""
        return GuardedBuilder(self._start(component, job))

    def provisioner(self, component: Component, job: str) -> GuardedProvisioner:
        """Start a provisioner for one job."""
        return GuardedProvisioner(self._start(component, job))

    def post_processor(self, component: Component, job: str) -> GuardedPostProcessor:
        """Start a post-processor for one job."""
        return GuardedPostProcessor(self._start(component, job))

    def stop(self, *, grace_s: float = CLOSE_GRACE_S) -> None:
        """End every process: all are told first, then all are waited for."""
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        for process in reversed(processes):
            process.close()
        stopping = [
            spawn(f"stop {process.label}", lambda process=process: process.stop(grace_s=grace_s))
            for process in reversed(processes)
        ]
        for thread in stopping:
            thread.join()

    def abandon(self) -> None:
        """Kill every process, without waiting for it; whoever calls one learns that it is gone."""
        spawn("abandon", lambda: self.stop(grace_s=0))

    def _start(self, component: Component, job: str) -> PluginProcess:
        process = PluginProcess.start(component, self._environ, log_frames=self._log_frames)
        with self._lock:
            if not self._closed:
                self._processes.append(process)
                return process
        process.stop(grace_s=0)
        raise RuntimeError(f"{process.label} was started for {job} after the fleet was closed")


class GuardedBuilder:
    """A builder in a process."""

    def __init__(self, process: PluginProcess) -> None:
        assert process.session is not None
        self._process = process
        self._client = BuilderClient(process.session)

    def config_spec(self) -> bytes:
        """See `packer_sdk.faces.BuilderFace`."""
        with self._process.explaining("ConfigSpec"):
            return self._client.config_spec()

    def prepare(self, configs: Sequence[object]) -> Prepared:
        """See `packer_sdk.faces.BuilderFace`."""
        with self._process.explaining("Prepare"):
            return self._client.prepare(configs)

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        """See `packer_sdk.faces.BuilderFace`."""
        with self._process.explaining("Run"):
            return self._client.run(ui, hook, cancel)


class GuardedProvisioner:
    """A provisioner in a process."""

    def __init__(self, process: PluginProcess) -> None:
        assert process.session is not None
        self._process = process
        self._client = ProvisionerClient(process.session)

    def config_spec(self) -> bytes:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self._process.explaining("ConfigSpec"):
            return self._client.config_spec()

    def prepare(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self._process.explaining("Prepare"):
            self._client.prepare(configs)

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self._process.explaining("Provision"):
            self._client.provision(ui, communicator, data, cancel)


class GuardedPostProcessor:
    """A post-processor in a process."""

    def __init__(self, process: PluginProcess) -> None:
        assert process.session is not None
        self._process = process
        self._client = PostProcessorClient(process.session)

    def config_spec(self) -> bytes:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self._process.explaining("ConfigSpec"):
            return self._client.config_spec()

    def configure(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self._process.explaining("Configure"):
            self._client.configure(configs)

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self._process.explaining("PostProcess"):
            return self._client.post_process(ui, artifact, cancel)
