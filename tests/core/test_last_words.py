from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.last_words import MOST_LINES, reason_in, worth_showing

STAMP = "2026/11/22 20:32:27 [ERROR] "


def dying(code: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr.splitlines()


def test_a_traceback_is_found_with_its_last_calls() -> None:
    code = "def f(n):\n  if n: g(n)\n  1/0\ndef g(n): f(n-1)\nprint('x')\nf(4)"
    reason = reason_in(["before", *dying(code)])
    assert reason[0] == "Traceback (most recent call last):"
    assert reason[1] == "  … 6 more"
    assert reason[-1] == "ZeroDivisionError: division by zero"
    assert sum(line.startswith("  File ") for line in reason) == 4


def test_a_logged_traceback_loses_its_stamps_and_ends_with_its_record() -> None:
    record = dying("raise ValueError('two\\nlines')")
    lines = ["hello", *(STAMP + line for line in record), "2026/11/22 20:32:27 other record"]
    assert reason_in(lines) == reason_in(record)
    assert reason_in(lines)[-2:] == ["ValueError: two", "lines"]


def test_the_last_of_several_tracebacks_counts() -> None:
    lines = dying("try:\n  1/0\nexcept Exception as e:\n  raise KeyError('lost') from e")
    assert reason_in(lines)[-1] == "KeyError: 'lost'"
    assert "ZeroDivisionError: division by zero" not in reason_in(lines)


def test_a_fatal_error_tells_the_calls_of_its_thread() -> None:
    reason = reason_in(dying("import ctypes\ndef crash(): ctypes.string_at(0)\ncrash()"))
    assert reason[0] == "Fatal Python error: Segmentation fault"
    assert "string_at" in reason[1]
    assert "in crash" in reason[2]


def test_a_panic_of_go_is_shown_from_its_first_line() -> None:
    lines = ["2026/11/22 20:32:27 [INFO] x", "panic: nil map", "", "goroutine 1 [running]:", "m()"]
    assert reason_in(lines) == ["panic: nil map", "goroutine 1 [running]:", "m()"]


def test_without_a_reason_the_last_lines_are_worth_showing() -> None:
    lines = ["Plugin address: unix /x", *map(str, range(50)), ""]
    assert reason_in(lines) == []
    assert worth_showing(lines) == [str(number) for number in range(38, 50)]
    assert worth_showing([f"{STAMP}Plugin minimum port: 10000"]) == []


WORDS = ["Traceback (most recent call last):", "  File x", "panic: x", "Fatal Python error: x"]


@given(st.lists(st.sampled_from(WORDS) | st.text(), max_size=30))
def test_any_lines_can_be_judged_and_little_is_shown(lines: list[str]) -> None:
    assert len(worth_showing(lines)) <= 5 * MOST_LINES


@pytest.mark.parametrize("end", [[], ["  File x, line 1"], ["  File x, line 1", "    code"]])
def test_a_traceback_that_was_cut_off_is_shown_as_far_as_it_goes(end: list[str]) -> None:
    assert reason_in([WORDS[0], *end]) == [WORDS[0], *end]
