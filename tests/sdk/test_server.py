"""The life of a plugin process, told by processes."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import psutil
import pytest

from helpers import wonder
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import ComponentError, ConnectionLost, RemoteProtocolError
from packer_sdk.rpc.session import Session
from packer_sdk.server import Listener, port_range
from packer_sdk.testing import PluginProcess, RecordingHook, RecordingUi, client_of
from packer_sdk.threads import spawn
from packer_sdk.wire import handshake
from packer_sdk.wire.forms import decode_spec

COOKIE = {handshake.MAGIC_COOKIE_NAME: handshake.MAGIC_COOKIE_VALUE}
STAMP = r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d"


def is_gone(pid: int, within_s: float = 20) -> bool:
    """Whether the process ends within a time that only a hang exceeds."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        deadline = time.monotonic() + within_s
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            if time.monotonic() > deadline:
                process.kill()
                return False
            time.sleep(0.02)
    return True


@pytest.fixture
def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@pytest.mark.parametrize("cookie", [None, "", "wrong"])
def test_started_by_a_person_it_says_so_and_exits(cookie: str | None) -> None:
    environment = {**os.environ, **({handshake.MAGIC_COOKIE_NAME: cookie} if cookie else {})}
    done = subprocess.run(
        wonder.command("builder"), capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "packer starts it when a template needs it" in done.stderr
    assert "\nhint: packer build TEMPLATE; " in done.stderr


def test_the_log_tells_ports_and_address_in_the_order_of_the_seed() -> None:
    process = wonder.process("builder")
    with process:
        pass
    low, high, address = process.log[:3]
    assert re.fullmatch(rf"{STAMP} Plugin minimum port: 10000", low)
    assert re.fullmatch(rf"{STAMP} Plugin maximum port: 25000", high)
    expected = re.escape(process.address.address)
    assert re.fullmatch(rf"{STAMP} Plugin address: unix {expected}", address)


def test_it_ends_by_itself_when_core_is_done() -> None:
    process = wonder.process("builder")
    with process as builder:
        builder.prepare([{}])
        builder.close()
        assert process.process.wait(10) == 0


def test_the_socket_is_in_a_private_folder_and_gone_once_connected() -> None:
    process = wonder.process("builder")
    path = Path(process.start().address)
    assert path.is_socket()
    assert path.parent.stat().st_mode & 0o777 == 0o700
    process.connect()
    builder = process.session.call_client()
    builder.call("Builder.Prepare", {"Configs": None})
    assert not path.parent.exists()
    process.close()


def test_a_second_connection_is_refused() -> None:
    process = wonder.process("builder")
    with process as builder, socket.socket(socket.AF_UNIX) as sock:
        builder.prepare([{}])
        with pytest.raises(FileNotFoundError):
            sock.connect(process.address.address)


def test_tcp_takes_the_first_free_port_of_the_loopback(free_port: int) -> None:
    environment = {
        "PACKER_PLUGIN_TRANSPORT": "tcp",
        "PACKER_PLUGIN_MIN_PORT": str(free_port),
        "PACKER_PLUGIN_MAX_PORT": str(free_port),
    }
    process = wonder.process("builder", environment)
    with process as builder:
        assert process.address.network == "tcp"
        assert process.address.address == f"127.0.0.1:{free_port}"
        assert builder.prepare([{}]).generated == ("WonderSize",)


def test_tcp_when_a_port_is_taken_takes_the_next() -> None:
    with Listener.open({"PACKER_PLUGIN_TRANSPORT": "tcp"}) as first:
        low = first.address.rpartition(":")[2]
        environment = {"PACKER_PLUGIN_TRANSPORT": "tcp", "PACKER_PLUGIN_MIN_PORT": low}
        with Listener.open(environment) as second:
            assert int(second.address.rpartition(":")[2]) > int(low)


def test_tcp_when_every_port_is_taken_says_so() -> None:
    with Listener.open({"PACKER_PLUGIN_TRANSPORT": "tcp"}) as first:
        port = first.address.rpartition(":")[2]
        environment = {
            "PACKER_PLUGIN_TRANSPORT": "tcp",
            "PACKER_PLUGIN_MIN_PORT": port,
            "PACKER_PLUGIN_MAX_PORT": port,
        }
        process = wonder.process("builder", environment)
        with pytest.raises(RemoteProtocolError, match=f"no free port for the plugin: {port}"):
            process.start()


def test_port_range_when_no_number_names_the_variable() -> None:
    assert port_range({}) == (10000, 25000)
    for text in ("x", "-1", "0", "65536", "1.5"):
        with pytest.raises(ComponentError, match=f"PACKER_PLUGIN_MAX_PORT is no port: {text}"):
            port_range({"PACKER_PLUGIN_MAX_PORT": text})


def test_a_long_temporary_folder_is_passed_over(tmp_path: Path) -> None:
    long = tmp_path / ("x" * 90)
    long.mkdir()
    with Listener.open({"TMPDIR": str(long)}) as listener:
        assert not listener.address.startswith(str(long))
        assert Path(listener.address).is_socket()


def test_a_short_temporary_folder_is_used() -> None:
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as folder,
        Listener.open({"TMPDIR": folder}) as listener,
    ):
        assert listener.address.startswith(folder)


