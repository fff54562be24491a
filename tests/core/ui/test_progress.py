from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.ui.progress import ERASE, NO_PROGRESS, Bar, StatusLine, size


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written() -> list[str]:
    return []


@pytest.fixture
def line(written: list[str], clock: Clock) -> StatusLine:
    return StatusLine(written.append, threading.RLock(), columns=lambda: 40, clock=clock)


def test_a_bar_appears_and_goes(line: StatusLine, written: list[str]) -> None:
    with line.bar("a.iso", 2000, 0):
        pass
    assert written == [f"{ERASE}a.iso 0% of 2.0 kB", ERASE]


def test_a_bar_is_drawn_ten_times_a_second(
    line: StatusLine, written: list[str], clock: Clock
) -> None:
    with line.bar("a", 1000, 0) as bar:
        for _ in range(100):
            clock.now += 0.01
            bar.add(10)
    assert 10 <= len(written) <= 13
    assert written[-2].startswith(f"{ERASE}a 9")


def test_bars_share_the_line(line: StatusLine, written: list[str]) -> None:
    with line.bar("a", 10, 5), line.bar("b", 0, 7):
        assert written[-1] == f"{ERASE}a 50% of 10 B · b 7 B"
    assert written[-1] == ERASE


def test_the_line_is_cut_to_the_terminal(line: StatusLine, written: list[str]) -> None:
    with line.bar("x" * 100, 10, 5):
        assert written[-1] == ERASE + "x" * 39


def test_more_than_all_is_all() -> None:
    line = StatusLine(lambda _: None, threading.RLock(), columns=lambda: 40)
    assert str(Bar(line, "a", 10, 30)) == "a 100% of 10 B"


def test_hide_and_show_without_a_bar_write_nothing(line: StatusLine, written: list[str]) -> None:
    line.hide()
    line.show()
    assert written == []


def test_no_progress_takes_everything() -> None:
    with NO_PROGRESS as bar:
        bar.add(5)


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (1.44e9, "1.4 GB")],
)
def test_size(count: float, text: str) -> None:
    assert size(count) == text


@given(st.integers(0, 10**20))
def test_size_is_short(count: int) -> None:
    assert size(count).split()[1] in {"B", "kB", "MB", "GB", "TB"}
