from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.ui.cells import width
from packer_core.ui.live_lines import (
    ENDS,
    Build,
    Shape,
    Transfer,
    elapsed,
    live_lines,
    size,
    summary,
)

WIDE = Shape(80, 24, color=False)
ANY = st.text(st.characters(exclude_categories=()), max_size=40)
TRANSFERS = st.builds(Transfer, ANY, st.integers(-1, 10**12), st.integers(0, 10**13))
BUILDS = st.lists(
    st.builds(
        Build,
        ANY,
        st.sampled_from([None, 32, 36]),
        step=ANY,
        since=st.floats(0, 10**6),
        said=ANY,
        end=st.sampled_from(["", *ENDS]),
        transfers=st.lists(TRANSFERS, max_size=3),
    ),
    max_size=30,
)
SHAPES = st.builds(
    Shape,
    st.integers(0, 200),
    st.integers(0, 60),
    st.sampled_from(["utf-8", "ascii", "iso-8859-1"]),
    st.booleans(),
)


def running(name: str, step: str = "building", **arguments: object) -> Build:
    return Build(name, step=step, **arguments)  # type: ignore[arg-type]


def bare(line: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", line)


def test_a_build_has_a_line() -> None:
    build = running("web", "provisioner shell 2 of 3", said="one\ntwo\n", since=100)
    assert live_lines([build], [], WIDE, 142) == ["web  0:42  provisioner shell 2 of 3 · two"]


def test_names_and_times_stand_in_columns() -> None:
    builds = [running("web", since=0), running("database", since=650)]
    assert live_lines(builds, [], WIDE, 700) == [
        "web       11:40  building",
        "database   0:50  building",
    ]


def test_wide_names_stand_in_columns_too() -> None:
    assert live_lines([running("名前"), running("abc")], [], WIDE, 0) == [
        "名前  0:00  building",
        "abc   0:00  building",
    ]


def test_what_has_ended_and_what_waits_is_counted() -> None:
    builds = [
        running("a"),
        Build("b"),
        running("c", end="finished"),
        running("d", end="failed"),
        running("e", end="cancelled"),
    ]
    assert live_lines(builds, [], WIDE, 0) == [
        "a  0:00  building",
        "1 waiting, 1 finished, 1 failed, 1 cancelled",
    ]


def test_half_of_the_terminal_belongs_to_the_output() -> None:
    lines = live_lines([running(f"b{number:02}") for number in range(50)], [], WIDE, 0)
    assert len(lines) == 13
    assert lines[11] == "b11  0:00  building"
    assert lines[12] == "… 38 more"


def test_more_and_other_counts_share_a_line() -> None:
    builds = [running("a"), running("b"), running("c"), Build("d")]
    assert live_lines(builds, [], Shape(80, 5, color=False), 0) == [
        "a  0:00  building",
        "… 2 more · 1 waiting",
    ]


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 4])
def test_a_low_terminal_has_no_room(rows: int) -> None:
    assert live_lines([running("a")], [], Shape(80, rows), 0) == []


@pytest.mark.parametrize("end", ENDS)
def test_nothing_is_left_when_all_have_ended(end: str) -> None:
    assert live_lines([running("a", end=end), Build("b")], [], WIDE, 0) == []


def test_a_transfer_takes_the_place_of_the_last_line() -> None:
    build = running("web", said="hello", transfers=[Transfer("a.iso", 2 * 10**9, 9 * 10**8)])
    assert live_lines([build], [], WIDE, 0) == [
        "web  0:00  building · ━━━━━━━━╸────────── 45% of 2.0 GB a.iso"
    ]


def test_a_transfer_of_unknown_size_has_no_bar() -> None:
    build = running("web", transfers=[Transfer("a.iso", 0, 1500)])
    assert live_lines([build], [], WIDE, 0) == ["web  0:00  building · 1.5 kB a.iso"]


