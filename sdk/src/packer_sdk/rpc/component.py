"""What the calls of all kinds of components have in common, and which class serves which kind."""

from __future__ import annotations

from importlib import import_module

from .messages import Message
from .server import Service

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Protocol

    from .server import Method, Task
    from .session import Session

    class HasConfigSpec(Protocol):
        """The call every face has."""

        def config_spec(self) -> bytes:
            """Schema of the options."""


class ConfigSpecResponse(Message):
    """Reply of every kind's ``ConfigSpec``."""

    ConfigSpec: bytes = b""


class PrepareArgs(Message):
    """Argument of every kind's ``Prepare`` or ``Configure``."""

    Configs: tuple[object, ...] = ()


class ComponentClient:
    """Calls the component a plugin process serves.

    Args:
        session: Connected to the process; its stream 0 is dialled and owned.
        service: The component's name on the wire: ``Builder``.
    """

    def __init__(self, session: Session, service: str) -> None:
        self._session = session
        self._service = service
        self._client = session.call_client()

    def config_spec(self) -> bytes:
        """Schema of the options, encoded as the process was told to (protobuf or gob)."""
        reply = self._client.call(f"{self._service}.ConfigSpec")
        return ConfigSpecResponse.from_wire(reply).ConfigSpec

    def close(self) -> None:
        """End the component's stream; its process then cleans up and exits."""
        self._client.close()

    def _send_configs(self, method: str, configs: Sequence[object]) -> object:
        arguments = PrepareArgs(Configs=tuple(configs))
        return self._client.call(f"{self._service}.{method}", arguments.to_wire())


class ComponentServer(Service):
    """Serves a face; the other methods come from the kind."""

    def __init__(
        self,
        session: Session,
        service: str,
        face: HasConfigSpec,
        methods: Mapping[str, Method],
        tasks: Mapping[str, Task],
    ) -> None:
        def config_spec(_: object) -> object:
            return ConfigSpecResponse(ConfigSpec=face.config_spec()).to_wire()

        super().__init__(service, {"ConfigSpec": config_spec, **methods}, tasks)
        self._session = session


def service_of(session: Session, kind: str, face: object) -> Service:
    """Make what serves ``face``, which must have the face of ``kind``.

    Imports only what the kind needs: a process serves one.

    Raises:
        ValueError: there is no such kind.
    """
    if kind not in _SERVERS:
        raise ValueError(f"no such kind of component: {kind}")
    module, name = _SERVERS[kind]
    server: Callable[[Session, object], Service] = getattr(import_module(module), name)
    return server(session, face)


_SERVERS = {
    "builder": ("packer_sdk.rpc.builder", "BuilderServer"),
    "provisioner": ("packer_sdk.rpc.provisioner", "ProvisionerServer"),
    "post-processor": ("packer_sdk.rpc.post_processor", "PostProcessorServer"),
    "datasource": ("packer_sdk.rpc.datasource", "DatasourceServer"),
}
