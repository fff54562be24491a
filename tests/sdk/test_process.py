"""Child processes, real ones."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from packer_sdk import process
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ComponentError
from packer_sdk.process import read_command, run_command
from packer_sdk.testing.doubles import RecordingUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


@pytest.fixture(params=["told", "looking"])
def ends(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a system that tells of a child's end, and with one that has to be looked at."""
    if request.param == "looking":
        monkeypatch.delattr(os, "pidfd_open", raising=False)


@pytest.mark.usefixtures("ends")
def test_output_goes_to_the_ui_line_by_line() -> None:
    ui = RecordingUi()
    status = run_command(
        shell("printf '1%%\\r100%%\\n\\377\\nno end'; echo bad >&2; exit 7"), ui=ui
    )
    assert status == 7
    assert (ui.said, ui.errors) == (["100%", "\ufffd", "no end"], ["bad"])


@pytest.mark.usefixtures("ends")
def test_environment_folder_and_input(tmp_path: Path) -> None:
    ui = RecordingUi()
    command = shell('echo "$A $B"; pwd; cat')
    assert run_command(command, ui=ui, env={"A": "1"}, cwd=tmp_path, input="häh\n") == 0
    assert ui.said == ["1 ", str(tmp_path), "häh"]


def test_input_is_empty_without_one() -> None:
    assert read_command(["cat"]) == ""


def test_large_input_and_output_do_not_block_each_other() -> None:
    data = os.urandom(1_000_000).hex()
    assert read_command(["cat"], input=data) == data


def test_input_nobody_reads_is_no_failure() -> None:
    assert run_command(["true"], input=b"x" * 1_000_000) == 0


def test_output_goes_to_the_log_without_a_ui(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert run_command(shell("echo out; echo err >&2")) == 0
    assert {"out", "err"} <= set(caplog.messages)
    assert "running /bin/sh -c 'echo out; echo err >&2'" in caplog.messages


def test_check_tells_status_command_and_what_it_said() -> None:
    with pytest.raises(ComponentError) as caught:
        run_command(shell("echo why >&2; exit 3"), check=True)
    assert caught.value.message == (
        "command failed with exit status 3: /bin/sh -c 'echo why >&2; exit 3'\n  why"
    )
    assert caught.value.hint is None


def test_check_does_not_repeat_what_the_ui_has_shown() -> None:
    with pytest.raises(ComponentError) as caught:
        run_command(shell("echo why >&2; exit 3"), ui=RecordingUi(), check=True)
    assert "\n" not in caught.value.message


def test_check_names_the_signal() -> None:
    with pytest.raises(ComponentError, match="command was killed by SIGKILL: /bin/sh"):
        run_command(shell("kill -KILL $$"), check=True)
    assert run_command(shell("kill -TERM $$")) == -signal.SIGTERM


def test_check_explains_127() -> None:
    with pytest.raises(ComponentError) as caught:
        run_command(shell("surely-no-such-program"), check=True)
    assert caught.value.hint is not None
    assert "a program was not found" in caught.value.hint


def test_program_that_is_not_there() -> None:
    with pytest.raises(
        ComponentError, match="cannot run surely-no-such-program: No such file"
    ) as e:
        run_command(["surely-no-such-program"])
    assert e.value.hint == "install it, or set PATH"


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ComponentError, match=f"cannot run true in {tmp_path}/none: No such file"):
        run_command(["true"], cwd=tmp_path / "none")


def test_file_that_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "script"
    path.write_text("#!/bin/sh\n")
    with pytest.raises(ComponentError, match="Permission denied"):
        run_command([path])


def test_read_command_returns_what_was_printed() -> None:
    assert read_command(shell("printf 'a\\nb\\377'; echo err >&2")) == "a\nb\ufffd"
    with pytest.raises(ComponentError, match=r"exit status 1: .*\n  err"):
        read_command(shell("echo err >&2; exit 1"))


# --- cancel -------------------------------------------------------------------------------


class CancellingUi(RecordingUi):
    """Cancels as soon as the child has said that it is ready."""

    def __init__(self, cancel: CancelToken) -> None:
        super().__init__()
        self._cancel = cancel

    def say(self, message: str) -> None:
        super().say(message)
        if message == "ready":
            spawn("canceller", self._cancel.cancel).join(10)


@pytest.mark.usefixtures("ends")
def test_cancel_asks_the_child_to_stop_and_shows_its_last_words() -> None:
    cancel = CancelToken()
    ui = CancellingUi(cancel)
    with pytest.raises(Cancelled):
        run_command(
            shell("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done"),
            ui=ui,
            cancel=cancel,
        )
    assert ui.said == ["ready", "bye"]


@pytest.mark.usefixtures("ends")
def test_cancel_kills_a_child_that_will_not_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_STOP_GRACE_S", 0.2)
    cancel = CancelToken()
    ui = CancellingUi(cancel)
    program = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('ready', flush=True); time.sleep(600)"
    )
    with pytest.raises(Cancelled):
        run_command([sys.executable, "-c", program], ui=ui, cancel=cancel)


def test_cancel_kills_what_the_child_has_started() -> None:
    cancel = CancelToken()
    ui = CancellingUi(cancel)
    # The grandchild ignores SIGTERM; the child does not, and leaves it behind.
    script = "(trap '' TERM; echo $$; exec sleep 600) & echo $!; sleep 0.2; echo ready; wait"
    with pytest.raises(Cancelled):
        run_command(shell(script), ui=ui, cancel=cancel)
    grandchild = int(next(line for line in ui.said if line.isdigit()))
    deadline = time.monotonic() + 10
    while psutil.pid_exists(grandchild) and time.monotonic() < deadline:
        if psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.01)
    assert time.monotonic() < deadline


def test_cancel_before_the_start_starts_nothing(tmp_path: Path) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run_command(["touch", tmp_path / "made"], cancel=cancel)
    assert not (tmp_path / "made").exists()


def test_cancel_after_the_end_changes_nothing() -> None:
    cancel = CancelToken()
    assert run_command(["true"], cancel=cancel) == 0
    cancel.cancel()


def test_child_dies_when_showing_its_output_fails() -> None:
    class BrokenUi(RecordingUi):
        def say(self, message: str) -> None:
            raise RuntimeError("cannot show")

    with pytest.raises(RuntimeError, match="cannot show"):
        run_command(shell("echo ready; sleep 600"), ui=BrokenUi())


def test_child_gets_no_signals_of_the_terminal() -> None:
    group = read_command(shell("ps -o pgid= -p $$ || echo none")).strip()
    assert group != str(os.getpgrp())


def test_daemon_a_child_leaves_behind_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_DRAIN_GRACE_S", 0.1)
    ui = RecordingUi()
    assert run_command(shell("sleep 600 & echo $!"), ui=ui) == 0
    os.kill(int(ui.said[0]), signal.SIGKILL)


def test_several_at_once_in_several_threads() -> None:
    results: dict[int, str] = {}

    def read(number: int) -> None:
        results[number] = read_command(["echo", str(number)])

    threads = [spawn("reader", read, number) for number in range(5)]
    for thread in threads:
        thread.join(30)
    assert results == {number: f"{number}\n" for number in range(5)}
