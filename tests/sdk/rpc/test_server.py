from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import pytest

from packer_sdk.errors import ComponentError, ConnectionLost, RemoteError
from packer_sdk.rpc.server import RpcServer, Service
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk.cancel import CancelToken
    from packer_sdk.rpc.client import RpcClient
    from packer_sdk.testing import Connected

    Reach = Callable[..., RpcClient]


def fail(error: BaseException) -> Callable[[object], object]:
    def method(_: object) -> object:
        raise error

    return method


class Task:
    """A cancellable method that waits for its token, one run after the other."""

    def __init__(self) -> None:
        self.started = threading.Semaphore(0)
        self.tokens: list[CancelToken] = []

    def __call__(self, argument: object, cancel: CancelToken) -> object:
        self.tokens.append(cancel)
        self.started.release()
        cancel.wait()
        return argument


def test_call_reaches_the_method_and_returns_its_reply(reach: Reach) -> None:
    client = reach(Service("Echo", {"Back": lambda argument: [argument, argument]}))
    assert client.call("Echo.Back", "x") == ["x", "x"]


@pytest.mark.parametrize(
    ("method", "text"),
    [
        ("Other.Back", "rpc: can't find service Other.Back"),
        ("Echo.Forth", "rpc: can't find method Echo.Forth"),
        ("Echo.Cancel", "rpc: can't find method Echo.Cancel"),
        ("Echo", "rpc: service/method request ill-formed: Echo"),
        ("", "rpc: service/method request ill-formed: "),
        ("a.b/Echo.Back", "rpc: can't find service a.b/Echo.Back"),
    ],
)
def test_an_unknown_method_is_answered_in_the_words_of_go(
    reach: Reach, method: str, text: str
) -> None:
    client = reach(Service("Echo", {"Back": lambda argument: argument}))
    with pytest.raises(RemoteError) as caught:
        client.call(method)
    assert caught.value.message == text
    assert client.call("Echo.Back", 1) == 1


def test_names_are_split_at_the_last_dot(reach: Reach) -> None:
    client = reach(Service("Ui/tmp/a.iso:1.x", {"Add": lambda count: count}))
    assert client.call("Ui/tmp/a.iso:1.x.Add", 3) == 3


def test_a_service_can_register_another_while_it_serves(reach: Reach) -> None:
    service = Service("Door", {"Open": lambda name: service.server.register(inner(str(name)))})

    def inner(name: str) -> Service:
        return Service(name, {"Say": lambda _: f"I am {name}"})

    client = reach(service)
    client.call("Door.Open", "Room.7")
    assert client.call("Room.7.Say") == "I am Room.7"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ComponentError("no: 7"), "no: 7"),
        (ComponentError(""), "ComponentError('')"),
        (TypeError("a bug"), "TypeError: a bug (see PACKER_LOG=1)"),
        (SystemExit(3), "SystemExit: 3 (see PACKER_LOG=1)"),
    ],
)
def test_whatever_escapes_a_method_becomes_an_answer(
    reach: Reach, error: BaseException, text: str
) -> None:
    client = reach(Service("A", {"B": fail(error)}))
    with pytest.raises(RemoteError) as caught:
        client.call("A.B")
    assert caught.value.message == text


def test_a_reply_that_cannot_travel_becomes_an_error(reach: Reach) -> None:
    client = reach(Service("A", {"B": lambda _: object()}))
    with pytest.raises(RemoteError, match=r"A\.B: its argument or result cannot travel"):
        client.call("A.B")


def test_calls_run_beside_each_other(reach: Reach) -> None:
    meeting = threading.Barrier(200)

    def meet(argument: object) -> object:
        meeting.wait(30)
        return argument

    client = reach(Service("A", {"Meet": meet}))
    calls = [client.begin("A.Meet", number) for number in range(200)]
    assert [call.result(60) for call in calls] == list(range(200))


