from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

from packer_core.cli.main import main
from packer_core.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

PACKER = [sys.executable, "-m", "packer_core"]


def packer(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PACKER, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
        timeout=60,
    )


def extension(folder: Path, code: str) -> dict[str, str]:
    """Install an extension of one module, and return the environment that finds it."""
    info = folder / "packer_extra-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[packer.extensions]\nextra = packer_extra\n")
    (folder / "packer_extra.py").write_text(textwrap.dedent(code))
    return {"PYTHONPATH": str(folder)}


COMMANDS = """
    from packer_core.cli.command import Command
    from packer_core.extensions import hookimpl
    from packer_sdk.errors import Cancelled, PackerError

    def crash(app, options):
        raise KeyError("boom")

    def fail(app, options):
        raise PackerError("cannot frobnicate: x", hint="try y")

    def cancel(app, options):
        raise Cancelled

    def interrupt(app, options):
        raise KeyboardInterrupt

    def wait(app, options):
        with app.interruptible():
            app.ui.say("ready")
            app.cancel.wait(30)
            app.ui.say("cleaning up")
            if app.abort.wait(30):
                app.ui.say("aborted")
        return 1

    def color(app, options):
        app.ui.say(str(app.color))
        return 0

    def speak(app, options):
        for number in range(100000):
            app.ui.say(str(number))
        return 5

    @hookimpl
    def packer_commands():
        names = {"crash": crash, "fail": fail, "cancel": cancel, "interrupt": interrupt,
                 "wait": wait, "color": color, "speak": speak}
        return [Command(name, f"Test {name}", run=run, hidden=name == "speak")
                for name, run in names.items()]
"""


@pytest.fixture
def extra(tmp_path: Path) -> dict[str, str]:
    return extension(tmp_path, COMMANDS)


def test_an_unknown_command_names_the_nearest_and_ends_with_127() -> None:
    finished = packer("biuld")
    assert finished.returncode == 127
    assert finished.stdout == 'Error: unknown command: biuld\n\nhint: did you mean "build"?\n'
    assert finished.stderr == ""


def test_no_command_shows_the_help_and_ends_with_127() -> None:
    finished = packer()
    assert finished.returncode == 127
    assert finished.stdout.startswith("Usage: packer ")


@pytest.mark.parametrize("flag", ["-h", "-help", "--help"])
def test_help_is_no_failure(flag: str) -> None:
    finished = packer(flag)
    assert finished.returncode == 0
    assert finished.stdout.startswith("Usage: packer ")


def test_an_unknown_flag_in_front_is_an_error() -> None:
    finished = packer("-foo", "version")
    assert finished.returncode == 1
    assert "unknown flag in front of the command: -foo" in finished.stdout
    assert finished.stderr == ""


@pytest.mark.parametrize("words", [["-v"], ["-version"], ["--version", "build"], ["version"]])
def test_every_way_to_ask_for_the_version(words: list[str]) -> None:
    finished = packer(*words)
    assert (finished.returncode, finished.stdout) == (0, f"Packer for Python v{VERSION}\n")


def test_bad_arguments_end_with_1() -> None:
    finished = packer("version", "-frce")
    assert finished.returncode == 1
    assert "unknown flag: -frce" in finished.stdout


def test_errors_are_shown_on_stdout_with_their_hint(extra: dict[str, str]) -> None:
    finished = packer("fail", **extra)
    assert finished.returncode == 1
    assert "cannot frobnicate: x\n\nhint: try y\n" in finished.stdout
    assert finished.stderr == ""


def test_errors_are_records_when_a_program_reads(extra: dict[str, str]) -> None:
    finished = packer("fail", "-machine-readable", **extra)
    assert finished.returncode == 1
    assert ",,ui,error,Error: cannot frobnicate: x\\n\\nhint: try y\n" in finished.stdout


def test_cancelling_ends_with_1(extra: dict[str, str]) -> None:
    finished = packer("cancel", **extra)
    assert finished.returncode == 1
    assert "cancelled" in finished.stdout


def test_an_interrupt_outside_of_a_build_ends_with_1_and_without_a_traceback(
    extra: dict[str, str],
) -> None:
    finished = packer("interrupt", **extra)
    assert (finished.returncode, finished.stderr) == (1, "")
    assert finished.stdout.strip() == "cancelled"


def test_a_bug_is_called_one(extra: dict[str, str]) -> None:
    finished = packer("crash", **extra)
    assert finished.returncode == 1
    assert f"this is a bug in Packer for Python {VERSION}: KeyError: 'boom'" in finished.stdout
    assert "PACKER_LOG=1" in finished.stdout
    assert "Traceback" not in finished.stdout + finished.stderr


def test_a_bug_leaves_a_crash_report(extra: dict[str, str], tmp_path: Path) -> None:
    finished = packer("crash", **extra, PACKER_CRASH_DIR=str(tmp_path / "crashes"))
    [path] = (tmp_path / "crashes").iterdir()
    assert f"report it with {path}" in finished.stdout
    text = path.read_text()
    assert text.startswith("Crash of packer\n")
    assert "KeyError: 'boom'" in text
    assert "in crash\n" in text


