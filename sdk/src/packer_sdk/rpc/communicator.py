"""`Communicator` across the process line (protocol section 5.8).

Bytes never travel inside calls: the caller hands out numbers of streams, the other side dials
them before it does anything else, and the end of a stream is the end of the data. The exit
status comes on a stream of its own, as gob. Order matters when a command ends: status first,
then the outputs; the caller reads the status only after both outputs have ended.

In core the two halves meet: it serves a communicator to a provisioner that is itself a client of
the builder's. What one stream brings is then handed to the next by `streams.copy`.
"""

from __future__ import annotations

import threading

from packer_sdk.errors import ComponentError, RpcError
from packer_sdk.interfaces import FileInfo, RemoteCommand
from packer_sdk.threads import spawn

from .commands import CommandStreams, StartedCommand, send_status
from .messages import Message
from .server import Service
from .streams import copy, reader_of, writer_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import BinaryIO, NoReturn

    from packer_sdk.interfaces import Communicator, RunningCommand
    from packer_sdk.wire.stream import Stream

    from .client import Call, RpcClient
    from .messages import StreamNumber
    from .session import Session


class CommunicatorStartArgs(Message):
    """Argument of ``Communicator.Start``. Stream 0 is one that is not wanted."""

    Command: str = ""
    StdinStreamId: StreamNumber = 0
    StdoutStreamId: StreamNumber = 0
    StderrStreamId: StreamNumber = 0
    ResponseStreamId: StreamNumber = 0


class CommunicatorUploadArgs(Message):
    """Argument of ``Communicator.Upload``; ``FileInfo`` is nil or a `WireFileInfo`."""

    Path: str = ""
    ReaderStreamId: StreamNumber = 0
    FileInfo: object = None


class CommunicatorDownloadArgs(Message):
    """Argument of ``Communicator.Download``."""

    Path: str = ""
    WriterStreamId: StreamNumber = 0


class CommunicatorDirArgs(Message):
    """Argument of ``Communicator.UploadDir`` and ``DownloadDir``."""

    Dst: str = ""
    Src: str = ""
    Exclude: tuple[str, ...] = ()


class WireFileInfo(Message):
    """Name, size, Go's file mode and time of change; nil for the time means now."""

    N: str = ""
    S: int = 0
    M: int = 0
    T: object = None


def write_file_info(info: FileInfo | None) -> dict[str, object] | None:
    """Put a `FileInfo` into its form on the wire."""
    if info is None:
        return None
    stamp = None
    if info.modified is not None:
        from msgpack import Timestamp  # noqa: PLC0415 - only who uploads with times needs it

        stamp = Timestamp.from_datetime(info.modified.astimezone())
    mode = info.mode & 0o777
    return WireFileInfo(N=info.name, S=info.size_bytes, M=mode, T=stamp).to_wire()


def read_file_info(value: object) -> FileInfo | None:
    """Read a `FileInfo` off the wire; Go's type bits in the mode are dropped."""
    if value is None:
        return None
    info = WireFileInfo.from_wire(value)
    to_datetime = getattr(info.T, "to_datetime", None)
    return FileInfo(info.N, info.S, info.M & 0o777, to_datetime() if to_datetime else None)


class CommunicatorClient:
    """A `Communicator` that lives behind ``client``."""

    def __init__(self, session: Session, client: RpcClient) -> None:
        self._session = session
        self._client = client

    def start(self, command: RemoteCommand) -> RunningCommand:
        """Start a command and return at once.

        Raises:
            RemoteError: it could not be started.
        """
        files = (command.stdin, command.stdout, command.stderr)
        outer = [self._session.next_id() if file is not None else 0 for file in files]
        numbers = [*outer, self._session.next_id()]
        call = self._client.begin("Communicator.Start", _start_args(command, numbers).to_wire())
        streams = CommandStreams()
        try:
            streams.open(numbers, lambda number: self._session.accept(number, call))
            call.result()
        except BaseException:
            streams.close()
            raise
        return StartedCommand(command, streams)

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:
        """Write everything that can be read from ``source`` into a file of the machine."""
        number = self._session.next_id()
        arguments = CommunicatorUploadArgs(
            Path=destination, ReaderStreamId=number, FileInfo=write_file_info(info)
        )
        call = self._client.begin("Communicator.Upload", arguments.to_wire())
        stream = self._session.accept(number, call)
        copied = threading.Event()
        # Whoever has answered reads no more, and our writing would wait for room for ever.
        call.on_answer(lambda: None if copied.is_set() else stream.reset())
        try:
            copy(source, writer_of(stream))
        except BaseException as error:
            _explain(error, call, stream)
            raise
        copied.set()
        stream.close()
        call.result()

    def download(self, source: str, destination: BinaryIO) -> None:
        """Write everything in a file of the machine to ``destination``."""
        number = self._session.next_id()
        arguments = CommunicatorDownloadArgs(Path=source, WriterStreamId=number)
        call = self._client.begin("Communicator.Download", arguments.to_wire())
        stream = self._session.accept(number, call)
        try:
            copy(reader_of(stream), destination)
        except BaseException as error:
            _explain(error, call, stream)
            raise
        call.result()
        stream.close()

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a folder that the communicator's own process can see into the machine."""
        self._dir("Communicator.UploadDir", destination, source, exclude)

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:
        """Copy a folder of the machine to where the communicator's own process can write."""
        self._dir("Communicator.DownloadDir", destination, source, exclude)

    def _dir(self, method: str, destination: str, source: str, exclude: Sequence[str]) -> None:
        arguments = CommunicatorDirArgs(Dst=destination, Src=source, Exclude=tuple(exclude))
        self._client.call(method, arguments.to_wire())


