"""A provisioner across the process line (protocol section 5.2)."""

from __future__ import annotations

from .communicator import CommunicatorClient, CommunicatorServer, NoCommunicator
from .component import ComponentClient, ComponentServer, PrepareArgs
from .messages import Message
from .ui import UiClient, UiServer
from .values import read_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_sdk.cancel import CancelToken
    from packer_sdk.faces import ProvisionerFace
    from packer_sdk.interfaces import Communicator, Ui

    from .messages import StreamNumber
    from .session import Session


class ProvisionerProvisionArgs(Message):
    """Argument of ``Provisioner.Provision``; mind the capitals of ``StreamID``."""

    GeneratedData: object = None
    StreamID: StreamNumber = 0


class ProvisionerClient(ComponentClient):
    """A provisioner in a plugin process; has the face `packer_sdk.faces.ProvisionerFace`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Provisioner")

    def prepare(self, configs: Sequence[object]) -> None:
        """Give it the configuration.

        Raises:
            RemoteError: it is refused; the text lists every problem.
        """
        self._send_configs("Prepare", configs)

    def provision(
        self,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Provision, with ``ui`` and ``communicator`` served to the plugin meanwhile.

        Raises:
            Cancelled: ``cancel`` went up, and the provisioner has stopped.
            RemoteError: it failed.
        """
        door = CommunicatorServer(self._session, communicator or NoCommunicator())
        with self._session.offer(door, UiServer(ui)) as offer:
            arguments = ProvisionerProvisionArgs(
                GeneratedData=dict(data) or None, StreamID=offer.number
            )
            self._client.call_cancellable("Provisioner.Provision", arguments.to_wire(), cancel)


class ProvisionerServer(ComponentServer):
    """Serves a `ProvisionerFace`."""

    def __init__(self, session: Session, face: ProvisionerFace) -> None:
        methods = {"Prepare": self._prepare}
        super().__init__(session, "Provisioner", face, methods, {"Provision": self._provision})
        self._face = face

    def _prepare(self, argument: object) -> None:
        self._face.prepare(PrepareArgs.from_wire(argument).Configs)

    def _provision(self, argument: object, cancel: CancelToken) -> None:
        arguments = ProvisionerProvisionArgs.from_wire(argument)
        client = self._session.call_client(arguments.StreamID)
        try:
            self._face.provision(
                UiClient(client),
                CommunicatorClient(self._session, client),
                read_values(arguments.GeneratedData),
                cancel,
            )
        finally:
            client.close()
