"""`Hook` across the process line (protocol section 5.5). Served by core, called by builders.

The builder passes its communicator along: it serves it on a number of its own, and core dials.
Its Ui goes the same way, so that output of the hook comes through whatever the builder made of
the Ui.
"""

from __future__ import annotations

from .communicator import CommunicatorClient, CommunicatorServer, NoCommunicator
from .messages import Message
from .server import Service
from .ui import UiClient, UiServer
from .values import build_values, read_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Communicator, Hook, Ui

    from .client import RpcClient
    from .messages import StreamNumber
    from .session import Session


class HookRunArgs(Message):
    """Argument of ``Hook.Run``."""

    Name: str = ""
    Data: object = None
    StreamId: StreamNumber = 0


class HookClient:
    """A `Hook` that lives behind ``client``."""

    def __init__(self, session: Session, client: RpcClient) -> None:
        self._session = session
        self._client = client

    def run(
        self,
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Run everything that waits for the moment called ``name``.

        Raises:
            ComponentError: ``data`` holds what templates cannot hold.
            Cancelled: ``cancel`` went up, and the other side has stopped.
            RemoteError: what was run has failed.
        """
        values = build_values(data)
        door = CommunicatorServer(self._session, communicator or NoCommunicator())
        with self._session.offer(door, UiServer(ui)) as offer:
            arguments = HookRunArgs(Name=name, Data=values, StreamId=offer.number)
            self._client.call_cancellable("Hook.Run", arguments.to_wire(), cancel)


class HookServer(Service):
    """Serves a `Hook`."""

    def __init__(self, session: Session, hook: Hook) -> None:
        super().__init__("Hook", {}, {"Run": self._run_hook})
        self._session = session
        self._hook = hook

    def _run_hook(self, argument: object, cancel: CancelToken) -> None:
        arguments = HookRunArgs.from_wire(argument)
        client = self._session.call_client(arguments.StreamId)
        try:
            self._hook.run(
                arguments.Name,
                UiClient(client),
                CommunicatorClient(self._session, client),
                read_values(arguments.Data),
                cancel,
            )
        finally:
            client.close()