def test_further_transfers_are_counted() -> None:
    build = running("web", transfers=[Transfer("a", 0, 1), Transfer("b", 0, 1)])
    assert live_lines([build], [], WIDE, 0) == ["web  0:00  building · 1 B a (+1)"]


def test_a_transfer_without_a_build_has_a_line() -> None:
    assert live_lines([], [Transfer("a.iso", 100, 50)], WIDE, 0) == [
        "━━━━━━━━━━────────── 50% of 100 B a.iso"
    ]


def test_more_than_all_is_all() -> None:
    assert live_lines([], [Transfer("a", 10, 30)], WIDE, 0) == ["━" * 20 + " 100% of 10 B a"]


def test_a_terminal_without_unicode_gets_none() -> None:
    build = running("größe", said="é" * 100)
    transfer = Transfer("a", 100, 50)
    lines = live_lines([build], [transfer], Shape(40, 24, "ascii", color=False), 0)
    assert lines == [
        "gr??e  0:00  building - ????????????...",
        "#######...... 50% of 100 B a",
    ]


def test_colors() -> None:
    build = Build("web", 32, step="building", said="hello")
    assert live_lines([build], [], Shape(80, 24), 0) == [
        "\x1b[1;32mweb\x1b[0m  0:00  building\x1b[2m · hello\x1b[0m"
    ]


def test_a_narrow_terminal_keeps_the_left_end() -> None:
    build = running("a-rather-long-name", "provisioner shell 1 of 1", said="hello")
    assert live_lines([build], [], Shape(20, 24, color=False), 0) == ["a-rat…  0:00  prov…"]


def test_builds_that_were_told_to_stop_say_so() -> None:
    assert live_lines([running("a")], [], WIDE, 0, cancelling=True) == [
        "a  0:00  cancelling, building"
    ]


def test_secrets_are_masked() -> None:
    build = running("a", said="password hunter2", transfers=[])
    label = Transfer("hunter2.iso", 0, 1)
    lines = live_lines(
        [build], [label], WIDE, 0, mask=lambda text: text.replace("hunter2", "<sensitive>")
    )
    assert lines == ["a  0:00  building · password <sensitive>", "1 B <sensitive>.iso"]


def test_output_cannot_move_the_cursor() -> None:
    build = running("a", said="\x1b[2J\x1b[Hgone?\x07\r\n")
    assert live_lines([build], [], WIDE, 0) == ["a  0:00  building · gone?"]


@given(BUILDS, st.lists(TRANSFERS, max_size=3), SHAPES, st.floats(0, 10**7), st.booleans())
def test_lines_fit(
    builds: list[Build], transfers: list[Transfer], shape: Shape, now: float, cancelling: bool
) -> None:
    lines = live_lines(builds, transfers, shape, now, cancelling=cancelling)
    assert len(lines) <= max(0, shape.rows - 3)
    for line in lines:
        assert width(bare(line)) <= max(0, shape.columns - 1)
        assert "\n" not in line
        bare(line).encode(shape.encoding)


def test_summary_names_what_went_wrong() -> None:
    builds = [
        running("a", end="finished"),
        running("b", end="failed"),
        running("c", end="failed"),
        running("d", end="cancelled"),
        Build("e"),
    ]
    assert summary(builds, 62) == (
        "==> 5 builds: 1 finished, 2 failed (b, c), 1 cancelled, 1 not started, in 1:02"
    )


def test_summary_names_a_few() -> None:
    builds = [running(name, end="failed") for name in "abcdefg"]
    assert summary(builds, 0) == "==> 7 builds: 7 failed (a, b, c, d, e and 2 more), in 0:00"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0:00"), (0, "0:00"), (59.9, "0:59"), (60, "1:00"), (3599, "59:59"), (3723, "1:02:03")],
)
def test_elapsed(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (1.44e9, "1.4 GB")],
)
def test_size(count: float, text: str) -> None:
    assert size(count) == text


@given(st.integers(0, 10**20))
def test_size_is_short(count: int) -> None:
    assert size(count).split()[1] in {"B", "kB", "MB", "GB", "TB"}
