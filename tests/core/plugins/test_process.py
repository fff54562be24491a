from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.programs import component, plugin, program
from packer_core.errors import PluginCrashed, PluginStartError
from packer_core.plugins.process import PluginProcess
from packer_sdk.cancel import CancelToken
from packer_sdk.rpc.builder import BuilderClient
from packer_sdk.testing import RecordingHook, RecordingUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path


def start(what: object, **options: float) -> PluginProcess:
    return PluginProcess.start(what, os.environ, **options)  # type: ignore[arg-type]


def refusal(what: object, **options: float) -> PluginStartError:
    with pytest.raises(PluginStartError) as caught:
        start(what, **options)
    return caught.value


def test_start_connects_and_stop_ends_the_process(tmp_path: Path) -> None:
    process = start(plugin(tmp_path, "return None"))
    assert process.session is not None
    assert BuilderClient(process.session).prepare([{}]).warnings == ()
    assert psutil.Process(process.pid).is_running()
    process.stop()
    assert not psutil.pid_exists(process.pid)
    process.stop()


def test_start_tells_of_a_program_that_is_missing(tmp_path: Path) -> None:
    error = refusal(component(tmp_path / "gone"))
    assert error.message == f"packer-builder-test is not there: {tmp_path / 'gone'}"
    assert error.hint == "the config file names it: correct the path there"


def test_start_tells_of_a_program_that_is_not_executable(tmp_path: Path) -> None:
    path = program(tmp_path, "")
    path.chmod(0o644)
    error = refusal(component(path))
    assert error.message == f"packer-builder-test is not executable: {path}"
    assert error.hint == f"chmod +x {path}"


def test_start_tells_of_a_vanished_interpreter(tmp_path: Path) -> None:
    path = program(tmp_path, "", interpreter="/nowhere/python")
    assert "the interpreter in its first line is gone" in refusal(component(path)).message


def test_start_tells_of_a_file_that_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_text("just text")
    path.chmod(0o755)
    assert "no program this system can run" in refusal(component(path)).message


def test_start_tells_of_an_early_end_with_its_last_words(tmp_path: Path) -> None:
    path = program(tmp_path, "import sys; sys.exit('disk on fire')")
    error = refusal(component(path))
    assert "ended with exit status 1 before it said where it listens" in error.message
    assert error.last_lines == ("disk on fire",)


def test_start_names_the_signal_that_killed_it(tmp_path: Path) -> None:
    path = program(tmp_path, "import os; os.kill(os.getpid(), 11)")
    assert "was killed by SIGSEGV before" in refusal(component(path)).message


def test_start_tells_of_silence(tmp_path: Path) -> None:
    path = program(tmp_path, "import time; time.sleep(60)")
    assert "said nothing for 0.3s" in refusal(component(path), timeout_s=0.3).message


def test_start_tells_of_rubbish_instead_of_a_greeting(tmp_path: Path) -> None:
    path = program(tmp_path, "print('Hello!', flush=True); import time; time.sleep(60)")
    error = refusal(component(path))
    assert "Hello!" in error.message
    assert str(path) in error.message


def test_start_tells_of_another_protocol(tmp_path: Path) -> None:
    path = program(tmp_path, "print('6|0|unix|/x', flush=True); import time; time.sleep(60)")
    assert "6" in refusal(component(path)).message


def test_start_tells_of_an_address_nobody_listens_at(tmp_path: Path) -> None:
    text = "print('5|0|unix|/nowhere/socket', flush=True); import time; time.sleep(60)"
    error = refusal(component(program(tmp_path, text)))
    assert "cannot be reached at unix /nowhere/socket" in error.message


def test_a_death_during_a_call_is_explained(tmp_path: Path) -> None:
    body = "print('last words', file=sys.stderr, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    process = start(plugin(tmp_path, body))
    assert process.session is not None
    client = BuilderClient(process.session)
    client.prepare([{}])
    with pytest.raises(PluginCrashed) as caught, process.explaining("Run"):
        client.run(RecordingUi(), RecordingHook(), CancelToken())
    assert "packer-builder-test was killed by SIGKILL during Run" in caught.value.message
    assert "last words" in caught.value.last_lines[-1]
    process.stop()


