"""Every plugin process of a run. A context manager: when it ends, none of them is left.

Hands out faces (`packer_sdk.faces`) to the engine, each wrapped so that a process that dies during
a call is explained instead of merely missed.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from packer_core.errors import PluginStartError
from packer_sdk.components import Processed
from packer_sdk.errors import Cancelled, PackerError
from packer_sdk.rpc.builder import BuilderClient
from packer_sdk.rpc.post_processor import PostProcessorClient
from packer_sdk.rpc.provisioner import ProvisionerClient
from packer_sdk.threads import spawn

from .artifacts import GuardedArtifact
from .printed import at_the_end
from .process import CLOSE_GRACE_S, KEEP_ALIVE_S, PluginProcess
from .relayed import RelayedHook
from .witness import Witnesses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from types import TracebackType

    from packer_sdk.cancel import CancelToken
    from packer_sdk.cty.values import Value
    from packer_sdk.faces import Prepared
    from packer_sdk.interfaces import Artifact, Communicator, Hook, Ui
    from packer_sdk.rpc.datasource import DatasourceClient

    from .catalog import Component
    from .datasources import GuardedDatasource
    from .host import Host

ClientT = TypeVar(
    "ClientT", BuilderClient, ProvisionerClient, PostProcessorClient, "DatasourceClient"
)


class Fleet:
    """Starts components and owns their processes (`packer_core.engine.protocols.Fleet`).

    Args:
        environ: What every process gets as its environment.
        log_frames: Whether every frame that is exchanged is logged.
        keep_alive_s: Seconds between the pings that find out who has stopped answering.
        part: Where a log line without an end is cut, see `PluginProcess.start`.
        witnesses: See what happens to the processes; the run they know ends with the fleet.
        host: What bundled components are forked of; None starts each of them on its own.
        checked: Looks at a component before it is started, and says how to start it (`Preflight`).
        released: Told when none of the processes is left.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        log_frames: bool = False,
        keep_alive_s: float = KEEP_ALIVE_S,
        part: Callable[[str], tuple[str, str]] = at_the_end,
        witnesses: Witnesses | None = None,
        host: Host | None = None,
        checked: Callable[[Component], Component] = lambda component: component,
        released: Callable[[], None] = lambda: None,
    ) -> None:
        self._environ = dict(environ)
        self._checked = checked
        self._released = released
        self._log_frames = log_frames
        self._keep_alive_s = keep_alive_s
        self._part = part
        self._witnesses = witnesses or Witnesses()
        self._host = host
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
        """Start a builder for one job.

        Raises:
            PluginStartError: it did not come up.
            PluginCrashed: it came up, and does not answer.
            Cancelled: the fleet was stopped meanwhile.
        """
        return GuardedBuilder(self._start(component, job))

    def provisioner(self, component: Component, job: str) -> GuardedProvisioner:
        """Start a provisioner for one job."""
        return GuardedProvisioner(self._start(component, job))

    def post_processor(self, component: Component, job: str) -> GuardedPostProcessor:
        """Start a post-processor for one job."""
        return GuardedPostProcessor(self._start(component, job))

    def datasource(self, component: Component, job: str) -> GuardedDatasource:
        """Start a data source."""
        from .datasources import GuardedDatasource  # noqa: PLC0415 - few templates have any

        return GuardedDatasource(self._start(component, job))

    def execute_datasource(
        self, component: Component, configs: Sequence[object], cancel: CancelToken, job: str = ""
    ) -> Value:
        """Look something up: start a data source, ask it, and end its process.

        Args:
            component: From the catalog.
            configs: Its configuration, which is one object (protocol section 6.1).
            cancel: Stops it.
            job: What it is needed for, for messages.

        Returns:
            Its result, of the type of its ``OutputSpec``.

        Raises:
            PluginStartError: it did not come up.
            PluginCrashed: it died.
            RemoteError: it refuses its configuration, or failed.
            RemoteProtocolError: what it answers is not what it has announced.
            Cancelled: ``cancel`` went up, or the fleet was stopped.
        """
        from .datasources import looked_up  # noqa: PLC0415 - see above

        face = self.datasource(component, job)
        try:
            return looked_up(face, component, configs, cancel)
        finally:
            face.stop()

    def stop(self, *, grace_s: float = CLOSE_GRACE_S) -> None:
        """End every process: all are told first, then all are waited for."""
        with self._lock:
            self._closed = True
            processes = list(self._processes)
        for process in reversed(processes):
            process.close()
        stopping = []
        for process in reversed(processes):
            try:
                stopping.append(spawn(f"stop {process.label}", _stopper(process, grace_s)))
            except PackerError:  # no room for a thread: one after the other, then
                process.stop(grace_s=grace_s)
        for thread in stopping:
            thread.join()
        self._released()
        if self._witnesses.run:
            self._witnesses.run.close()

    def keep_folder(self) -> Path | None:
        """Leave what the plugins have left in the folder of the run (``-on-error=abort``).

        Returns:
            The folder, if there is anything in it.
        """
        run = self._witnesses.run
        return run.keep_folder() if run else None

    def abandon(self) -> None:
        """Kill every process, without waiting for it; whoever calls one learns that it is gone."""
        spawn("abandon", lambda: self.stop(grace_s=0))

    def _start(self, component: Component, job: str) -> PluginProcess:
        try:
            return PluginProcess.start(
                self._checked(component),
                self._environ,
                log_frames=self._log_frames,
                keep_alive_s=self._keep_alive_s,
                part=self._part,
                owned=self._own,
                witness=self._witnesses.witness(component, job),
                host=self._host,
            )
        except PluginStartError as error:
            if self._closed:
                raise Cancelled(f"{component.key.executable} of {job} was stopped") from error
            raise

    def _own(self, process: PluginProcess) -> None:
        with self._lock:
            if self._closed:
                raise Cancelled(f"{process.label} came up when everything was being stopped")
            self._processes.append(process)


