"""A plugin misbehaves in every way at every moment; the build beside it does not notice."""

from __future__ import annotations

import contextlib
import re
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chaos.conftest import Arena, Ended

KEEP_ALIVE_S = 4.5


@dataclass(frozen=True)
class Phase:
    """A moment in the life of a component.

    Attributes:
        name: As the misbehaving plugin knows it.
        component: Who misbehaves.
        call: What core asks of it then; empty before there is a connection.
        cancellable: Whether a plugin can learn of a cancel then.
    """

    name: str
    component: str
    call: str = ""
    cancellable: bool = False

    @property
    def is_greeted(self) -> bool:
        """Whether core knows the address already."""
        return self.name not in ("spawn", "loaded")

    @property
    def is_preparing(self) -> bool:
        """Whether nothing has been built yet, anywhere."""
        return not self.call or self.call in ("the first contact", "Prepare", "Configure")


PHASES = {
    phase.name: phase
    for phase in (
        Phase("spawn", "builder"),
        Phase("loaded", "builder"),
        Phase("greeted", "builder", "the first contact"),
        Phase("connected", "builder", "the first contact"),
        Phase("prepare", "builder", "Prepare"),
        Phase("prepare-provisioner", "provisioner", "Prepare"),
        Phase("configure", "post-processor", "Configure"),
        Phase("run", "builder", "Run", cancellable=True),
        Phase("hook", "builder", "Run", cancellable=True),
        Phase("receive", "builder", "Run", cancellable=True),
        Phase("provision", "provisioner", "Provision", cancellable=True),
        Phase("upload", "provisioner", "Provision", cancellable=True),
        Phase("artifact", "builder", "Artifact.Files"),
        Phase("post-process", "post-processor", "PostProcess", cancellable=True),
        Phase("destroy", "builder", "Artifact.Destroy"),
    )
}
DEATHS = {
    "exit": "ended with exit status 1",
    "segv": "was killed by SIGSEGV",
    "kill": "was killed by SIGKILL",
}
RAISED = {"raise": "RuntimeError: the chaos wants it", "memory": "MemoryError"}


def phases(*, but: Iterable[str] = ()) -> pytest.MarkDecorator:
    chosen = [phase for phase in PHASES.values() if phase.name not in but]
    return pytest.mark.parametrize("phase", chosen, ids=lambda phase: phase.name)


def assert_the_other_build_finished(ended: Ended) -> None:
    assert "Build 'healthy' finished after" in ended.text
    assert "--> healthy: the thing of packer-post-processor-healthy" in ended.text


def assert_failed_alone(arena: Arena, ended: Ended, phase: Phase, *reasons: str) -> None:
    """One build failed, with reasons that name who and when; the other one finished."""
    assert ended.status == 1, ended.text
    assert "this is a bug in Packer" not in ended.text
    assert [one for one in reasons if not re.search(one, ended.text)] == [], ended.text
    assert_the_other_build_finished(ended)
    arena.assert_nothing_left()


@phases()
@pytest.mark.parametrize("deed", DEATHS)
def test_a_plugin_that_dies(arena: Arena, phase: Phase, deed: str) -> None:
    ended = arena.start(chaos=f"{phase.name}:{deed}").end()
    moment = "before it said where it listens"
    if phase.name == "greeted":
        # It may be gone when core comes to connect.
        moment = "(the first contact|cannot be reached)"
        told = f"packer-builder-chaos ({DEATHS[deed]}|cannot be reached)"
    else:
        told = f"packer-{phase.component}-chaos {DEATHS[deed]}"
    if phase.name not in ("spawn", "loaded", "greeted"):
        moment = f"during {phase.call}"
    assert_failed_alone(arena, ended, phase, told, moment)


@phases()
@pytest.mark.parametrize("deed", RAISED)
def test_a_plugin_whose_code_raises(arena: Arena, phase: Phase, deed: str) -> None:
    ended = arena.start(chaos=f"{phase.name}:{deed}").end()
    reasons = [RAISED[deed]]
    if not phase.is_preparing or phase.call in ("Prepare", "Configure"):
        reasons = [f"{RAISED[deed]}.*see PACKER_LOG=1"]
    assert_failed_alone(arena, ended, phase, *reasons)


@phases(but=("spawn", "loaded", "greeted"))
def test_a_plugin_that_writes_garbage_to_core(arena: Arena, phase: Phase) -> None:
    ended = arena.start(chaos=f"{phase.name}:garbage-socket").end()
    assert_failed_alone(
        arena,
        ended,
        phase,
        f"packer-{phase.component}-chaos broke the protocol during {phase.call}",
        "not a yamux frame: ff006761 72626167",
    )


