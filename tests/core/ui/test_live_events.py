from __future__ import annotations

import threading
from typing import Any

import pytest

from packer_core.events import model
from packer_core.ui.live import Live
from packer_core.ui.live_events import LiveEvents
from packer_core.ui.output import Output


@pytest.fixture
def live(terminal_screen: Any, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    made = Live(Output(terminal_screen), threading.RLock(), clock=lambda: 0.0)
    made.plan({"web": None, "db": None})
    return made


@pytest.fixture
def events(live: Live) -> LiveEvents:
    made = LiveEvents(live)
    for name in ("web", "db"):
        made.notice(
            model.BuildPlanned(
                build=name, builder="null", provisioners=("shell", "file"), post_processors=()
            )
        )
    made.notice(model.BuildStarted(build="web"))
    return made


def web(live: Live) -> str:
    """What the line of the build says behind its name and its time."""
    return live._lines(80, 24)[0].removeprefix("web  0:00  ")


def provisioner(kind: type[Any] = model.ProvisionerStarted, **arguments: Any) -> Any:
    about = {"build": "web", "name": "shell", "number": 1, "attempt": 1, "attempts": 1}
    return kind(**{**about, **arguments})


def finished(build: str, result: Any) -> model.BuildFinished:
    return model.BuildFinished(build=build, result=result, duration_s=1, artifacts=0, errors=0)


def test_a_build_that_has_started_builds(live: Live, events: LiveEvents) -> None:
    assert web(live) == "building"


def test_its_output_is_the_last_line(live: Live, events: LiveEvents) -> None:
    events.notice(model.OutputLine(build="web", stream="say", text="hello"))
    events.notice(model.OutputLine(build=None, stream="say", text="of nobody"))
    assert web(live) == "building · hello"


def test_a_provisioner_has_a_number(live: Live, events: LiveEvents) -> None:
    events.notice(provisioner(number=2))
    assert web(live) == "provisioner shell 2 of 2"


def test_the_only_provisioner_has_none(live: Live, events: LiveEvents) -> None:
    events.notice(
        model.BuildPlanned(build="web", builder="null", provisioners=("shell",), post_processors=())
    )
    events.notice(provisioner())
    assert web(live) == "provisioner shell"


def test_a_further_attempt_is_told(live: Live, events: LiveEvents) -> None:
    events.notice(provisioner(attempt=2, attempts=3))
    assert web(live) == "provisioner shell 1 of 2, attempt 2 of 3"


def test_the_provisioner_for_failures_is_called_what_templates_call_it(
    live: Live, events: LiveEvents
) -> None:
    events.notice(provisioner(number=0))
    assert web(live) == "error-cleanup-provisioner shell"


def test_a_pause_is_told(live: Live, events: LiveEvents) -> None:
    events.notice(model.ProvisionerPaused(build="web", name="shell", duration_s=10))
    assert web(live) == "pause before provisioner shell"


def test_behind_a_provisioner_the_builder_goes_on(live: Live, events: LiveEvents) -> None:
    events.notice(provisioner())
    events.notice(provisioner(model.ProvisionerFinished, duration_s=1))
    assert web(live) == "building"


def test_post_processors(live: Live, events: LiveEvents) -> None:
    call: Any = {"build": "web", "kind": "post-processor", "name": "manifest", "call": 1}
    events.notice(model.CallStarted(method="Configure", **call))
    assert web(live) == "building"
    events.notice(model.CallStarted(method="PostProcess", **call))
    assert web(live) == "post-processor manifest"


@pytest.mark.parametrize(
    ("result", "end"), [("succeeded", "finished"), ("failed", "failed"), ("cancelled", "cancelled")]
)
def test_ends(live: Live, events: LiveEvents, result: Any, end: str) -> None:
    events.notice(model.BuildStarted(build="db"))
    events.notice(finished("db", result))
    assert live._lines(80, 24) == ["web  0:00  building", f"1 {end}"]


def test_what_never_started_has_no_end(live: Live, events: LiveEvents) -> None:
    events.notice(finished("db", "not-started"))
    events.notice(finished("web", "succeeded"))
    assert live.summary() == "==> 2 builds: 1 finished, 1 not started, in 0:00"


def test_a_build_that_was_refused_has_failed(live: Live, events: LiveEvents) -> None:
    events.notice(model.BuildRefused(build="db", errors=1))
    assert live._lines(80, 24) == ["web  0:00  building", "1 failed"]
