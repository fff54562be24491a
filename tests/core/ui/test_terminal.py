from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from helpers.waiting import wait_until
from packer_core.ui import area
from packer_core.ui.terminal import TerminalUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from packer_core.ui.secrets import SecretFilter


class Journal:
    def __init__(self) -> None:
        self.lines: list[tuple[str, ...]] = []

    def shown(self, text: str) -> None:
        self.lines.append((text,))

    def record(self, category: str, *values: str) -> None:
        self.lines.append((category, *values))


def test_say_and_error_write_lines(screen: Any, secrets: SecretFilter) -> None:
    ui = TerminalUi(screen, secrets)
    ui.say("one")
    ui.error("two\nthree")
    assert screen.text == "one\ntwo\nthree\n"


def test_secrets_are_masked(screen: Any, secrets: SecretFilter) -> None:
    TerminalUi(screen, secrets).say("password hunter2")
    assert screen.text == "password <sensitive>\n"


def test_the_journal_gets_what_is_shown_and_what_is_not(screen: Any, secrets: SecretFilter) -> None:
    journal = Journal()
    ui = TerminalUi(screen, secrets, journal=journal)  # type: ignore[arg-type]
    ui.say("hunter2!")
    ui.machine("artifact", "0", "hunter2")
    assert journal.lines == [("<sensitive>!",), ("artifact", "0", "<sensitive>")]
    assert screen.text == "<sensitive>!\n"


def test_records_without_a_journal_vanish(screen: Any, secrets: SecretFilter) -> None:
    TerminalUi(screen, secrets).machine("artifact", "0")
    assert screen.text == ""


def test_lines_of_several_threads_stay_whole(screen: Any, secrets: SecretFilter) -> None:
    ui = TerminalUi(screen, secrets)

    def speak(name: str) -> None:
        for _ in range(100):
            ui.say(name * 500)

    threads = [spawn("speaker", speak, name) for name in "abcd"]
    for thread in threads:
        thread.join()
    lines = screen.text.splitlines()
    assert len(lines) == 400
    assert set(lines) == {name * 500 for name in "abcd"}


def test_a_bar_stays_below_the_lines(
    terminal_screen: Any, secrets: SecretFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(area, "DELAY_S", 0)
    ui = TerminalUi(terminal_screen, secrets)
    with ui.progress("hunter2.iso", total=100) as bar:
        bar.add(50)
        wait_until(lambda: "50%" in terminal_screen.text)
        ui.say("hello")
    assert "50% of 100 B <sensitive>.iso" in terminal_screen.text
    assert "hello\n" in terminal_screen.text
    assert terminal_screen.text.endswith(("\r\x1b[J", "hello\n"))


@pytest.mark.parametrize("term", ["dumb", ""])
def test_no_view_on_a_terminal_that_knows_nothing(
    term: str, terminal_screen: Any, secrets: SecretFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    assert TerminalUi(terminal_screen, secrets).live is None


def test_no_view_for_who_does_not_want_it(terminal_screen: Any, secrets: SecretFilter) -> None:
    assert TerminalUi(terminal_screen, secrets, wants_live=lambda: False).live is None


def test_one_terminal_has_one_view(terminal_screen: Any, secrets: SecretFilter) -> None:
    ui = TerminalUi(terminal_screen, secrets)
    assert ui.live is not None
    assert ui.live is ui.live


def test_no_bar_in_a_file(screen: Any, secrets: SecretFilter) -> None:
    with TerminalUi(screen, secrets).progress("a", total=1) as bar:
        bar.add(1)
    assert screen.text == ""