def test_the_traceback_of_a_bug_is_in_the_log(extra: dict[str, str], tmp_path: Path) -> None:
    assert "Traceback" in packer("crash", **extra, PACKER_LOG="1").stderr
    path = tmp_path / "packer.log"
    assert packer("crash", **extra, PACKER_LOG_PATH=str(path)).stderr == ""
    assert "KeyError: 'boom'" in path.read_text()


def test_a_log_that_cannot_be_written_is_an_error() -> None:
    finished = packer("plugins", "list", PACKER_LOG_PATH="/nowhere/at/all")
    assert finished.returncode == 1
    assert "log file cannot be written: /nowhere/at/all" in finished.stdout


def test_commands_of_extensions_are_listed_unless_hidden(extra: dict[str, str]) -> None:
    shown = packer("-h", **extra).stdout
    assert re.search("^  crash +Test crash$", shown, re.MULTILINE)
    assert "Test speak" not in shown


def test_a_pipe_that_is_closed_early_is_no_failure(extra: dict[str, str]) -> None:
    with subprocess.Popen(
        [*PACKER, "speak"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **extra},
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"0\n"
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 5


def test_no_colour_in_a_pipe(extra: dict[str, str]) -> None:
    assert packer("color", **extra).stdout == "False\n"


@pytest.mark.parametrize(
    ("number", "name"), [(signal.SIGINT, "interrupt"), (signal.SIGTERM, "terminated")]
)
def test_the_first_signal_cancels_and_the_second_aborts(
    extra: dict[str, str], number: signal.Signals, name: str
) -> None:
    with subprocess.Popen(
        [*PACKER, "wait"], stdout=subprocess.PIPE, text=True, env={**os.environ, **extra}
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.send_signal(number)
        assert child.stdout.readline() == f"Cancelling build after receiving {name}\n"
        assert child.stdout.readline() == "cleaning up\n"
        child.send_signal(number)
        assert child.stdout.readline() == (
            f"Received {name} again: stopping without waiting for the clean-up\n"
        )
        assert child.stdout.readline() == "aborted\n"
    assert child.returncode == 1


def test_an_unknown_component_is_named() -> None:
    for word in ("plugin", "execute"):
        finished = packer(word, "packer-builder-nix")
        assert finished.returncode == 1
        assert finished.stderr == "no such component comes with packer: packer-builder-nix\n"
        assert finished.stdout == ""


def test_plugin_with_another_word_is_plugins() -> None:
    assert packer("plugin").stdout == packer("plugins").stdout
    assert "unknown command: packer plugins lst" in packer("plugin", "lst").stdout


def test_execute_without_a_component_is_no_command() -> None:
    assert packer("execute").returncode == 127


@pytest.mark.parametrize(
    "words",
    [
        ["version"],
        ["-v"],
        ["-h"],
        ["-machine-readable", "version"],
        ["plugin", "packer-builder-nix"],
    ],
)
def test_hot_paths_import_next_to_nothing(words: list[str]) -> None:
    heavy = ["click", "rich", "pluggy", "logging", "dataclasses", "typing", "importlib.metadata"]
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from packer_core.cli.main import main\n"
        f"main({words!r})\n"
        f"print('heavy:', sorted(set({heavy!r}) & (set(sys.modules) - before)))\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert finished.stdout.endswith("heavy: []\n")


NOT_FOR_LISTS = [
    "concurrent.futures", "email", "packer_core.engine", "packer_core.hcl",
    "packer_core.template.load", "packer_core.plugins.fleet", "pip", "rich", "socket", "subprocess",
    "tempfile", "urllib.request",
]  # fmt: skip
NOT_FOR_SYNTAX = [
    "_hashlib", "concurrent.futures", "email", "fractions", "packer_core.engine.plan",
    "packer_core.engine.prepare", "packer_core.events.stream", "packer_core.hcl.json_text",
    "packer_core.plugins.catalog", "packer_core.template.fix", "packer_core.template.json_format",
    "packer_core.template.json_reader", "packer_sdk.config", "packer_sdk.interpolate", "rich",
    "socket", "subprocess", "tempfile",
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["plugins", "list"], NOT_FOR_LISTS),
        (["validate", "-syntax-only", "box.pkr.hcl"], NOT_FOR_SYNTAX),
    ],
)
def test_short_commands_import_what_they_need(
    words: list[str], heavy: list[str], tmp_path: Path
) -> None:
    text = 'variable "a" { default = "b" }\nsource "null" "c" { name = upper(var.a) }\n'
    (tmp_path / "box.pkr.hcl").write_text(text)
    program = (
        "import sys\n"
        "before = set(sys.modules)\n"
        "from packer_core.cli.main import main\n"
        f"code = main({words!r})\n"
        f"print('heavy:', code, sorted(set({heavy!r}) & (set(sys.modules) - before)))\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert finished.stdout.endswith("heavy: 0 []\n")


def test_main_returns_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-v"]) == 0
    assert capsys.readouterr().out == f"Packer for Python v{VERSION}\n"
