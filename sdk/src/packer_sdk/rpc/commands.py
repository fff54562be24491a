"""A remote command on its way: its streams, the pumps that move its bytes, and its end.

Life story of a command at the caller's: three pumps at most (stdin, stdout, stderr) run until
their streams end; when both outputs are delivered, the status is read and `wait` returns. A pump
whose file fails goes on reading, because an unread output would stop the command for ever.
"""

from __future__ import annotations

import logging
import threading
from contextlib import suppress

from packer_sdk.errors import ConnectionLost, ProtocolError, RpcError
from packer_sdk.interfaces import DISCONNECTED, RemoteCommand
from packer_sdk.threads import spawn
from packer_sdk.wire.gob import decode_finished, encode_finished

from .streams import copy, drain, reader_of, writer_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

    from packer_sdk.interfaces import RunningCommand
    from packer_sdk.wire.stream import Stream

logger = logging.getLogger(__name__)

STATUS_BYTES = 4096
"""The most a status may take; Go's is a tenth of it."""

STATUS_UNKNOWN = 123
"""Exit status when the other side ended without telling one, as in Go (section 5.8)."""


class CommandStreams:
    """The four streams of a command; those not wanted are None. The response is always there."""

    def __init__(self) -> None:
        self._opened: list[Stream | None] = []

    def open(self, numbers: Iterable[int], open_stream: Callable[[int], Stream]) -> None:
        """Open stdin, stdout, stderr and response, in this order; 0 is one not wanted."""
        for number in numbers:
            self._opened.append(open_stream(number) if number else None)

    def close(self) -> None:
        """Close all that are open, the response first (section 9.1, 13)."""
        for stream in reversed(self._opened):
            if stream:
                stream.close()

    def command(self, text: str) -> RemoteCommand:
        """The command as the implementing side runs it, reading and writing these streams."""
        return RemoteCommand(
            text,
            stdin=reader_of(self.stdin) if self.stdin else None,
            stdout=writer_of(self.stdout) if self.stdout else None,
            stderr=writer_of(self.stderr) if self.stderr else None,
        )

    @property
    def stdin(self) -> Stream | None:
        """From the caller to the command."""
        return self._opened[0]

    @property
    def stdout(self) -> Stream | None:
        """What it prints."""
        return self._opened[1]

    @property
    def stderr(self) -> Stream | None:
        """What it complains."""
        return self._opened[2]

    @property
    def response(self) -> Stream:
        """How it ended.

        Raises:
            ProtocolError: the caller gave no number for it.
        """
        if response := self._opened[3]:
            return response
        raise ProtocolError("Communicator.Start: ResponseStreamId is 0")


def send_status(running: RunningCommand, streams: CommandStreams) -> None:
    """Wait for a command, tell its status to the caller and close its streams."""
    try:
        streams.response.write(encode_finished(_status_of(running)))
    except RpcError as error:
        logger.debug("nobody took the exit status: %s", error)
    finally:
        streams.close()


def _status_of(running: RunningCommand) -> int:
    try:
        return running.wait()
    except ConnectionLost:
        # Relayed: what ran the command is gone, and a status is all we can answer with.
        return DISCONNECTED


class StartedCommand:
    """A command that runs at the other side; implements `RunningCommand`."""

    def __init__(self, command: RemoteCommand, streams: CommandStreams) -> None:
        self._text = command.command
        self._streams = streams
        self._ended = threading.Event()
        self._status = STATUS_UNKNOWN
        self._error: Exception | None = None
        if streams.stdin and command.stdin:
            spawn("rpc-stdin", self._feed, command.stdin, streams.stdin)
        spawn("rpc-command", self._follow, command)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end, with all output delivered, and return the exit status.

        Raises:
            TimeoutError: it is still running.
            ConnectionLost: the other side went away.
            OSError, ValueError: a file for the output failed.
        """
        if not self._ended.wait(timeout):
            raise TimeoutError(f"still running after {timeout} s: {self._text}")
        if self._error:
            raise self._error
        return self._status

    def _follow(self, command: RemoteCommand) -> None:
        try:
            complaints = spawn("rpc-stderr", self._deliver, self._streams.stderr, command.stderr)
            self._deliver(self._streams.stdout, command.stdout)
            complaints.join()
            self._status = _read_status(self._streams.response)
        except RpcError as error:
            self._error = self._error or error
        finally:
            self._streams.close()
            self._ended.set()

    def _deliver(self, stream: Stream | None, file: BinaryIO | None) -> None:
        if not stream or not file:
            return
        output = reader_of(stream)
        try:
            copy(output, file)
        except (OSError, ValueError, RpcError) as error:
            self._error = self._error or error
            with suppress(RpcError):
                drain(output)

    def _feed(self, file: BinaryIO, stream: Stream) -> None:
        try:
            copy(file, writer_of(stream))
        except RpcError as error:
            logger.debug("%s reads no more input: %s", self._text, error)
        finally:
            stream.close()


def _read_status(response: Stream) -> int:
    message = reader_of(response).read(STATUS_BYTES)
    try:
        return decode_finished(message)
    except ProtocolError as error:
        logger.warning("the exit status is missing or unreadable: %s", error)
        return STATUS_UNKNOWN
