"""Where threads are made, and deadlines."""

from __future__ import annotations

import contextvars
import threading
from typing import TYPE_CHECKING

from packer_sdk.threads import Deadline, spawn

if TYPE_CHECKING:
    import pytest

JOB = contextvars.ContextVar("job", default="none")


def test_spawn_names_the_thread_and_carries_the_context() -> None:
    seen: list[object] = []

    def target(argument: str) -> None:
        thread = threading.current_thread()
        seen.extend([thread.name, thread.daemon, JOB.get(), argument])

    token = JOB.set("web")
    thread = spawn("reader", target, "x")
    JOB.reset(token)
    thread.join(10)
    assert seen == ["packer:reader", True, "web", "x"]


def test_spawn_logs_what_escapes(caplog: pytest.LogCaptureFixture) -> None:
    def target() -> None:
        raise RuntimeError("a bug")

    spawn("worker", target).join(10)
    assert "thread packer:worker failed" in caplog.text
    assert "RuntimeError: a bug" in caplog.text


def test_deadline_without_an_end() -> None:
    assert Deadline(None).left() is None
    assert not Deadline(None).passed


def test_deadline_passes() -> None:
    assert Deadline(-1).left() == 0.0
    assert Deadline(0).passed
    left = Deadline(100).left()
    assert left is not None
    assert 0 < left <= 100
    assert not Deadline(100).passed
