from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from helpers.waiting import wait_until
from packer_core.ui import area
from packer_core.ui.live import Live
from packer_core.ui.output import Output
from packer_core.ui.terminal import TerminalUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from packer_core.ui.secrets import SecretFilter


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def live(terminal_screen: Any, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Live:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    return Live(Output(terminal_screen), threading.RLock(), clock=clock)


def lines(live: Live) -> list[str]:
    return live._lines(80, 24)


def test_planned_builds_are_being_prepared(live: Live) -> None:
    live.plan({"a": None, "b": None})
    assert lines(live) == ["a  0:00  preparing", "b  0:00  preparing"]


def test_a_build_that_starts_starts_its_clock(live: Live, clock: Clock) -> None:
    live.plan({"a": None})
    clock.now += 10
    live.start("a", "building")
    clock.now += 5
    assert lines(live) == ["a  0:05  building"]


def test_when_the_first_build_starts_the_others_wait(live: Live) -> None:
    live.plan({"a": None, "b": None, "c": None})
    live.start("b", "building")
    assert lines(live) == ["b  0:00  building", "2 waiting"]
    live.start("c", "building")
    assert lines(live) == ["b  0:00  building", "c  0:00  building", "1 waiting"]


def test_a_step_forgets_what_was_said_before_and_keeps_the_clock(live: Live, clock: Clock) -> None:
    live.plan({"a": None})
    live.said("a", "hello")
    clock.now += 5
    live.step("a", "building")
    assert lines(live) == ["a  0:05  building"]


def test_a_build_that_has_ended_has_no_line(live: Live) -> None:
    live.plan({"a": None, "b": None})
    live.end("a", "failed")
    assert lines(live) == ["b  0:00  preparing", "1 failed"]


def test_builds_that_nobody_planned_are_ignored(live: Live) -> None:
    live.start("x", "a")
    live.step("x", "a")
    live.said("x", "a")
    live.end("x", "failed")
    assert lines(live) == []


def test_a_plan_with_colors_colors(live: Live) -> None:
    live.plan({"a": 32})
    assert lines(live) == ["\x1b[1;32ma\x1b[0m  0:00  preparing"]


def test_a_bar_of_a_build_is_in_its_line(live: Live) -> None:
    live.plan({"a": None})
    with live.bar("a", "disk", 0, 1) as bar:
        bar.add(4)
        assert lines(live) == ["a  0:00  preparing · 5 B disk"]
    assert lines(live) == ["a  0:00  preparing"]


def test_a_bar_of_no_build_is_alone(live: Live) -> None:
    with live.bar("", "disk", 0) as bar:
        bar.add(5)
        assert lines(live) == ["5 B disk"]
    assert lines(live) == []


def test_summary_is_for_several(live: Live, clock: Clock) -> None:
    live.plan({"a": None})
    assert live.summary() == ""
    live.plan({"a": None, "b": None})
    live.end("a", "finished")
    live.end("b", "failed")
    clock.now += 3
    assert live.summary() == "==> 2 builds: 1 finished, 1 failed (b), in 0:03"


def test_a_terminal_in_another_locale_gets_what_it_knows(
    terminal_screen: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    live = Live(Output(terminal_screen), threading.RLock())
    live.plan({"größe": None})
    live.said("größe", "fertig…")
    assert lines(live) == ["gr??e  0:00  preparing - fertig?"]


def test_cancelled_builds_say_so(terminal_screen: Any) -> None:
    live = Live(Output(terminal_screen), threading.RLock(), cancelled=lambda: True)
    live.plan({"a": None})
    assert lines(live) == ["a  0:00  cancelling, preparing"]


def test_contexts_may_overlap(live: Live, terminal_screen: Any) -> None:
    one, two = live.bar("", "one", 0), live.bar("", "two", 0)
    one.__enter__()
    two.__enter__()
    one.__exit__()
    assert live.area._ticker is not None
    two.__exit__()
    assert live.area._ticker is None


def test_no_line_is_lost_and_all_are_whole_while_a_view_is_shown(
    terminal_screen: Any, secrets: SecretFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(area, "DELAY_S", 0)
    ui = TerminalUi(terminal_screen, secrets)
    live = ui.live
    assert live is not None

    def speak(name: str) -> None:
        for number in range(2000):
            ui.say(f"{name}{number}.")
            live.said(name, str(number))

    with live:
        live.plan(dict.fromkeys("abcde"))
        wait_until(lambda: "preparing" in terminal_screen.text)
        threads = [spawn("speaker", speak, name) for name in "abcde"]
        for thread in threads:
            thread.join()
    for name in "abcde":
        position = 0
        for number in range(2000):
            position = terminal_screen.text.index(f"{name}{number}.\n", position)
    assert "preparing" not in terminal_screen.text[terminal_screen.text.rindex("\x1b[J") :]
