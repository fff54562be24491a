"""A data source across the process line (protocol section 5.4)."""

from __future__ import annotations

from .artifact import BasicError
from .component import ComponentClient, ComponentServer, PrepareArgs
from .messages import Message
from .texts import error_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_sdk.cancel import CancelToken
    from packer_sdk.faces import DatasourceFace

    from .session import Session


class DatasourceConfigureResponse(Message):
    """Reply of ``Datasource.Configure``; ``Error`` is nil or a `BasicError`."""

    Error: object = None


class DatasourceOutputSpecResponse(Message):
    """Reply of ``Datasource.OutputSpec``."""

    OutputSpec: bytes = b""


class DatasourceExecuteResponse(Message):
    """Reply of ``Datasource.Execute``; ``Error`` is nil or a `BasicError`."""

    Value: bytes = b""
    Error: object = None


class DatasourceClient(ComponentClient):
    """A data source in a plugin process; has the face `packer_sdk.faces.DatasourceFace`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, "Datasource")

    def configure(self, configs: Sequence[object]) -> None:
        """Give it the configuration.

        Raises:
            RemoteError: it is refused; the text lists every problem.
        """
        reply = DatasourceConfigureResponse.from_wire(self._send_configs("Configure", configs))
        _raise_error(reply.Error)

    def output_spec(self) -> bytes:
        """Schema of the result, encoded as the process was told to (protobuf or gob)."""
        reply = self._client.call("Datasource.OutputSpec")
        return DatasourceOutputSpecResponse.from_wire(reply).OutputSpec

    def execute(self, cancel: CancelToken) -> bytes:
        """Look it up.

        Returns:
            The result, encoded as the process was told to: `packer_sdk.wire.forms` reads it.

        Raises:
            Cancelled: ``cancel`` went up, and the data source has stopped.
            RemoteError: it failed.
        """
        reply = self._client.call_cancellable("Datasource.Execute", None, cancel)
        response = DatasourceExecuteResponse.from_wire(reply)
        _raise_error(response.Error)
        return response.Value


class DatasourceServer(ComponentServer):
    """Serves a `DatasourceFace`.

    What fails is an error of the call, never one in the reply: a client in Go looks at the value
    first, and stumbles over there being none.
    """

    def __init__(self, session: Session, face: DatasourceFace) -> None:
        methods = {"Configure": self._configure, "OutputSpec": self._output_spec}
        super().__init__(session, "Datasource", face, methods, {"Execute": self._execute})
        self._face = face

    def _configure(self, argument: object) -> object:
        self._face.configure(PrepareArgs.from_wire(argument).Configs)
        return DatasourceConfigureResponse().to_wire()

    def _output_spec(self, _: object) -> object:
        return DatasourceOutputSpecResponse(OutputSpec=self._face.output_spec()).to_wire()

    def _execute(self, _: object, cancel: CancelToken) -> object:
        return DatasourceExecuteResponse(Value=self._face.execute(cancel)).to_wire()


def _raise_error(error: object) -> None:
    if error is not None:
        raise error_of(BasicError.from_wire(error).Message)
