from __future__ import annotations

import os
import signal
import threading
from typing import Any

import pytest

from packer_core.interrupts import Interrupts
from packer_sdk.cancel import CancelToken
from packer_sdk.threads import spawn


class Lines:
    def __init__(self) -> None:
        self.errors: list[str] = []

    def error(self, message: str) -> None:
        self.errors.append(message)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_cancel_then_abort_then_nothing(number: signal.Signals) -> None:
    ui: Any = Lines()
    cancel, abort = CancelToken(), CancelToken()
    with Interrupts(ui, cancel, abort, "installation"):
        os.kill(os.getpid(), number)
        assert cancel.wait(10)
        assert not abort.cancelled
        os.kill(os.getpid(), number)
        assert abort.wait(10)
        os.kill(os.getpid(), number)
    assert ui.errors[0].startswith("Cancelling installation after receiving ")
    assert len(ui.errors) == 2


def test_handlers_are_put_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    ui: Any = Lines()
    with Interrupts(ui, CancelToken(), CancelToken(), "build"):
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_a_signal_that_comes_while_locks_are_held_does_not_deadlock() -> None:
    ui: Any = Lines()
    cancel = CancelToken()
    with Interrupts(ui, cancel, CancelToken(), "build"):
        with cancel._lock:
            os.kill(os.getpid(), signal.SIGINT)
            assert not cancel.cancelled
        assert cancel.wait(10)


def test_where_nothing_needs_cleaning_up_the_first_is_as_good_as_the_second() -> None:
    ui: Any = Lines()
    cancel, abort = CancelToken(), CancelToken()
    with Interrupts(ui, cancel, abort, "validation") as interrupts, interrupts.at_once():
        os.kill(os.getpid(), signal.SIGINT)
        assert abort.wait(10)
    assert cancel.cancelled


def test_a_closed_terminal_is_never_the_second_signal() -> None:
    ui: Any = Lines()
    cancel, abort = CancelToken(), CancelToken()
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may be run under nohup
    try:
        with Interrupts(ui, cancel, abort, "build"):
            os.kill(os.getpid(), signal.SIGHUP)
            assert cancel.wait(10)
            os.kill(os.getpid(), signal.SIGHUP)
            assert not abort.wait(0.1)
            os.kill(os.getpid(), signal.SIGINT)
            assert abort.wait(10)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_under_nohup_a_closed_terminal_stays_ignored() -> None:
    ui: Any = Lines()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts(ui, CancelToken(), CancelToken(), "build"):
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_signal_is_heard_while_the_main_thread_waits_for_a_lock() -> None:
    ui: Any = Lines()
    cancel = CancelToken()
    lock = threading.Lock()
    cancel.on_cancel(lock.release)
    with lock, Interrupts(ui, cancel, CancelToken(), "build"):
        # Between the kernel and the lock: the handler is due, and the main thread waits.
        spawn("killer", lambda: os.kill(os.getpid(), signal.SIGINT))
        assert lock.acquire(timeout=10)


def test_a_message_that_nobody_reads_does_not_hold_back_the_cancel() -> None:
    class Stuck:
        def error(self, message: str) -> None:
            read.wait(20)

    ui: Any = Stuck()
    read, cancel = threading.Event(), CancelToken()
    with Interrupts(ui, cancel, CancelToken(), "build"):
        os.kill(os.getpid(), signal.SIGINT)
        assert cancel.wait(10)
        read.set()
