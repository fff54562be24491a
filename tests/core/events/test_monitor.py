from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from packer_core.events.model import BuildStarted, CallFinished, CallStarted
from packer_core.events.monitor import SILENT, Monitor
from packer_sdk.errors import Cancelled, PackerError

if TYPE_CHECKING:
    from core.events.conftest import Notebook


def test_every_listener_gets_every_event(notebook: Notebook) -> None:
    event = BuildStarted(build="a")
    Monitor(notebook, notebook).tell(event)
    assert notebook.events == [event, event]


def test_silence_takes_everything() -> None:
    assert not SILENT.listens
    SILENT.tell(BuildStarted(build="a"))
    with pytest.raises(PackerError), SILENT.calling("a", "builder", "b", "Run"):
        raise PackerError("no")


@pytest.mark.parametrize(
    ("raised", "result", "error"),
    [
        (None, "succeeded", None),
        (PackerError("no luck"), "failed", "no luck"),
        (Cancelled(), "cancelled", "cancelled"),
        (KeyError(), "failed", "KeyError"),
        (KeyboardInterrupt(), "failed", "KeyboardInterrupt"),
    ],
)
def test_a_call_is_told_with_its_end(
    monitor: Monitor,
    notebook: Notebook,
    raised: BaseException | None,
    result: str,
    error: str | None,
) -> None:
    expected = pytest.raises(type(raised)) if raised else contextlib.nullcontext()
    with expected, monitor.calling("a", "builder", "b", "Run"):
        if raised:
            raise raised
    started, finished = notebook.events
    assert started == CallStarted(build="a", kind="builder", name="b", method="Run", call=1)
    assert isinstance(finished, CallFinished)
    assert (finished.call, finished.result, finished.error) == (1, result, error)
    assert finished.duration_s >= 0


def test_calls_have_numbers_of_their_own(monitor: Monitor, notebook: Notebook) -> None:
    with monitor.calling("a", "builder", "b", "Run"), monitor.calling("a", "builder", "b", "Hook"):
        pass
    calls = [(event.type, event.call) for event in notebook.events]  # type: ignore[attr-defined]
    assert calls == [
        ("call-started", 1),
        ("call-started", 2),
        ("call-finished", 2),
        ("call-finished", 1),
    ]
