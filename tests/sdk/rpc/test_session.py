from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ConnectionLost, RemoteError
from packer_sdk.rpc.server import Service
from packer_sdk.rpc.session import Session
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from packer_sdk.testing import Connected


def echo(name: str = "Echo") -> Service:
    return Service(name, {"Back": lambda argument: argument})


def test_serve_answers_on_stream_0_until_the_caller_closes(sessions: Connected) -> None:
    ended: list[bool] = []
    thread = spawn("serve", lambda: ended.append(sessions.plugin.serve(echo())))
    client = sessions.core.call_client()
    assert client.call("Echo.Back", 1) == 1
    client.close()
    thread.join()
    assert ended == [True]


def test_numbers_of_the_two_sides_are_independent(sessions: Connected) -> None:
    here, there = sessions.core.offer(echo("Here")), sessions.plugin.offer(echo("There"))
    assert here.number == there.number == 1
    assert sessions.plugin.call_client(1).call("Here.Back", "a") == "a"
    assert sessions.core.call_client(1).call("There.Back", "b") == "b"


def test_two_services_share_a_stream(sessions: Connected) -> None:
    client = sessions.core.call_client(sessions.plugin.offer(echo("A"), echo("B")).number)
    assert (client.call("A.Back", 1), client.call("B.Back", 2)) == (1, 2)


def test_leaving_an_offer_ends_its_stream(sessions: Connected) -> None:
    with sessions.core.offer(echo()) as offer:
        client = sessions.plugin.call_client(offer.number)
        client.call("Echo.Back")
    with pytest.raises(ConnectionLost):
        client.call("Echo.Back")


def test_an_offer_that_is_closed_before_it_is_dialled_is_refused(sessions: Connected) -> None:
    offer = sessions.core.offer(echo())
    offer.close()
    with pytest.raises(ConnectionLost):
        sessions.plugin.call_client(offer.number).call("Echo.Back")


def test_closing_ends_both_sides(sessions: Connected) -> None:
    lost = threading.Event()
    sessions.plugin.on_lost(lost.set)
    sessions.core.close()
    sessions.core.close()
    assert lost.wait(10)
    with pytest.raises(ConnectionLost):
        sessions.plugin.dial(1)


def test_leaving_the_context_closes() -> None:
    ours, theirs = socket.socketpair()
    with Session(theirs, client=False), Session(ours, client=True) as session:
        pass
    with pytest.raises(ConnectionLost):
        session.dial(0)


def test_accept_when_the_call_that_carried_the_number_fails_does_not_wait_on(
    sessions: Connected,
) -> None:
    def refuse(_: object) -> None:
        raise ValueError("no")

    client = sessions.core.call_client(sessions.plugin.offer(Service("A", {"B": refuse})).number)
    number = sessions.core.next_id()
    with pytest.raises(RemoteError, match="ValueError: no"):
        sessions.core.accept(number, client.begin("A.B", number))


def test_accept_when_nobody_dials_names_the_stream(
    sessions: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packer_sdk.rpc.session.ACCEPT_TIMEOUT_S", 0.05)
    with pytest.raises(ConnectionLost, match="nobody opened stream 9 in time"):
        sessions.core.accept(9)


def test_serve_when_core_never_comes_says_so(
    sessions: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packer_sdk.rpc.session.ACCEPT_TIMEOUT_S", 0.05)
    with pytest.raises(ConnectionLost, match="nobody opened stream 0 in time"):
        sessions.plugin.serve(echo())