@phases(but=("spawn", "loaded"))
@pytest.mark.parametrize("deed", ["garbage-stdout", "flood-stdout", "flood-stderr"])
def test_a_plugin_that_prints_what_nobody_asked_for(arena: Arena, phase: Phase, deed: str) -> None:
    ended = arena.start(chaos=f"{phase.name}:{deed}").end()
    assert ended.status == 0, ended.text
    assert "Build 'chaos.broken' finished after" in ended.text
    assert_the_other_build_finished(ended)
    assert len(ended.text) < 10_000
    arena.assert_nothing_left()


@pytest.mark.long
@pytest.mark.parametrize("deed", ["flood-stdout", "flood-stderr"])
def test_a_plugin_that_prints_100_megabytes_with_the_log_on(arena: Arena, deed: str) -> None:
    log = arena.folder / "log"
    more = {"CHAOS_FLOOD": "100_000_000", "PACKER_LOG_PATH": str(log)}
    run = arena.start(chaos=f"run:{deed}", more=more)
    run.reached()
    most = 0
    while run.child.poll() is None:
        with contextlib.suppress(psutil.Error):
            most = max(most, psutil.Process(run.child.pid).memory_info().rss)
        time.sleep(0.05)
    assert run.end().status == 0
    assert log.stat().st_size > 100_000_000
    assert most < 150_000_000, "core keeps what it only has to pass on"
    arena.assert_nothing_left()


@pytest.mark.parametrize("phase", ["spawn", "loaded"])
@pytest.mark.parametrize("deed", ["garbage-stdout", "flood-stdout"])
def test_a_plugin_whose_first_line_is_none(arena: Arena, phase: str, deed: str) -> None:
    ended = arena.start(chaos=f"{phase}:{deed}").end()
    assert_failed_alone(
        arena, ended, PHASES[phase], "packer-builder-chaos .*not a plugin's first line: '"
    )
    assert max(map(len, ended.text.splitlines())) < 1000


@phases(but=("spawn", "loaded"))
def test_a_plugin_that_is_stopped_is_noticed(arena: Arena, phase: Phase) -> None:
    ended = arena.start(
        chaos=f"{phase.name}:stop", more={"PACKER_PLUGIN_KEEPALIVE": str(KEEP_ALIVE_S)}
    ).end()
    assert_failed_alone(
        arena,
        ended,
        phase,
        f"packer-{phase.component}-chaos stopped answering during {phase.call}",
        "did not answer a ping within 1.5 s",
    )


@pytest.mark.parametrize("phase", [one for one in PHASES if PHASES[one].is_preparing])
@pytest.mark.parametrize("deed", ["stop", "hang"])
def test_a_plugin_that_hangs_before_anything_is_built_ends_with_the_first_interrupt(
    arena: Arena, phase: str, deed: str
) -> None:
    run = arena.start(chaos=f"{phase}:{deed}")
    run.reached()
    run.signal(signal.SIGINT)
    ended = run.end()
    assert ended.status == 1
    assert "Cancelling build after receiving interrupt" in ended.text
    assert "ERROR" not in ended.text.upper()
    arena.assert_nothing_left()


@pytest.mark.parametrize("phase", [one for one in PHASES if PHASES[one].cancellable])
def test_a_plugin_that_waits_ends_with_the_first_interrupt(arena: Arena, phase: str) -> None:
    run = arena.start(chaos=f"{phase}:wait")
    run.reached()
    run.says("Build 'healthy' finished")
    run.signal(signal.SIGINT)
    ended = run.end()
    assert ended.status == 1
    assert "Build 'chaos.broken' was cancelled" in ended.text
    assert_the_other_build_finished(ended)
    arena.assert_nothing_left()


@pytest.mark.parametrize("phase", [one for one in PHASES if not PHASES[one].is_preparing])
@pytest.mark.parametrize("deed", ["stop", "hang"])
def test_a_plugin_that_hears_nothing_ends_with_the_second_interrupt(
    arena: Arena, phase: str, deed: str
) -> None:
    run = arena.start(chaos=f"{phase}:{deed}")
    run.reached()
    run.says("Build 'healthy' finished")
    run.signal(signal.SIGINT)
    run.says("Cancelling build after receiving interrupt")
    run.signal(signal.SIGINT)
    ended = run.end()
    assert ended.status == 1
    assert "Received interrupt again" in ended.text
    assert_the_other_build_finished(ended)
    arena.assert_nothing_left()
