"""What a person sees while builds run, on an emulated terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.terminals import Terminal
from helpers.waiting import plugins_of

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.e2e

PACKER = str(Path(sys.executable).with_name("packer"))
WAIT = "while [ ! -e go ]; do sleep 0.05; done"
MOVES = re.compile(rb"\x1b\[[0-9;?]*[A-LP-Zfhln]")
"""Anything but colours."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("COLUMNS", "LINES", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def build(
    folder: Path,
    *inline: str,
    names: Sequence[str] = ("web", "db"),
    flags: Sequence[str] = (),
    columns: int = 80,
    rows: int = 24,
    provisioners: Sequence[object] = (),
) -> Terminal:
    """Start a build whose provisioner runs shell lines."""
    template = {
        "builders": [{"type": "null", "name": one, "communicator": "none"} for one in names],
        "provisioners": [*provisioners, {"type": "shell-local", "inline": list(inline)}],
    }
    (folder / "t.json").write_text(json.dumps(template))
    argv = [PACKER, "build", *flags, "t.json"]
    return Terminal(argv, folder, os.environ, columns=columns, rows=rows)


def view(terminal: Terminal) -> list[str]:
    """The lines below the cursor."""
    return [line for line in terminal.lines[terminal.cursor[1] :] if line]


def test_every_running_build_has_a_line_below_the_output(folder: Path) -> None:
    with build(folder, "echo hello", WAIT) as terminal:
        terminal.until(lambda: ["hello" in line for line in view(terminal)] == [True, True])
        web, db = view(terminal)
        assert re.fullmatch(r"null\.web  0:\d\d  provisioner shell-local · hello", web)
        assert re.fullmatch(r"null\.db   0:\d\d  provisioner shell-local · hello", db)
        assert "==> null.web: hello" in terminal.lines
        assert terminal.cursor[0] == 0
        (folder / "go").touch()
        assert terminal.ends() == 0
        assert terminal.is_as_before
        assert not [line for line in terminal.transcript if "  0:0" in line]
        assert re.fullmatch(r"==> 2 builds: 2 finished, in 0:\d\d", terminal.text.splitlines()[-1])


def test_output_scrolls_by_untouched_and_complete(folder: Path) -> None:
    numbers = [str(number) for number in range(1, 3001)]
    with build(folder, "seq 1 3000", "sleep 1", flags=("-color=false",)) as terminal:
        assert terminal.ends() == 0
        for name in ("web", "db"):
            head = f"==> null.{name}: "
            said = [line.removeprefix(head) for line in terminal.transcript if head in line]
            assert [one for one in said if one.isdigit()] == numbers
        assert terminal.is_as_before
    assert b"provisioner shell-local" in terminal.written


def test_a_single_build_has_a_view_and_no_summary(folder: Path) -> None:
    with build(folder, WAIT, names=["web"]) as terminal:
        terminal.until(lambda: len(view(terminal)) == 1)
        (folder / "go").touch()
        assert terminal.ends() == 0
        assert "builds:" not in terminal.text


def test_more_builds_than_lines_are_counted(folder: Path) -> None:
    names = [f"node-{number:02}" for number in range(12)]
    with build(folder, WAIT, names=names, rows=16, flags=["-parallel-builds=11"]) as terminal:
        terminal.shows("… 3 more · 1 waiting")
        assert len(view(terminal)) == 9
        (folder / "go").touch()
        assert terminal.ends() == 0
        assert "12 builds: 12 finished" in terminal.text


@pytest.mark.parametrize("columns", [20, 200])
def test_the_view_follows_the_size_of_the_window(folder: Path, columns: int) -> None:
    with build(folder, f"echo {'x' * 60}", WAIT) as terminal:
        terminal.until(lambda: len(view(terminal)) == 2 and "xxx" in view(terminal)[1])
        before = view(terminal)
        terminal.resize(columns, 24)
        terminal.until(lambda: view(terminal) != before and len(view(terminal)) == 2)
        terminal.until(lambda: all(len(line) < columns for line in view(terminal)))
        assert ("xxx" in view(terminal)[0]) is (columns == 200)
        (folder / "go").touch()
        assert terminal.ends() == 0
        assert terminal.is_as_before


def test_a_low_window_has_no_view(folder: Path) -> None:
    with build(folder, "echo hello", WAIT, rows=4, flags=["-color=false"]) as terminal:
        terminal.shows("hello")
        (folder / "go").touch()
        assert terminal.ends() == 0
    assert not MOVES.search(terminal.written)


def test_what_fails_is_named_at_the_end(folder: Path) -> None:
    with build(folder, '[ "$PACKER_BUILD_NAME" != db ]', "sleep 1") as terminal:
        assert terminal.ends() == 1
        assert "==> 2 builds: 1 finished, 1 failed (null.db)" in terminal.text


def test_an_interrupt_leaves_the_terminal_as_it_was(folder: Path) -> None:
    with build(folder, WAIT) as terminal:
        terminal.until(lambda: "provisioner" in "".join(view(terminal)))
        terminal.type("\x03")
        assert terminal.ends() == 1
        assert terminal.is_as_before
        assert "Cancelling build after receiving interrupt" in terminal.transcript
        assert "==> 2 builds: 2 cancelled" in terminal.text


def test_a_plugin_that_is_killed_leaves_the_terminal_as_it_was(folder: Path) -> None:
    with build(folder, "echo hello", WAIT, names=["web"]) as terminal:
        terminal.until(lambda: len(view(terminal)) == 1 and "hello" in view(terminal)[0])
        plugins = plugins_of(terminal.pid)
        next(one for one in plugins if "provisioner" in " ".join(one.cmdline())).kill()
        (folder / "go").touch()
        assert terminal.ends() == 1
        assert terminal.is_as_before
        assert view(terminal) == []