class Guarded(Generic[ClientT]):
    """What the components of all kinds share.

    Attributes:
        process: The one it runs in.
    """

    make_client: type[ClientT]

    def __init__(self, process: PluginProcess) -> None:
        assert process.session is not None
        self.process = process
        with process.explaining("the first contact"):
            self._client: ClientT = self.make_client(process.session)

    def config_spec(self) -> bytes:
        """See `packer_sdk.faces`."""
        with self.process.explaining("ConfigSpec"):
            return self._client.config_spec()

    def stop(self) -> None:
        """End its process."""
        self.process.stop()


class GuardedBuilder(Guarded[BuilderClient]):
    """A builder in a process."""

    make_client = BuilderClient

    def prepare(self, configs: Sequence[object]) -> Prepared:
        """See `packer_sdk.faces.BuilderFace`."""
        with self.process.explaining("Prepare"):
            return self._client.prepare(on_wire(configs))

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> Artifact | None:
        """See `packer_sdk.faces.BuilderFace`."""
        with self.process.explaining("Run"):
            self.process.witness.making_artifact()
            artifact = self._client.run(ui, RelayedHook(self.process, hook), cancel)
            self.process.witness.artifact_made(made=artifact is not None)
        return GuardedArtifact(self.process, artifact) if artifact else None


class GuardedProvisioner(Guarded[ProvisionerClient]):
    """A provisioner in a process."""

    make_client = ProvisionerClient

    def prepare(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self.process.explaining("Prepare"):
            self._client.prepare(on_wire(configs))

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """See `packer_sdk.faces.ProvisionerFace`."""
        with self.process.explaining("Provision"):
            self._client.provision(ui, communicator, data, cancel)


class GuardedPostProcessor(Guarded[PostProcessorClient]):
    """A post-processor in a process."""

    make_client = PostProcessorClient

    def configure(self, configs: Sequence[object]) -> None:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self.process.explaining("Configure"):
            self._client.configure(on_wire(configs))

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        """See `packer_sdk.faces.PostProcessorFace`."""
        with self.process.explaining("PostProcess"):
            made = self._client.post_process(ui, artifact, cancel)
        if made is None:
            return None
        theirs = GuardedArtifact(self.process, made.artifact)
        return Processed(theirs, keep_input=made.keep_input, force_keep=made.force_keep)


def on_wire(configs: Sequence[object]) -> list[object]:
    """What a component gets as its configuration: values become JSON (protocol section 6.1)."""
    return [
        config if config is None or isinstance(config, bytes | Mapping) else _value_on_wire(config)
        for config in configs
    ]


def _value_on_wire(config: object) -> bytes:
    from packer_sdk.cty import json, values  # noqa: PLC0415 - templates in JSON need none of it

    assert isinstance(config, values.Value)
    return json.encode(values.known(config))


def _stopper(process: PluginProcess, grace_s: float) -> Callable[[], None]:
    return lambda: process.stop(grace_s=grace_s)
