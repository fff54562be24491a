"""`Artifact` across the process line (protocol section 5.6). Served by whoever made it."""

from __future__ import annotations

from packer_sdk.errors import RemoteError

from .messages import Message, read_reply, read_text, read_texts
from .server import Service
from .values import build_values, read_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_sdk.interfaces import Artifact

    from .client import RpcClient

GENERATED_DATA = "generated_data"
"""State of an artifact that holds the values of its build."""


class BasicError(Message):
    """An error inside a reply; nil there means none."""

    Message: str = ""


class ArtifactClient:
    """An `Artifact` that lives behind ``client``. Every question is a call."""

    def __init__(self, client: RpcClient) -> None:
        self._client = client

    @property
    def builder_id(self) -> str:
        """Names the kind of artifact."""
        return self._text("Artifact.BuilderId")

    @property
    def id(self) -> str:
        """Names this artifact."""
        return self._text("Artifact.Id")

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of its files."""
        method = "Artifact.Files"
        return read_reply(method, read_texts, self._client.call(method))

    def state(self, name: str) -> object:
        """A further value by name, None if unknown."""
        value = self._client.call("Artifact.State", name)
        return read_values(value) if name == GENERATED_DATA and value is not None else value

    def destroy(self) -> None:
        """Delete what it stands for.

        Raises:
            RemoteError: that failed. Go puts the text into the reply's body (vector V13).
        """
        reply = self._client.call("Artifact.Destroy")
        if reply is not None:
            raise RemoteError(BasicError.from_wire(reply).Message or "artifact not destroyed")

    def close(self) -> None:
        """Give the stream back; the artifact itself stays."""
        self._client.close()

    def __str__(self) -> str:
        return self._text("Artifact.String")

    def _text(self, method: str) -> str:
        return read_reply(method, read_text, self._client.call(method))


class ArtifactServer(Service):
    """Serves an `Artifact`.

    A failing destroy is answered in the header, as any error: the body Go's servers send
    instead ends the stream of a client in Go.
    """

    def __init__(self, artifact: Artifact) -> None:
        self._artifact = artifact
        super().__init__(
            "Artifact",
            {
                "BuilderId": lambda _: artifact.builder_id,
                "Id": lambda _: artifact.id,
                "String": lambda _: str(artifact),
                "Files": lambda _: [str(path) for path in artifact.files] or None,
                "State": self._state,
                "Destroy": lambda _: artifact.destroy(),
            },
        )

    def _state(self, argument: object) -> object:
        name = read_reply("Artifact.State", read_text, argument)
        value = self._artifact.state(name)
        if name == GENERATED_DATA and value is not None:
            # Packer crashes on keys that are no text, and refuses anything but scalars.
            return build_values(read_values(value))
        return value
