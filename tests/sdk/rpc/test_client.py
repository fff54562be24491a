from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import (
    Cancelled,
    ConnectionLost,
    LocalProtocolError,
    RemoteError,
    RemoteProtocolError,
)
from packer_sdk.threads import spawn
from packer_sdk.wire.codec import Request, RequestDecoder, encode_response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_sdk.rpc.client import RpcClient
    from packer_sdk.testing import Connected
    from packer_sdk.wire.stream import Stream


class Peer:
    """The other end of a client, by hand: reads requests, writes whatever it is told."""

    def __init__(self, sessions: Connected) -> None:
        number = sessions.core.next_id()
        client: list[RpcClient] = []
        thread = spawn("dial", lambda: client.append(sessions.plugin.call_client(number)))
        self.stream: Stream = sessions.core.accept(number)
        thread.join()
        self.client = client[0]
        self._decoder = RequestDecoder()
        self._requests: list[Request] = []

    def request(self) -> Request:
        while not self._requests:
            self._requests += self._decoder.receive_data(self.stream.read())
        return self._requests.pop(0)

    def answer(self, request: Request, body: object = None, error: str = "") -> None:
        self.stream.write(encode_response(request.method, request.seq, error, body))


@pytest.fixture
def peer(sessions: Connected) -> Iterator[Peer]:
    peer = Peer(sessions)
    yield peer
    peer.client.close()


def test_call_counts_from_zero_and_gives_the_reply(peer: Peer) -> None:
    first = peer.client.begin("A.B", [1])
    second = peer.client.begin("A.C")
    requests = peer.request(), peer.request()
    assert requests == (Request("A.B", 0, [1]), Request("A.C", 1, None))
    assert not first.answered
    peer.answer(requests[1], "late")
    peer.answer(requests[0], "first")
    assert (first.result(), second.result()) == ("first", "late")
    assert first.answered


def test_call_when_answered_with_an_error_text_raises_it(peer: Peer) -> None:
    call = peer.client.begin("A.B")
    peer.answer(peer.request(), error="it broke\n\nhint: mend it")
    with pytest.raises(RemoteError, match=r"^it broke$") as caught:
        call.result()
    assert caught.value.hint == "mend it"


@pytest.mark.parametrize("answers", [(77,), (0, 0)])
def test_an_answer_nobody_waits_for_ends_the_stream_with_its_number(
    peer: Peer, answers: tuple[int, ...]
) -> None:
    peer.client.begin("A.B")
    call = peer.client.begin("A.C")
    peer.request()
    for number in answers:
        peer.answer(Request("A.X", number, None), {"a": [1]})
    match = f"no answer to A.C: Seq of a response: no call waits for answer {answers[-1]} "
    with pytest.raises(RemoteProtocolError, match=match):
        call.result()


def test_result_when_not_there_in_time_can_be_asked_for_again(peer: Peer) -> None:
    call = peer.client.begin("A.B")
    with pytest.raises(TimeoutError, match=r"no answer to A.B within 0.01 s"):
        call.result(0.01)
    peer.answer(peer.request(), 5)
    assert call.result() == 5


def test_the_end_of_the_stream_wakes_everybody(peer: Peer) -> None:
    calls = [peer.client.begin("A.B") for _ in range(5)]
    peer.stream.close()
    for call in calls:
        with pytest.raises(ConnectionLost, match=r"no answer to A.B: .*closed the stream"):
            call.result()
    with pytest.raises(ConnectionLost):
        peer.client.call("A.C")


def test_the_end_of_the_connection_wakes_everybody(peer: Peer, sessions: Connected) -> None:
    calls = [peer.client.begin("A.B") for _ in range(5)]
    sessions.core.close()
    for call in calls:
        with pytest.raises(ConnectionLost):
            call.result()


def test_close_wakes_whoever_waits(peer: Peer) -> None:
    call = peer.client.begin("A.B")
    peer.client.close()
    with pytest.raises(ConnectionLost, match="the caller closed the stream"):
        call.result()


