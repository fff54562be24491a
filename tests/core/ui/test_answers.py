from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from contextlib import nullcontext

import pytest

from packer_core.ui.answers import read_answer
from packer_sdk.errors import Cancelled, PackerError

ASK = """
import sys
from packer_core.ui.secrets import SecretFilter
from packer_core.ui.terminal import TerminalUi
from packer_sdk.errors import PackerError
cancelled = len(sys.argv) > 1
ui = TerminalUi(sys.stdout, SecretFilter(), cancelled=lambda: cancelled)
try:
    print("got", repr(ui.ask("Why?")))
except PackerError as error:
    print("failed:", error, "|", error.hint)
"""


def on_a_terminal(typed: bytes, program: str = ASK, *arguments: str) -> str:
    """Run a program whose terminal is a new one, type, and return what it shows."""
    child, master = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", program, *arguments])
    shown = b""
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if not select.select([master], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(master, 1024)
            except OSError:  # the other end is closed
                break
            if not data:
                break
            shown += data
            if typed and b"Why?" in shown:
                os.write(master, typed)
                typed = b""
    finally:
        os.close(master)
        os.waitpid(child, 0)
    return shown.decode()


def test_an_answer_is_a_line() -> None:
    assert "got 'because'" in on_a_terminal(b"because\n")


def test_an_empty_answer_is_one() -> None:
    assert "got ''" in on_a_terminal(b"\n")


def test_the_end_of_input_is_no_answer() -> None:
    assert "failed: cannot ask (end of input): Why?" in on_a_terminal(b"\x04")


def test_a_question_ends_when_it_is_cancelled() -> None:
    assert "failed: cancelled" in on_a_terminal(b"", ASK, "cancelled")


def test_an_answer_comes_from_the_terminal_when_stdin_is_something_else() -> None:
    redirected = "import os, sys\nsys.stdin = open(os.devnull)\n" + ASK
    assert "got 'because'" in on_a_terminal(b"because\n", redirected)


def test_in_the_background_nobody_can_answer() -> None:
    background = (
        "import os, signal\n"
        "signal.signal(signal.SIGTTOU, signal.SIG_IGN)\n"
        "os.setpgid(0, 0) if os.getpid() != os.getsid(0) else None\n" + ASK
    )
    # The session's leader cannot leave its group, so a child of it asks.
    leader = (
        "import subprocess, sys\n"
        f"sys.exit(subprocess.run([sys.executable, '-c', {background!r}]).returncode)"
    )
    assert "failed: cannot ask (running in the background): Why?" in on_a_terminal(b"", leader)


def test_without_a_terminal_nobody_can_answer() -> None:
    finished = subprocess.run(
        [sys.executable, "-c", ASK],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        start_new_session=True,
    )
    assert finished.stdout == (
        "failed: cannot ask (no terminal): Why? | run packer in the foreground of a terminal\n"
    )


def test_read_answer_raises_what_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(os, "open", _no_terminal)
    with pytest.raises(PackerError, match="no terminal") as caught:
        read_answer("Why?", lambda _: nullcontext(), None)
    assert not isinstance(caught.value, Cancelled)


def _no_terminal(*arguments: object) -> int:
    raise OSError("there is none")