class CommunicatorServer(Service):
    """Serves a `Communicator`."""

    def __init__(self, session: Session, communicator: Communicator) -> None:
        self._session = session
        self._communicator = communicator
        super().__init__(
            "Communicator",
            {
                "Start": self._start,
                "Upload": self._upload,
                "Download": self._download,
                "UploadDir": self._upload_dir,
                "DownloadDir": self._download_dir,
            },
        )

    def _start(self, argument: object) -> None:
        arguments = CommunicatorStartArgs.from_wire(argument)
        streams = CommandStreams()
        try:
            streams.open(_numbers(arguments), self._session.dial)
            running = self._communicator.start(streams.command(arguments.Command))
        except BaseException:
            streams.close()
            raise
        spawn("rpc-command", send_status, running, streams)

    def _upload(self, argument: object) -> None:
        arguments = CommunicatorUploadArgs.from_wire(argument)
        # Dialled before anything can fail: a caller in Go waits 5 s for a stream that never comes.
        stream = self._session.dial(arguments.ReaderStreamId)
        try:
            info = read_file_info(arguments.FileInfo)
            self._communicator.upload(arguments.Path, reader_of(stream), info=info)
        finally:
            stream.close()

    def _download(self, argument: object) -> None:
        arguments = CommunicatorDownloadArgs.from_wire(argument)
        stream = self._session.dial(arguments.WriterStreamId)
        try:
            self._communicator.download(arguments.Path, writer_of(stream))
        finally:
            stream.close()

    def _upload_dir(self, argument: object) -> None:
        wanted = CommunicatorDirArgs.from_wire(argument)
        self._communicator.upload_dir(wanted.Dst, wanted.Src, exclude=wanted.Exclude)

    def _download_dir(self, argument: object) -> None:
        wanted = CommunicatorDirArgs.from_wire(argument)
        self._communicator.download_dir(wanted.Src, wanted.Dst, exclude=wanted.Exclude)


class NoCommunicator:
    """Stands in where a builder has none: every use says so (ENG-004)."""

    def start(self, command: RemoteCommand) -> NoReturn:  # noqa: ARG002 - the interface's
        """Refuse; the command is not quoted, because it may hold the values of variables."""
        self._refuse("run a command")

    def upload(self, destination: str, source: BinaryIO, *, info: FileInfo | None = None) -> None:  # noqa: ARG002 - the interface's
        """Refuse."""
        self._refuse(f"upload to {destination}")

    def upload_dir(self, destination: str, source: str, *, exclude: Sequence[str] = ()) -> None:  # noqa: ARG002 - the interface's
        """Refuse."""
        self._refuse(f"upload to {destination}")

    def download(self, source: str, destination: BinaryIO) -> None:  # noqa: ARG002 - the interface's
        """Refuse."""
        self._refuse(f"download {source}")

    def download_dir(self, source: str, destination: str, *, exclude: Sequence[str] = ()) -> None:  # noqa: ARG002 - the interface's
        """Refuse."""
        self._refuse(f"download {source}")

    def _refuse(self, what: str) -> NoReturn:
        raise ComponentError(
            f"cannot {what}: this build has no communicator",
            hint="set the builder's communicator option, or remove the provisioner",
        )


def _start_args(command: RemoteCommand, numbers: Sequence[int]) -> CommunicatorStartArgs:
    stdin, stdout, stderr, response = numbers
    return CommunicatorStartArgs(
        Command=command.command,
        StdinStreamId=stdin,
        StdoutStreamId=stdout,
        StderrStreamId=stderr,
        ResponseStreamId=response,
    )


def _numbers(arguments: CommunicatorStartArgs) -> tuple[int, int, int, int]:
    """In the order in which they are dialled."""
    return (
        arguments.StdinStreamId,
        arguments.StdoutStreamId,
        arguments.StderrStreamId,
        arguments.ResponseStreamId,
    )


def _explain(error: BaseException, call: Call, stream: Stream) -> None:
    """A transfer broke: end it, and prefer the other side's reason to "stream reset".

    Resetting, not closing: the other side must not take the part for the whole.

    Raises:
        RemoteError: the other side says why.
    """
    stream.reset()
    if isinstance(error, RpcError):
        call.result()
