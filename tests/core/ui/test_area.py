from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from packer_core.ui import area as area_module
from packer_core.ui.area import BATCH_S, DELAY_S, MOST, Area

if TYPE_CHECKING:
    from collections.abc import Iterator

DOWN = "\x1b[?7l\r\n"
UP = "\x1b[J\x1b[?7h"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Terminal:
    """What `Output` is to an area, with everything that was written, write by write."""

    def __init__(self) -> None:
        self.writes: list[str] = []
        self.in_front = True
        self.size = (80, 24)

    def write(self, text: str) -> None:
        self.writes.append(text)

    @property
    def text(self) -> str:
        return "".join(self.writes)


class Stage:
    """An area whose thread never runs: the test turns the wheel."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.terminal = Terminal()
        self.lines: list[str] = []
        self.sizes: list[tuple[int, int]] = []
        self.area = Area(self.terminal, threading.RLock(), self.render, self.clock)  # type: ignore[arg-type]

    def render(self, columns: int, rows: int) -> list[str]:
        self.sizes.append((columns, rows))
        return self.lines

    def tick(self, seconds: float = BATCH_S) -> str:
        """Let time pass, turn the wheel, and return what was written by that."""
        self.clock.now += seconds
        before = len(self.terminal.writes)
        self.area._flush()
        return "".join(self.terminal.writes[before:])


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(Area, "_tick", lambda self: self._ended.wait(60))
    found = Stage()
    with found.area:
        yield found


def test_outside_of_its_context_text_is_written_at_once() -> None:
    stage = Stage()
    stage.lines = ["never"]
    for number in range(3):
        stage.area.write(f"{number}\n")
    assert stage.terminal.writes == ["0\n", "1\n", "2\n"]


def test_a_moment_passes_before_there_is_a_view(stage: Stage) -> None:
    stage.lines = ["one"]
    assert stage.tick(DELAY_S - 0.01) == ""
    assert stage.tick(0.02) == f"\r\x1b[K{DOWN}one\x1b[K{UP}\x1b[1A\r"


def test_text_stands_above_the_lines(stage: Stage) -> None:
    stage.lines = ["one", "two"]
    stage.tick(1)
    stage.area.write("hello\n")
    assert stage.terminal.writes[-1] == f"\r\x1b[Jhello\n{DOWN}one\x1b[K\r\ntwo\x1b[K{UP}\x1b[2A\r"


def test_nothing_is_written_while_nothing_changes(stage: Stage) -> None:
    stage.lines = ["one"]
    stage.tick(1)
    assert stage.tick(1) == ""


def test_lines_that_are_gone_leave_nothing(stage: Stage) -> None:
    stage.lines = ["one"]
    stage.tick(1)
    stage.lines = []
    assert stage.tick() == "\r\x1b[J"
    stage.area.write("hello\n")
    assert stage.terminal.writes[-1] == "hello\n"


def test_lines_are_made_for_the_size_of_the_moment(stage: Stage) -> None:
    stage.tick(1)
    stage.terminal.size = (20, 5)
    stage.tick()
    assert stage.sizes == [(80, 24), (20, 5)]


def test_the_first_text_after_a_pause_is_written_at_once_the_next_with_others(stage: Stage) -> None:
    stage.clock.now += 1
    stage.area.write("a\n")
    assert stage.terminal.writes == ["a\n"]
    stage.area.write("b\n")
    stage.area.write("c\n")
    assert stage.terminal.writes == ["a\n"]
    assert stage.tick() == "b\nc\n"


def test_who_writes_much_writes_himself(stage: Stage) -> None:
    stage.area.write("a\n")
    stage.area.write("b" * MOST + "\n")
    assert len(stage.terminal.writes) == 2


def test_in_the_background_there_is_no_view_and_nothing_is_erased(stage: Stage) -> None:
    stage.lines = ["one"]
    stage.tick(1)
    stage.terminal.in_front = False
    assert stage.tick() == ""
    stage.area.write("hello\n")
    assert stage.terminal.writes[-1] == "hello\n"
    stage.terminal.in_front = True
    assert stage.tick().startswith("\r\x1b[K")


def test_a_question_stands_alone(stage: Stage) -> None:
    stage.lines = ["one"]
    stage.tick(1)
    before = len(stage.terminal.writes)
    with stage.area.question("Head\nWhy? "):
        assert "".join(stage.terminal.writes[before:]) == "\r\x1b[JHead\nWhy? "
        assert stage.tick(5) == ""
    assert stage.tick().startswith("\r\x1b[K")


def test_a_question_stays_below_what_others_say(stage: Stage) -> None:
    with stage.area.question("Head\nWhy? "):
        stage.area.write("hello\n")
        stage.tick()
    assert stage.terminal.text == "Head\nWhy? \r\x1b[Jhello\nWhy? "


def test_a_question_without_a_view(stage: Stage) -> None:
    terminal = Terminal()
    area = Area(terminal, threading.RLock(), lambda columns, rows: ["never"])  # type: ignore[arg-type]
    with area.question("Why? "):
        area.write("hello\n")
    area.write("end\n")
    assert terminal.text == "Why? \r\x1b[Jhello\nWhy? end\n"


def test_the_thread_draws_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(area_module, "DELAY_S", 0)
    drawn = threading.Event()
    terminal = Terminal()

    def render(columns: int, rows: int) -> list[str]:
        if terminal.writes:
            drawn.set()
        return ["one"]

    with Area(terminal, threading.RLock(), render) as area:  # type: ignore[arg-type]
        assert drawn.wait(30)
        area.write("a\n")
        area.write("b\n")
    assert terminal.text.endswith("\r\x1b[J") or terminal.text.endswith("\n")
    assert "a\n" in terminal.text
    assert "b\n" in terminal.text


def test_text_is_written_even_if_the_thread_dies(monkeypatch: pytest.MonkeyPatch) -> None:
    died = threading.Event()

    def die(self: Area) -> None:
        died.set()
        raise OSError("the disk is full")

    terminal = Terminal()
    stage = Area(terminal, threading.RLock(), lambda columns, rows: [])  # type: ignore[arg-type]
    monkeypatch.setattr(stage, "_ended", _Broken(died))
    with stage as area:
        area.write("a\n")
        area.write("b\n")
        assert died.wait(30)
    area.write("c\n")
    assert terminal.text == "a\nb\nc\n"


class _Broken(threading.Event):
    """An event that cannot be waited for."""

    def __init__(self, died: threading.Event) -> None:
        super().__init__()
        self._died = died

    def wait(self, timeout: float | None = None) -> bool:
        self._died.set()
        raise OSError("no more")


def test_a_question_that_nobody_answers_ends_its_line(stage: Stage) -> None:
    with pytest.raises(KeyError), stage.area.question("Why? "):
        raise KeyError
    assert stage.terminal.text == "Why? \n"


def test_a_question_that_was_wrapped_is_taken_away_whole(stage: Stage) -> None:
    stage.terminal.size = (20, 24)
    question = "\x1b[1;32m" + "x" * 44 + "\x1b[0m "
    with stage.area.question(question):
        stage.area.write("hello\n")
        stage.tick()
    assert stage.terminal.text == f"{question}\r\x1b[2A\x1b[Jhello\n{question}"
