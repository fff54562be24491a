from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ProtocolError
from packer_sdk.interfaces import RemoteCommand
from packer_sdk.rpc.commands import CommandStreams, StartedCommand
from packer_sdk.threads import spawn
from packer_sdk.wire.gob import encode_finished

if TYPE_CHECKING:
    from packer_sdk.testing import Connected
    from packer_sdk.wire.stream import Stream


def opened(sessions: Connected, numbers: list[int]) -> tuple[CommandStreams, list[Stream]]:
    """Streams of a command at the caller's, and the machine's ends of them."""
    streams = CommandStreams()
    ends: list[Stream] = []
    wanted = [sessions.plugin.next_id() if number else 0 for number in numbers]
    dialling = spawn(
        "dial", lambda: ends.extend(sessions.core.dial(number) for number in wanted if number)
    )
    streams.open(wanted, sessions.plugin.accept)
    dialling.join()
    return streams, ends


@pytest.mark.parametrize("message", [b"", b"\x2b", b"nonsense", encode_finished(7)[:-2]])
def test_a_status_that_is_missing_or_unreadable_is_123(sessions: Connected, message: bytes) -> None:
    streams, (response,) = opened(sessions, [0, 0, 0, 1])
    running = StartedCommand(RemoteCommand("x"), streams)
    response.write(message)
    response.close()
    assert running.wait(10) == 123


def test_the_status_waits_for_both_outputs(sessions: Connected) -> None:
    streams, (stdout, stderr, response) = opened(sessions, [0, 1, 1, 1])
    output, complaints = io.BytesIO(), io.BytesIO()
    running = StartedCommand(RemoteCommand("x", stdout=output, stderr=complaints), streams)
    response.write(encode_finished(7))
    response.close()
    stdout.write(b"late output")
    stdout.close()
    with pytest.raises(TimeoutError):
        running.wait(0.05)
    stderr.write(b"later complaint")
    stderr.close()
    assert running.wait(10) == 7
    assert (output.getvalue(), complaints.getvalue()) == (b"late output", b"later complaint")


def test_a_command_that_reads_no_input_is_no_error(sessions: Connected) -> None:
    streams, (stdin, response) = opened(sessions, [1, 0, 0, 1])
    running = StartedCommand(RemoteCommand("x", stdin=io.BytesIO(b"i" * 2_000_000)), streams)
    stdin.reset()
    response.write(encode_finished(0))
    response.close()
    assert running.wait(10) == 0


def test_without_a_response_stream_the_call_is_refused() -> None:
    streams = CommandStreams()
    streams.open([0, 0, 0, 0], lambda number: pytest.fail(f"opened {number}"))
    with pytest.raises(ProtocolError, match="ResponseStreamId is 0"):
        _ = streams.response


def test_streams_are_opened_in_order_and_closed_the_response_first(sessions: Connected) -> None:
    class Noting:
        def __init__(self, number: int) -> None:
            self.number = number

        def close(self) -> None:
            closed.append(self.number)

    order: list[int] = []
    closed: list[int] = []

    def open_stream(number: int) -> Noting:
        order.append(number)
        return Noting(number)

    streams = CommandStreams()
    streams.open([11, 0, 13, 14], open_stream)  # type: ignore[arg-type] # only close is called
    streams.close()
    assert order == [11, 13, 14]
    assert closed == [14, 13, 11]
