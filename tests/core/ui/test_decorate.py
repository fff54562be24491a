from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.ui.decorate import BuildUis, TargetedUi, TimestampedUi, paint, rfc3339
from packer_core.ui.progress import NO_PROGRESS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from packer_sdk.interfaces import Progress


class Record:
    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def say(self, message: str) -> None:
        self.calls.append(("say", message))

    def error(self, message: str) -> None:
        self.calls.append(("error", message))

    def ask(self, query: str) -> str:
        self.calls.append(("ask", query))
        return "yes"

    def machine(self, category: str, *values: str) -> None:
        self.calls.append(("machine", category, *values))

    def progress(
        self, label: str, *, total: int, current: int = 0
    ) -> AbstractContextManager[Progress]:
        self.calls.append(("progress", label, total, current))
        return nullcontext(NO_PROGRESS)


@pytest.fixture
def under() -> Record:
    return Record()


def test_every_line_names_the_target(under: Record) -> None:
    TargetedUi(under, "null.a").say("one\n\ntwo  \r\nthree\n\n")
    assert under.calls == [
        ("say", "==> null.a: one\n==> null.a:\n==> null.a: two\n==> null.a: three")
    ]


@given(st.text())
def test_no_line_goes_without_the_target(text: str) -> None:
    under = Record()
    TargetedUi(under, "a").say(text)
    [(_, shown)] = under.calls
    assert all(line.startswith("==> a:") for line in shown.split("\n"))


def test_an_empty_message_is_a_bare_prefix(under: Record) -> None:
    TargetedUi(under, "a").say("")
    assert under.calls == [("say", "==> a:")]


def test_colours_are_bold_and_per_line(under: Record) -> None:
    TargetedUi(under, "a", 32).say("x\ny")
    assert under.calls == [("say", "\x1b[1;32m==> a: x\x1b[0m\n\x1b[1;32m==> a: y\x1b[0m")]


def test_errors_are_red_if_there_are_colours(under: Record) -> None:
    TargetedUi(under, "a", 32).error("x")
    TargetedUi(under, "a").error("x")
    assert under.calls == [("error", "\x1b[1;31m==> a: x\x1b[0m"), ("error", "==> a: x")]


def test_records_carry_the_target(under: Record) -> None:
    TargetedUi(under, "a,b").machine("artifact", "0", "end")
    assert under.calls == [("machine", "a%!(PACKER_COMMA)b,artifact", "0", "end")]


def test_questions_and_bars_name_the_target(under: Record) -> None:
    ui = TargetedUi(under, "a")
    assert ui.ask("Why?") == "yes"
    with ui.progress("x.iso", total=5, current=1):
        pass
    assert under.calls == [("ask", "==> a: Why?"), ("progress", "a: x.iso", 5, 1)]


def test_times_stand_before_every_line_but_not_before_questions_and_records(under: Record) -> None:
    berlin = timezone(timedelta(hours=2))
    ui = TimestampedUi(under, lambda: datetime(2013, 6, 10, 21, 44, 43, 9999, tzinfo=berlin))
    ui.say("a\nb")
    ui.error("c")
    assert ui.ask("d") == "yes"
    ui.machine("e", "f")
    ui.progress("g", total=1)
    assert under.calls == [
        ("say", "2013-06-10T21:44:43+02:00: a\n2013-06-10T21:44:43+02:00: b"),
        ("error", "2013-06-10T21:44:43+02:00: c"),
        ("ask", "d"),
        ("machine", "e", "f"),
        ("progress", "g", 1, 0),
    ]


def test_the_time_stands_outside_of_the_prefix(under: Record) -> None:
    stamped = TimestampedUi(under, lambda: datetime(2013, 6, 10, tzinfo=UTC))
    TargetedUi(stamped, "a", 32).say("x")
    assert under.calls == [("say", "2013-06-10T00:00:00Z: \x1b[1;32m==> a: x\x1b[0m")]


def test_the_clock_is_local_time_by_default(under: Record) -> None:
    TimestampedUi(under).say("x")
    stamp = under.calls[0][1].removesuffix(": x")
    assert datetime.fromisoformat(stamp).tzinfo is not None


def test_utc_is_written_as_z() -> None:
    assert rfc3339(datetime(2013, 6, 10, 1, 2, 3, tzinfo=UTC)) == "2013-06-10T01:02:03Z"


def test_builds_cycle_through_five_colours(under: Record) -> None:
    uis = BuildUis(under, color=True)
    assert [uis.color_of(name) for name in "abcdefa"] == [32, 36, 35, 33, 34, 32, 32]


def test_a_post_processor_has_the_colour_of_its_build(under: Record) -> None:
    uis = BuildUis(under, color=True)
    uis("a")
    uis("b", "manifest").say("x")
    uis("b").say("y")
    assert under.calls == [
        ("say", paint("==> b (manifest): x", 36)),
        ("say", paint("==> b: y", 36)),
    ]


def test_colours_are_announced(under: Record) -> None:
    BuildUis(under, color=True).announce(["a", "b"])
    assert under.calls == [
        (
            "say",
            (
                "\x1b[1;32ma: output will be in this color.\x1b[0m\n"
                "\x1b[1;36mb: output will be in this color.\x1b[0m\n"
            ),
        )
    ]


def test_without_colours_nothing_is_announced_or_painted(under: Record) -> None:
    uis = BuildUis(under, color=False)
    uis.announce(["a"])
    uis("a").say("x")
    assert under.calls == [("say", "==> a: x")]