def test_a_core_that_stops_listening_to_stdout_once_connected_is_served(tmp_path: Path) -> None:
    process = subprocess.Popen(
        wonder.command("builder", "--protobuf"),
        env={**os.environ, **COOKIE},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process, socket.socket(socket.AF_UNIX) as sock:
        assert process.stdout
        sock.connect(handshake.parse_line(process.stdout.readline()).address)
        process.stdout.close()
        with Session(sock, client=True) as session:
            builder = client_of("builder", session)
            time.sleep(2.5)  # longer than the plugin looks twice
            assert builder.prepare([{}]).generated == ("WonderSize",)
        assert process.wait(20) == 0


def test_accept_when_nobody_comes_removes_the_socket() -> None:
    listener = Listener.open({})
    with pytest.raises(ComponentError, match=r"packer did not connect within 0.05 s"):
        listener.accept(0.05)
    assert not Path(listener.address).parent.exists()


def test_prints_at_import_and_in_calls_are_log_lines() -> None:
    process = wonder.process("builder", {"WONDER_NOISE": "1"})
    with process as builder:
        builder.prepare([{"do": "noise"}])
        assert builder.run(RecordingUi(), RecordingHook(), CancelToken()).id == "w-1"
    for where in ("at import", "in a call"):
        for who in ("Python", "C", "a child"):
            assert f"noise of {who} {where}" in process.log


def test_a_script_of_ones_own_serves_its_class() -> None:
    command = [sys.executable, str(wonder.FOLDER / "by_hand.py"), "--protobuf"]
    process = PluginProcess(command, "builder", environment={"PYTHONUNBUFFERED": ""})
    ui = RecordingUi()
    with process as builder:
        builder.prepare([{"text": "by hand"}])
        assert builder.run(ui, RecordingHook(), CancelToken()) is None
    assert ui.said == ["by hand"]
    assert "printed before anything was served" in process.log


@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor", "datasource"])
def test_the_schema_is_the_same_with_the_flag_and_in_gob_without(kind: str) -> None:
    specs = {}
    for flags in ([], ["--protobuf"]):
        with PluginProcess(wonder.command(kind, *flags), kind) as component:
            specs[len(flags)] = decode_spec(component.config_spec(), protobuf=bool(flags))
    assert specs[0] == specs[1]
    assert set(specs[0].attributes) == {"do", "text"}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "builder wonder is not where its entry point says: wonder:WonderMissing"),
        ("mistaken", "not a builder: WonderDatasource .it is a datasource."),
    ],
)
def test_a_component_that_cannot_be_served_says_why(kind: str, reason: str) -> None:
    process = PluginProcess(wonder.command(kind), kind)
    with pytest.raises(RemoteProtocolError, match=f"no handshake line; it said: .*{reason}"):
        process.start()
    assert process.process.returncode == 1


def test_ctrl_c_and_a_polite_kill_are_not_for_us() -> None:
    process = wonder.process("builder")
    with process as builder:
        builder.prepare([{}])
        for number in (signal.SIGINT, signal.SIGTERM):
            process.process.send_signal(number)
        assert builder.run(RecordingUi(), RecordingHook(), CancelToken()).id == "w-1"
    assert process.process.returncode == 0


