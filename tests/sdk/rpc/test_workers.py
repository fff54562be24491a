from __future__ import annotations

import contextvars
import threading
import time
from typing import TYPE_CHECKING

import pytest

from packer_sdk.rpc.workers import MOST_IDLE, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE = contextvars.ContextVar("VALUE", default="unset")
GUARD_S = 30.0


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.end()  # and the guard of every test sees that no thread stays


def ran(workers: Workers, role: str = "rpc-test") -> threading.Thread:  # noqa: TID251 - looks at it
    """Run a call to its end; returns the thread that ran it."""
    found: list[threading.Thread] = []  # noqa: TID251 - as above
    done = threading.Event()

    def call() -> None:
        found.append(threading.current_thread())
        done.set()

    workers.run(role, call)
    assert done.wait(GUARD_S)
    return found[0]


def wait_idle(thread: threading.Thread) -> None:  # noqa: TID251 - as above
    deadline = time.monotonic() + GUARD_S
    while thread.name != "packer:rpc-idle":
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_thread_is_used_again(workers: Workers) -> None:
    first = ran(workers)
    wait_idle(first)
    assert ran(workers) is first


def test_a_thread_is_called_after_its_call(workers: Workers) -> None:
    names = []

    def call(done: threading.Event) -> None:
        names.append(threading.current_thread().name)
        done.set()

    for role in ("rpc-Ui.Say", "rpc-Builder.Run"):
        done = threading.Event()
        workers.run(role, call, done)
        assert done.wait(GUARD_S)
    assert names == ["packer:rpc-Ui.Say", "packer:rpc-Builder.Run"]


def test_no_call_waits_for_another(workers: Workers) -> None:
    count = 50
    together = threading.Barrier(count + 1)
    for _ in range(2):  # the second time, some find an idle thread
        for _ in range(count):
            workers.run("rpc-test", together.wait, GUARD_S)
        together.wait(GUARD_S)


def test_few_stay_idle(workers: Workers) -> None:
    before = threading.active_count()
    together = threading.Barrier(21)
    for _ in range(20):
        workers.run("rpc-test", together.wait, GUARD_S)
    together.wait(GUARD_S)
    deadline = time.monotonic() + GUARD_S
    while threading.active_count() > before + MOST_IDLE:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_call_sees_the_context_of_who_made_it_and_no_other(workers: Workers) -> None:
    seen: list[str] = []

    def look(value: str, done: threading.Event) -> None:
        seen.append(VALUE.get())
        VALUE.set(value)
        done.set()

    for outside in ("one", "two"):
        VALUE.set(outside)
        done = threading.Event()
        workers.run("rpc-test", look, "from a call", done)
        assert done.wait(GUARD_S)
    assert seen == ["one", "two"]
    assert VALUE.get() == "two"


def test_what_ends_ends_also_threads_that_are_busy(workers: Workers) -> None:
    go_on, found = threading.Event(), []

    def busy() -> None:
        found.append(threading.current_thread())
        assert go_on.wait(GUARD_S)

    workers.run("rpc-test", busy)
    workers.end()
    go_on.set()
    found[0].join(GUARD_S)
    assert not found[0].is_alive()
