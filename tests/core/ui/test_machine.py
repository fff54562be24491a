from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.ui.machine import MachineUi, escape, record
from packer_core.ui.secrets import SecretFilter
from packer_sdk.errors import PackerError


@pytest.fixture
def ui(screen: Any, secrets: SecretFilter) -> MachineUi:
    return MachineUi(screen, secrets, clock=lambda: 1370900000.9)


def test_say_is_a_record(ui: MachineUi, screen: Any) -> None:
    ui.say("hello")
    assert screen.text == "1370900000,,ui,say,hello\n"


def test_error_is_a_record(ui: MachineUi, screen: Any) -> None:
    ui.error("==> a: no, it\r\nfailed")
    assert screen.text == "1370900000,,ui,error,==> a: no%!(PACKER_COMMA) it\\r\\nfailed\n"


def test_machine_has_no_target_of_its_own(ui: MachineUi, screen: Any) -> None:
    ui.machine("artifact-count", "2")
    ui.machine("version-prelease", "")
    ui.machine("end")
    assert screen.text == (
        "1370900000,,artifact-count,2\n1370900000,,version-prelease,\n1370900000,,end\n"
    )


def test_machine_with_a_target(ui: MachineUi, screen: Any) -> None:
    ui.machine("null.a,artifact", "0", "id", "x")
    assert screen.text == "1370900000,null.a,artifact,0,id,x\n"


def test_secrets_are_masked_before_they_are_escaped(screen: Any) -> None:
    secrets = SecretFilter()
    secrets.register("a,b\nc,d")
    MachineUi(screen, secrets, clock=lambda: 1).machine("x", "<a,b\nc,d>")
    assert screen.text == "1,,x,<<sensitive>>\n"


def test_backslashes_stay() -> None:
    assert escape("C:\\temp\n") == "C:\\temp\\n"


@given(st.text(), st.lists(st.text(st.characters(codec="utf-8")), max_size=4))
def test_a_record_is_one_line_with_so_many_commas(target: str, values: list[str]) -> None:
    line = record(7, f"{escape(target)},kind", *values)
    assert line.endswith("\n")
    assert "\n" not in line[:-1]
    assert "\r" not in line
    assert line.count(",") == 2 + len(values)


def test_questions_fail(ui: MachineUi, screen: Any) -> None:
    with pytest.raises(PackerError, match="cannot ask while the output is machine-readable: Why"):
        ui.ask("Why?")
    assert screen.text == ""


def test_progress_shows_nothing(ui: MachineUi, screen: Any) -> None:
    with ui.progress("a.iso", total=10) as bar:
        bar.add(10)
    assert screen.text == ""


def test_the_clock_is_the_time_by_default(screen: Any, secrets: SecretFilter) -> None:
    MachineUi(screen, secrets).say("x")
    assert re.fullmatch(r"\d{10,},,ui,say,x\n", screen.text)