def test_cancel_is_answered_while_the_task_runs_and_ends_it(reach: Reach) -> None:
    task = Task()
    client = reach(Service("A", {}, {"Run": task}))
    run = client.begin("A.Run", 5)
    task.started.acquire()
    assert client.call("A.Cancel") is None
    assert run.result() == 5


def test_cancel_stops_every_running_task_but_none_that_comes_later(reach: Reach) -> None:
    task = Task()
    client = reach(Service("A", {}, {"Run": task}))
    early = [client.begin("A.Run", number) for number in range(3)]
    client.call("A.Cancel")
    assert [call.result() for call in early] == [0, 1, 2]
    late = client.begin("A.Run", "late")
    for _ in range(4):
        task.started.acquire()
    assert not late.answered
    client.call("A.Cancel")
    assert late.result() == "late"


def test_cancel_that_comes_first_is_not_lost(reach: Reach) -> None:
    client = reach(Service("A", {}, {"Run": Task()}))
    client.call("A.Cancel")
    assert client.call("A.Run", 7) == 7


def test_the_end_of_the_stream_cancels_what_runs(reach: Reach) -> None:
    task = Task()
    client = reach(Service("A", {}, {"Run": task}))
    client.begin("A.Run")
    task.started.acquire()
    client.close()
    assert task.tokens[0].wait(10)


def test_the_end_of_the_connection_cancels_what_runs(reach: Reach, sessions: Connected) -> None:
    task = Task()
    client = reach(Service("A", {}, {"Run": task}))
    client.begin("A.Run")
    task.started.acquire()
    sessions.plugin.close()
    assert task.tokens[0].wait(10)


def test_serve_waits_for_calls_and_says_when_one_does_not_end(
    sessions: Connected, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    number = sessions.core.next_id()
    clients: list[RpcClient] = []
    thread = spawn("dial", lambda: clients.append(sessions.plugin.call_client(number)))
    server = RpcServer(
        sessions.core.accept(number), Service("A", {"Hang": lambda _: stop.wait(30) and None})
    )
    thread.join()
    clients[0].begin("A.Hang")
    clients[0].close()
    assert not server.serve(clean_up_s=0.05)
    assert "still running 0.05 s after the end: ['A.Hang']" in caplog.text
    stop.set()


def test_bytes_that_are_no_request_end_the_stream(sessions: Connected) -> None:
    offer = sessions.core.offer(Service("A", {"B": lambda _: None}))
    stream = sessions.plugin.dial(offer.number)
    stream.write(b"\x07\x07")
    assert stream.read() == b""


def test_an_answer_nobody_takes_is_no_error(reach: Reach, sessions: Connected) -> None:
    arrived, leave = threading.Event(), threading.Event()

    def method(_: object) -> None:
        arrived.set()
        leave.wait(30)

    client = reach(Service("A", {"B": method}))
    call = client.begin("A.B")
    arrived.wait()
    sessions.plugin.close()
    leave.set()
    with pytest.raises(ConnectionLost):
        call.result()


def test_calls_beyond_the_most_are_refused_and_those_that_run_go_on(
    reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("packer_sdk.rpc.server.MOST_CALLS", 2)
    task = Task()
    client = reach(Service("Work", {"Say": lambda _: "x"}, {"Run": task}))
    running = [client.begin("Work.Run", number) for number in range(2)]
    for _ in running:
        assert task.started.acquire(timeout=30)
    with pytest.raises(RemoteError, match="too many calls at once"):
        client.call("Work.Say")
    for token in task.tokens:
        token.cancel()
    assert [call.result(30) for call in running] == [0, 1]


def test_memory_that_has_run_out_is_let_go_before_it_is_told(reach: Reach) -> None:
    held: list[weakref.ref[Held]] = []

    class Held:
        pass

    def hog(_: object) -> object:
        hoard = Held()
        held.append(weakref.ref(hoard))
        raise MemoryError

    client = reach(Service("Echo", {"Back": hog}))
    with pytest.raises(RemoteError, match=r"^MemoryError \(see PACKER_LOG=1\)$"):
        client.call("Echo.Back")
    assert held[0]() is None
