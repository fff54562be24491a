"""Asking running work to stop."""

from __future__ import annotations

import threading

import pytest

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled
from packer_sdk.threads import spawn


def test_token_goes_up_once_and_stays_up() -> None:
    token, calls = CancelToken(), []
    token.on_cancel(lambda: calls.append(1))
    token.check()
    assert not token.cancelled
    assert not token.wait(0)
    token.cancel()
    token.cancel()
    assert token.wait()
    assert calls == [1]
    with pytest.raises(Cancelled):
        token.check()


def test_callback_runs_at_once_when_it_is_late() -> None:
    token, calls = CancelToken(), []
    token.cancel()
    release = token.on_cancel(lambda: calls.append(1))
    release()
    assert calls == [1]


def test_callback_can_be_taken_back() -> None:
    token, calls = CancelToken(), []
    release = token.on_cancel(lambda: calls.append(1))
    release()
    release()
    token.cancel()
    assert calls == []


def test_callback_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    token, calls = CancelToken(), []

    def fail() -> None:
        raise RuntimeError("a bug")

    token.on_cancel(fail)
    token.on_cancel(lambda: calls.append(1))
    token.cancel()
    assert calls == [1]
    assert "RuntimeError: a bug" in caplog.text


def test_child_goes_up_with_its_parent_but_not_the_other_way() -> None:
    parent = CancelToken()
    child, sibling, detached = CancelToken(parent), CancelToken(parent), CancelToken(parent)
    child.cancel()
    assert not parent.cancelled
    detached.close()
    parent.cancel()
    assert sibling.cancelled
    assert not detached.cancelled
    assert CancelToken(parent).cancelled


def test_wait_wakes_in_another_thread() -> None:
    token, woken = CancelToken(), threading.Event()

    def wait() -> None:
        if token.wait(30):
            woken.set()

    thread = spawn("waiter", wait)
    token.cancel()
    assert woken.wait(10)
    thread.join(10)
