from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled import waiting
from packer_sdk import (
    Cancelled,
    CancelToken,
    ComponentError,
    ConnectionLost,
    PackerError,
    RemoteError,
)
from packer_sdk.communicators.none import NoneCommunicator
from packer_sdk.interfaces import RemoteCommand

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "RETRY_PAUSE_S", 0.01)


def failing(times: int, error: PackerError) -> tuple[list[int], Callable[[], str]]:
    tries: list[int] = []

    def attempt() -> str:
        tries.append(1)
        if len(tries) <= times:
            raise error
        return "done"

    return tries, attempt


def test_stoppable_gives_the_result(cancel: CancelToken) -> None:
    assert waiting.stoppable(cancel, "test", lambda: 5) == 5


def test_stoppable_raises_what_the_call_raises(cancel: CancelToken) -> None:
    def call() -> None:
        raise ComponentError("broken")

    with pytest.raises(ComponentError, match="broken"):
        waiting.stoppable(cancel, "test", call)


def test_stoppable_gives_up_on_cancel(cancel: CancelToken) -> None:
    entered, release = threading.Event(), threading.Event()

    def call() -> bool:
        entered.set()
        cancel.cancel()
        return release.wait()

    try:
        with pytest.raises(Cancelled):
            waiting.stoppable(cancel, "test", call)
        assert entered.is_set()
    finally:
        release.set()


def test_stoppable_does_not_begin_when_cancelled(cancelled: CancelToken) -> None:
    called: list[int] = []
    with pytest.raises(Cancelled):
        waiting.stoppable(cancelled, "test", lambda: called.append(1))
    assert not called


def test_pause_ends_on_cancel(cancel: CancelToken) -> None:
    timer = threading.Timer(0.02, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        waiting.pause(cancel, 600)
    timer.join()


def test_until_it_works_tries_again(cancel: CancelToken) -> None:
    tries, attempt = failing(3, RemoteError("connection refused"))
    assert waiting.until_it_works(cancel, 60, "upload x", attempt) == "done"
    assert len(tries) == 4


def test_until_it_works_ends_with_the_last_failure(cancel: CancelToken) -> None:
    tries, attempt = failing(10**9, RemoteError("connection refused"))
    with pytest.raises(ComponentError, match="cannot upload x: connection refused") as caught:
        waiting.until_it_works(cancel, 0.05, "upload x", attempt)
    assert len(tries) > 1
    assert "start_retry_timeout" in (caught.value.hint or "")


def test_until_it_works_with_no_time_tries_once(cancel: CancelToken) -> None:
    tries, attempt = failing(5, RemoteError("no"))
    with pytest.raises(ComponentError):
        waiting.until_it_works(cancel, 0, "x", attempt)
    assert len(tries) == 1


@pytest.mark.parametrize(
    "error", [ConnectionLost("gone"), Cancelled(), RemoteError("the communicator is none, ...")]
)
def test_until_it_works_gives_up_on_what_stays_so(cancel: CancelToken, error: PackerError) -> None:
    tries, attempt = failing(5, error)
    with pytest.raises(type(error)):
        waiting.until_it_works(cancel, 600, "x", attempt)
    assert len(tries) == 1


def test_until_it_works_gives_up_where_there_is_no_machine(cancel: CancelToken) -> None:
    with pytest.raises(ComponentError, match="there is no machine"):
        waiting.until_it_works(
            cancel, 600, "x", lambda: NoneCommunicator().start(RemoteCommand("true"))
        )


def test_until_it_works_ends_on_cancel(cancel: CancelToken) -> None:
    def attempt() -> None:
        cancel.cancel()
        raise RemoteError("no")

    with pytest.raises(Cancelled):
        waiting.until_it_works(cancel, 600, "x", attempt)