def test_what_a_plugin_says_becomes_log_lines_behind_its_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    body = """
        print("printed")
        print("complained", file=sys.stderr)
        os.write(2, b"caf\\xe9 " + b"x" * 200_000 + b"\\n")
        os.system("echo from a child")
    """
    process = start(plugin(tmp_path, body))
    assert process.session is not None
    client = BuilderClient(process.session)
    client.prepare([{}])
    client.run(RecordingUi(), RecordingHook(), CancelToken())
    process.stop()
    lines = [record.getMessage() for record in caplog.records]
    label = "program: "  # what the file is called
    for said in ("printed", "complained", "from a child"):
        assert any(line.startswith(label) and line.endswith(said) for line in lines), said
    long = [line.removeprefix(label) for line in lines if "xxxx" in line]
    assert sum(line.count("x") for line in long) >= 200_000
    assert any("caf\\xe9" in line for line in long)
    assert "Loading builder: test" in lines[0]


def test_stop_kills_a_plugin_that_does_not_end_by_itself(tmp_path: Path) -> None:
    body = "\nwhile True: time.sleep(1)\n"
    process = start(plugin(tmp_path, body))
    assert process.session is not None
    client = BuilderClient(process.session)
    client.prepare([{}])
    caught: list[PluginCrashed] = []

    def call() -> None:
        try:
            with process.explaining("Run"):
                client.run(RecordingUi(), RecordingHook(), CancelToken())
        except PluginCrashed as error:
            caught.append(error)

    caller = spawn("test", call)
    time.sleep(0.2)
    process.stop(grace_s=0.2)
    caller.join(10)
    assert "was killed by SIG" in caught[0].message
    assert not psutil.pid_exists(process.pid)


def test_stop_takes_along_what_the_plugin_has_left_running(tmp_path: Path) -> None:
    body = f"""
        import subprocess
        child = subprocess.Popen(["sleep", "600"])
        open({str(tmp_path / "pid")!r}, "w").write(str(child.pid))
    """
    process = start(plugin(tmp_path, body))
    assert process.session is not None
    client = BuilderClient(process.session)
    client.prepare([{}])
    client.run(RecordingUi(), RecordingHook(), CancelToken())
    left = psutil.Process(int((tmp_path / "pid").read_text()))
    assert left.is_running()
    process.stop()
    left.wait(5)


def test_a_plugin_leads_a_process_group_of_its_own(tmp_path: Path) -> None:
    process = start(plugin(tmp_path, "return None"))
    assert os.getpgid(process.pid) == process.pid != os.getpgid(0)
    process.stop()


def test_a_plugin_gets_the_cookie_and_the_ports(tmp_path: Path) -> None:
    text = """
        import os, sys
        sys.exit(" ".join(f"{k}={v}" for k, v in os.environ.items() if "PACKER_PLUGIN" in k))
    """
    (said,) = refusal(component(program(tmp_path, text))).last_lines
    assert "PACKER_PLUGIN_MIN_PORT=10000" in said
    assert "PACKER_PLUGIN_MAX_PORT=25000" in said
    assert "PACKER_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd" in said


def test_a_plugin_gets_the_ports_that_the_user_chose(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKER_PLUGIN_MIN_PORT", "20000")
    monkeypatch.setenv("PACKER_PLUGIN_MAX_PORT", "")
    text = """
        import os, sys
        sys.exit(os.environ["PACKER_PLUGIN_MIN_PORT"] + os.environ["PACKER_PLUGIN_MAX_PORT"])
    """
    assert refusal(component(program(tmp_path, text))).last_lines == ("2000025000",)


@pytest.mark.parametrize(
    ("name", "is_left"),
    [("packer-plugin1234/plugin", False), ("packer-plugin1234", False), ("docker.sock", True)],
)
def test_a_plugin_that_is_killed_before_it_is_connected_to_leaves_no_socket(
    name: str, is_left: bool, tmp_path: Path
) -> None:
    text = f"""
        import os, socket, time
        os.chdir({str(tmp_path)!r})
        path = {name!r}
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        # Nobody listens, so that core cannot connect.
        print("5|0|unix|" + os.path.abspath(path), flush=True)
        time.sleep(60)
    """
    assert "cannot be reached" in refusal(component(program(tmp_path, text))).message
    assert (tmp_path / name).exists() == is_left
    assert (tmp_path / name).parent.exists() == ("/" not in name)


def test_stdin_is_nothing_to_wait_for(tmp_path: Path) -> None:
    path = program(tmp_path, "import sys; sys.exit(f'read {sys.stdin.read()!r}')")
    assert refusal(component(path)).last_lines == ("read ''",)
