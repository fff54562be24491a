"""A builder across the process line (protocol section 5.1). Served by a plugin, called by core."""

from __future__ import annotations

from packer_sdk.errors import PackerError
from packer_sdk.faces import Prepared

from .artifact import ArtifactClient, ArtifactServer, BasicError
from .component import ComponentClient, ComponentServer, PrepareArgs
from .hook import HookClient, HookServer
from .messages import Message, read_reply, read_stream_number
from .texts import error_of, text_of
from .ui import UiClient, UiServer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.cancel import CancelToken
    from packer_sdk.faces import BuilderFace
    from packer_sdk.interfaces import Hook, Ui

    from .session import Session


class BuilderPrepareResponse(Message):
    """Reply of ``Builder.Prepare``; ``Error`` is nil or a `BasicError`."""

    GeneratedVars: tuple[str, ...] = ()
    Warnings: tuple[str, ...] = ()
    Error: object = None


class BuilderClient(ComponentClient):
    """A builder in a plugin process; has the face `packer_sdk.faces.BuilderFace`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Builder")

    def prepare(self, configs: Sequence[object]) -> Prepared:
        """Give it the configuration.

        Raises:
            RemoteError: it is refused; the text lists every problem.
        """
        reply = BuilderPrepareResponse.from_wire(self._send_configs("Prepare", configs))
        if reply.Error is not None:
            raise error_of(BasicError.from_wire(reply.Error).Message)
        return Prepared(reply.GeneratedVars, reply.Warnings)

    def run(self, ui: Ui, hook: Hook, cancel: CancelToken) -> ArtifactClient | None:
        """Build, with ``ui`` and ``hook`` served to the plugin meanwhile.

        Returns:
            The artifact, which lives in the plugin: close it when done, before the session.

        Raises:
            Cancelled: ``cancel`` went up, and the builder has cleaned up.
            RemoteError: the build failed.
        """
        with self._session.offer(UiServer(ui), HookServer(self._session, hook)) as offer:
            reply = self._client.call_cancellable("Builder.Run", offer.number, cancel)
        number = read_reply("Builder.Run", read_stream_number, reply)
        return ArtifactClient(self._session.call_client(number)) if number else None


class BuilderServer(ComponentServer):
    """Serves a `BuilderFace`."""

    def __init__(self, session: Session, face: BuilderFace) -> None:
        super().__init__(session, "Builder", face, {"Prepare": self._prepare}, {"Run": self._build})
        self._face = face

    def _prepare(self, argument: object) -> object:
        try:
            prepared = self._face.prepare(PrepareArgs.from_wire(argument).Configs)
        except PackerError as error:
            reason = BasicError(Message=text_of(error, "Builder.Prepare"))
            return BuilderPrepareResponse(Error=reason.to_wire()).to_wire()
        reply = BuilderPrepareResponse(
            GeneratedVars=tuple(prepared.generated), Warnings=tuple(prepared.warnings)
        )
        return reply.to_wire()

    def _build(self, argument: object, cancel: CancelToken) -> int:
        number = read_reply("Builder.Run", read_stream_number, argument)
        client = self._session.call_client(number)
        try:
            artifact = self._face.run(UiClient(client), HookClient(self._session, client), cancel)
        finally:
            client.close()
        return self._session.offer(ArtifactServer(artifact)).number if artifact else 0