def test_a_packer_that_is_killed_leaves_a_terminal_that_works(folder: Path) -> None:
    with build(folder, WAIT) as terminal:
        terminal.until(lambda: len(view(terminal)) == 2)
        os.kill(terminal.pid, signal.SIGKILL)
        assert terminal.ends() == -signal.SIGKILL
        assert terminal.is_as_before
        (folder / "go").touch()


QUESTION = {"type": "breakpoint", "note": "look around", "only": ["web"]}


def test_a_question_takes_the_place_of_the_view(folder: Path) -> None:
    with build(folder, "echo hello", WAIT, provisioners=[QUESTION]) as terminal:
        terminal.until(lambda: terminal.lines[terminal.cursor[1]].endswith("continue:"))
        terminal.shows("==> null.db: hello")
        assert terminal.lines[terminal.cursor[1]] == "==> null.web: Press Enter to continue:"
        assert view(terminal) == ["==> null.web: Press Enter to continue:"]
        terminal.type("\r")
        terminal.shows("==> null.web: hello")
        terminal.until(lambda: len(view(terminal)) == 2)
        (folder / "go").touch()
        assert terminal.ends() == 0
        assert terminal.is_as_before


def test_an_interrupt_at_a_question_cancels(folder: Path) -> None:
    with build(folder, WAIT, names=["web"], flags=["-debug"]) as terminal:
        terminal.shows("Press enter to run the provisioner shell-local.")
        terminal.type("\x03")
        assert terminal.ends() == 1
        assert "Build 'null.web' was cancelled" in terminal.text
        assert terminal.cursor[0] == 0
        assert terminal.is_as_before


def test_a_failure_can_be_asked_about_while_others_go_on(folder: Path) -> None:
    flags = ["-on-error=ask", "-color=false"]
    lines = ['[ "$PACKER_BUILD_NAME" = db ] || [ -e ok ]', "echo l1", WAIT]
    with build(folder, *lines, flags=flags, columns=40) as terminal:
        terminal.until(lambda: terminal.lines[terminal.cursor[1]].endswith("[r] retry?"))
        terminal.until(lambda: "==> null.db: l1" in terminal.transcript)
        terminal.until(lambda: terminal.lines[terminal.cursor[1]].endswith("[r] retry?"))
        assert sum("[c] clean up" in line for line in terminal.transcript) == 1
        (folder / "ok").touch()
        terminal.type("r\r")
        terminal.until(lambda: "==> null.web: l1" in terminal.transcript)
        (folder / "go").touch()
        assert terminal.ends() == 0
        assert terminal.is_as_before


def test_a_question_is_seen_though_the_output_goes_into_a_file(folder: Path) -> None:
    (folder / "t.json").write_text(
        json.dumps(
            {
                "builders": [{"type": "null", "communicator": "none"}],
                "provisioners": [{"type": "breakpoint", "note": "look around"}],
            }
        )
    )
    shell = ["/bin/sh", "-c", f"{PACKER} build t.json > out; echo status $?"]
    with Terminal(shell, folder, os.environ) as terminal:
        terminal.shows("Press Enter to continue:")
        terminal.type("\r")
        terminal.shows("status 0")
        assert terminal.ends() == 0
    assert "Press Enter to continue:" in (folder / "out").read_text()


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"PACKER_LIVE": "0"}, {"PACKER_LOG": "1"}])
def test_no_view(folder: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with build(folder, "echo hello", "sleep 1", flags=["-color=false"]) as terminal:
        assert terminal.ends() == 0
    assert b"==> null.web: hello" in terminal.written
    assert not MOVES.search(terminal.written)


@pytest.mark.parametrize(
    ("environ", "flags"),
    [({"NO_COLOR": "1"}, ()), ({"PACKER_NO_COLOR": "1"}, ()), ({}, ("-color=false",))],
)
def test_a_view_without_colors(
    folder: Path, environ: dict[str, str], flags: tuple[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    with build(folder, WAIT, flags=flags) as terminal:
        terminal.until(lambda: len(view(terminal)) == 2)
        (folder / "go").touch()
        assert terminal.ends() == 0
    assert not re.search(rb"\x1b\[[0-9;]*m", terminal.written)


def test_a_view_in_a_locale_that_knows_ascii_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    with build(folder, f"echo {'x' * 200}", WAIT) as terminal:
        terminal.until(lambda: len(view(terminal)) == 2 and view(terminal)[1].endswith("..."))
        (folder / "go").touch()
        assert terminal.ends() == 0
    assert terminal.written.isascii()


@pytest.mark.parametrize("flags", [[], ["-machine-readable"]])
def test_nothing_changes_where_no_person_looks(folder: Path, flags: list[str]) -> None:
    with build(folder, "echo hello", "sleep 1"):
        pass
    done = subprocess.run(
        [PACKER, "build", *flags, "t.json"], cwd=folder, capture_output=True, check=True
    )
    assert b"hello" in done.stdout
    assert b"\x1b" not in done.stdout
    assert b"builds:" not in done.stdout


def test_in_the_background_there_is_no_view_and_no_question(folder: Path) -> None:
    with build(folder, "echo hello", provisioners=[QUESTION]):
        pass
    shell = ["/bin/bash", "--norc", "--noprofile", "-i"]
    with Terminal(shell, folder, {**os.environ, "PS1": "", "PATH": os.environ["PATH"]}) as terminal:
        terminal.type(f"{PACKER} build -color=false t.json & wait $!; echo sta''tus $?\r")
        terminal.shows("status 1")
        asked = "cannot ask (running in the background): Press Enter to continue"
        assert asked in "".join(terminal.transcript)
        terminal.type("exit\r")
        terminal.ends()
    assert b"\x1b[J" not in terminal.written