def test_bytes_that_are_no_answer_end_the_stream_and_say_why(peer: Peer) -> None:
    call = peer.client.begin("A.B")
    peer.stream.write(b"\x07\x07")
    with pytest.raises(RemoteProtocolError, match="header of a response"):
        call.result()
    with pytest.raises(RemoteProtocolError):
        peer.client.begin("A.C")


def test_an_argument_that_cannot_travel_costs_no_number(peer: Peer) -> None:
    with pytest.raises(LocalProtocolError, match=r"A\.B"):
        peer.client.begin("A.B", object())
    peer.client.begin("A.C")
    assert peer.request() == Request("A.C", 0, None)


def test_errors_of_several_waiters_are_objects_of_their_own(peer: Peer) -> None:
    calls = [peer.client.begin("A.B") for _ in range(2)]
    peer.stream.close()
    errors = []
    for call in calls:
        with pytest.raises(ConnectionLost) as caught:
            call.result()
        errors.append(caught.value)
    assert errors[0] is not errors[1]


def test_on_answer_is_called_once_also_when_late(peer: Peer) -> None:
    called: list[int] = []
    call = peer.client.begin("A.B")
    call.on_answer(lambda: called.append(1))
    peer.answer(peer.request())
    call.result()
    call.on_answer(lambda: called.append(2))
    assert called == [1, 2]


def test_a_large_argument_does_not_keep_answers_from_coming_in(peer: Peer) -> None:
    # The window is full while the first answer is due: whoever holds the table's lock while
    # writing waits for ever.
    call = peer.client.begin("A.B")
    request = peer.request()
    writer = spawn("large", peer.client.begin, "A.C", b"x" * 2_000_000)
    peer.answer(request, "small")
    assert call.result(10) == "small"
    assert peer.request().method == "A.C"
    writer.join()


def test_call_cancellable_sends_cancel_once_and_still_waits(peer: Peer) -> None:
    token = CancelToken()
    outcome: list[object] = []

    def call() -> None:
        try:
            peer.client.call_cancellable("Builder.Run", 1, token)
        except Cancelled as error:
            outcome.append(error.message)

    thread = spawn("call", call)
    run = peer.request()
    token.cancel()
    token.cancel()
    cancel = peer.request()
    assert (run.method, cancel.method) == ("Builder.Run", "Builder.Cancel")
    peer.answer(cancel)
    assert outcome == []
    peer.answer(run, error="stopped in the middle")
    thread.join()
    assert outcome == ["stopped in the middle"]


def test_call_cancellable_when_cancelled_before_sends_nothing(peer: Peer) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        peer.client.call_cancellable("Builder.Run", 1, token)
    peer.client.begin("A.B")
    assert peer.request() == Request("A.B", 0, None)


def test_call_cancellable_when_it_succeeds_all_the_same_gives_the_reply(peer: Peer) -> None:
    token = CancelToken()
    reply: list[object] = []
    thread = spawn(
        "call", lambda: reply.append(peer.client.call_cancellable("Builder.Run", 1, token))
    )
    run = peer.request()
    token.cancel()
    peer.answer(peer.request())
    peer.answer(run, 3)
    thread.join()
    assert reply == [3]


def test_call_cancellable_when_answered_forgets_the_token(peer: Peer) -> None:
    token = CancelToken()
    thread = spawn("call", peer.client.call_cancellable, "Builder.Run", 1, token)
    peer.answer(peer.request())
    thread.join()
    token.cancel()
    peer.client.begin("A.B")
    assert peer.request().method == "A.B"


def test_a_cancel_that_cannot_be_delivered_is_no_error(peer: Peer, sessions: Connected) -> None:
    token = CancelToken()
    lost = threading.Event()

    def call() -> None:
        with pytest.raises(ConnectionLost):
            peer.client.call_cancellable("Builder.Run", 1, token)
        lost.set()

    thread = spawn("call", call)
    peer.request()
    token.cancel()
    peer.request()
    sessions.core.close()
    thread.join()
    assert lost.is_set()