def test_programs_it_starts_can_be_ended_politely(tmp_path: Path) -> None:
    script = tmp_path / "child_plugin.py"
    script.write_text(
        textwrap.dedent("""
            import subprocess, sys
            from packer_sdk import Builder, config, field, plugin

            @config
            class Nothing:
                text: str = field(doc="Nothing.", default="")

            class Starter(Builder[Nothing]):
                def run(self, config, ui, hook, cancel):
                    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
                    child.terminate()
                    ui.say(str(child.wait(30)))

            plugin.register_builder(Starter)
        """)
    )
    ui = RecordingUi()
    with PluginProcess([sys.executable, str(script)], "builder") as builder:
        builder.prepare([{}])
        builder.run(ui, RecordingHook(), CancelToken())
    assert ui.said == ["-15"]


def test_losing_core_cancels_what_runs_and_lets_it_clean_up() -> None:
    process, ui, waiting = wonder.process("builder"), RecordingUi(), threading.Event()

    class WaitingUi(RecordingUi):
        def say(self, message: str) -> None:
            waiting.set()

    with process as builder:
        builder.prepare([{"do": "wait"}])
        running = spawn("run", _run_lost, builder, WaitingUi())
        assert waiting.wait(30)
        process.session.close()
        assert process.process.wait(20) == 0
        running.join()
    assert ui.said == []


def _run_lost(builder: object, ui: RecordingUi) -> None:
    with pytest.raises(ConnectionLost):
        builder.run(ui, RecordingHook(), CancelToken())  # type: ignore[attr-defined] # a client


def test_hung_code_of_an_author_does_not_outlive_core_for_long() -> None:
    process, hanging = wonder.process("builder"), threading.Event()

    class WaitingUi(RecordingUi):
        def say(self, message: str) -> None:
            hanging.set()

    with process as builder:
        builder.prepare([{"do": "hang"}])
        running = spawn("run", _run_lost, builder, WaitingUi())
        assert hanging.wait(30)
        process.session.close()
        assert process.process.wait(20) == 0
        running.join()
    assert any("still running 5.0 s after the end: ['Builder.Run']" in line for line in process.log)


CORE = """
import os, sys, threading, time
sys.path.insert(0, {tests!r})
from helpers import wonder
from packer_sdk.cancel import CancelToken
from packer_sdk.testing import RecordingHook, RecordingUi
phase = sys.argv[1]

class Ui(RecordingUi):
    def say(self, message):
        # A little later, so that the plugin has its answer and does what it is to do.
        announce = ["ready", process.process.pid]
        threading.Timer(0.3, print, announce, {{"flush": True}}).start()

process = wonder.process("builder", {{"WONDER_SLOW": "1"}} if phase == "loading" else None)
if phase == "loading":
    threading.Thread(target=process.start, daemon=True).start()
    while not hasattr(process, "process"):
        time.sleep(0.01)
    print("ready", process.process.pid, flush=True)
    time.sleep(60)
process.start()
if phase == "listening":
    print("ready", process.process.pid, process.address.address, flush=True)
    time.sleep(60)
process.connect()
from packer_sdk.testing import client_of
builder = client_of("builder", process.session)
builder.prepare([{{"do": phase}}])
if phase == "idle":
    print("ready", process.process.pid, flush=True)
    time.sleep(60)
builder.run(Ui(), RecordingHook(), CancelToken())
"""


@pytest.mark.parametrize("phase", ["loading", "listening", "idle", "wait", "hang"])
def test_a_plugin_whose_core_is_killed_is_gone_in_every_phase(phase: str) -> None:
    script = CORE.format(tests=str(Path(wonder.__file__).parent.parent))
    with subprocess.Popen(
        [sys.executable, "-c", script, phase], stdout=subprocess.PIPE, text=True
    ) as core:
        assert core.stdout
        word, pid, *address = core.stdout.readline().split()
        core.kill()
    assert word == "ready"
    assert is_gone(int(pid))
    assert not any(Path(path).exists() for path in address)
