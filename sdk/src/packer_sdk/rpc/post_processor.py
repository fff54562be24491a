"""A post-processor across the process line (protocol section 5.3)."""

from __future__ import annotations

from packer_sdk.components import Processed
from packer_sdk.errors import Cancelled

from .artifact import ArtifactClient, ArtifactServer, BasicError
from .component import ComponentClient, ComponentServer, PrepareArgs
from .messages import Message, read_reply, read_stream_number
from .texts import error_of
from .ui import UiClient, UiServer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.cancel import CancelToken
    from packer_sdk.faces import PostProcessorFace
    from packer_sdk.interfaces import Artifact, Ui

    from .messages import StreamNumber
    from .session import Session


class PostProcessorProcessResponse(Message):
    """Reply of ``PostProcessor.PostProcess``; ``Err`` is nil or a `BasicError`."""

    Err: object = None
    Keep: bool = False
    ForceOverride: bool = False
    StreamId: StreamNumber = 0


class PostProcessorClient(ComponentClient):
    """A post-processor in a plugin process; has the face `packer_sdk.faces.PostProcessorFace`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "PostProcessor")

    def configure(self, configs: Sequence[object]) -> None:
        """Give it the configuration.

        Raises:
            RemoteError: it is refused; the text lists every problem.
        """
        self._send_configs("Configure", configs)

    def post_process(self, ui: Ui, artifact: Artifact, cancel: CancelToken) -> Processed | None:
        """Process, with ``ui`` and ``artifact`` served to the plugin meanwhile.

        ``artifact`` stays served when something came out of it: the result may be the very same
        artifact, with every question coming back to us.

        Raises:
            Cancelled: ``cancel`` went up, and the post-processor has stopped.
            RemoteError: it failed.
        """
        offer = self._session.offer(ArtifactServer(artifact), UiServer(ui))
        processed: Processed | None = None
        try:
            reply = self._client.call_cancellable("PostProcessor.PostProcess", offer.number, cancel)
            processed = self._read(PostProcessorProcessResponse.from_wire(reply), cancel)
        finally:
            if processed is None:
                offer.close()
        return processed

    def _read(self, reply: PostProcessorProcessResponse, cancel: CancelToken) -> Processed | None:
        if reply.Err is not None:
            error = error_of(BasicError.from_wire(reply.Err).Message)
            raise Cancelled(error.message) if cancel.cancelled else error
        if not reply.StreamId:
            return None
        result = ArtifactClient(self._session.call_client(reply.StreamId))
        return Processed(result, keep_input=reply.Keep, force_keep=reply.ForceOverride)


class PostProcessorServer(ComponentServer):
    """Serves a `PostProcessorFace`."""

    def __init__(self, session: Session, face: PostProcessorFace) -> None:
        methods = {"Configure": self._configure}
        super().__init__(session, "PostProcessor", face, methods, {"PostProcess": self._process})
        self._face = face

    def _configure(self, argument: object) -> None:
        self._face.configure(PrepareArgs.from_wire(argument).Configs)

    def _process(self, argument: object, cancel: CancelToken) -> object:
        number = read_reply("PostProcessor.PostProcess", read_stream_number, argument)
        client = self._session.call_client(number)
        given = ArtifactClient(client)
        processed: Processed | None = None
        try:
            processed = self._face.post_process(UiClient(client), given, cancel)
        finally:
            # The given artifact returned as it is: questions about it go on through this stream.
            if processed is None or processed.artifact is not given:
                client.close()
        return self._reply(processed).to_wire()

    def _reply(self, processed: Processed | None) -> PostProcessorProcessResponse:
        if processed is None:
            return PostProcessorProcessResponse()
        return PostProcessorProcessResponse(
            Keep=processed.keep_input,
            ForceOverride=processed.force_keep,
            StreamId=self._session.offer(ArtifactServer(processed.artifact)).number,
        )
