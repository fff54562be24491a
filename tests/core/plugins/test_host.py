from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.waiting import wait_until
from packer_core.errors import PluginCrashed
from packer_core.plugins.catalog import Component
from packer_core.plugins.discovery import bundled_components
from packer_core.plugins.fleet import Fleet
from packer_core.plugins.host import Host, Hosted
from packer_core.plugins.host_process import FLAG
from packer_sdk.cancel import CancelToken
from packer_sdk.testing import RecordingHook, RecordingUi
from packer_sdk.wire import handshake

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = (sys.executable, "-m", "packer_core")
BUNDLED = {str(one): one for one in bundled_components(COMMAND)}
NULL, SHELL_LOCAL = BUNDLED["builder null"], BUNDLED["provisioner shell-local"]
ENVIRON = {**os.environ, **handshake.environment()}


@pytest.fixture
def host() -> Iterator[Host]:
    host = Host.start(COMMAND, os.environ)
    assert host is not None
    try:
        yield host
    finally:
        host.stop()


def of_the_host() -> psutil.Process:
    return next(one for one in psutil.Process().children() if FLAG in one.cmdline())


def test_a_fork_is_a_process_of_its_own_and_called_after_its_component(host: Host) -> None:
    hosted = host.fork(NULL, ENVIRON)
    assert hosted is not None
    with hosted.stdout, hosted.stderr:
        assert hosted.stdout.readline().startswith(b"5|0|unix|")
        process = psutil.Process(hosted.pid)
        assert process.ppid() == of_the_host().pid
        assert os.getpgid(hosted.pid) == hosted.pid
        words = [word for word in process.cmdline() if word]
        assert tuple(words[-3:]) == NULL.command[-3:]
        assert hosted.poll() is None
        os.kill(hosted.pid, signal.SIGSEGV)
        assert hosted.wait() == -signal.SIGSEGV
        assert hosted.poll() == -signal.SIGSEGV


def test_each_fork_has_the_environment_it_was_given_and_no_other(host: Host) -> None:
    given = {"PATH": os.environ["PATH"], "ODD": "\udcff=\n", "LONG": "x" * 300_000}
    script = 'printf %s "$ODD" | od -An -tx1; echo ${#LONG}; echo "${HOME-nothing}"'
    ui = RecordingUi()
    with Fleet(given, host=host) as fleet:
        provisioner = fleet.provisioner(SHELL_LOCAL, "a")
        # A variable of its own is longer than one word of a command line may be.
        provisioner.prepare([{"inline": ["unset LONG; true"]}])
        assert psutil.Process(provisioner.process.pid).ppid() == of_the_host().pid
        given["LONG"] = "xyz"
        second = Fleet(given, host=host).provisioner(SHELL_LOCAL, "b")
        second.prepare([{"inline": [script]}])
        second.provision(ui, None, {}, CancelToken())
        second.stop()
    said = [line.strip() for text in ui.said for line in text.splitlines()]
    assert said[-3:] == ["ff 3d 0a", "3", "nothing"]


def test_two_forks_do_not_hold_each_others_pipes(host: Host) -> None:
    first, second = host.fork(NULL, ENVIRON), host.fork(NULL, ENVIRON)
    assert first is not None
    assert second is not None
    with first.stdout, first.stderr, second.stdout, second.stderr:
        assert first.pid != second.pid
        os.kill(first.pid, signal.SIGKILL)
        first.stdout.readline()
        assert first.stdout.read() == b""  # the end, though the second one still runs
        assert first.wait() == -signal.SIGKILL
        assert second.poll() is None
        os.kill(second.pid, signal.SIGKILL)
        second.wait()


def test_what_no_component_is_says_so_and_fails(host: Host) -> None:
    unknown = Component(
        kind="builder",
        name="nosuch",
        argv=(*COMMAND, "plugin", "packer-builder-nosuch"),
        source="bundled",
        path=Path(COMMAND[0]),
    )
    hosted = host.fork(unknown, ENVIRON)
    assert hosted is not None
    with hosted.stdout, hosted.stderr:
        assert b"no such component comes with packer: packer-builder-nosuch" in hosted.stderr.read()
        assert hosted.wait() == 1


def test_when_the_host_is_killed_its_forks_are_gone_and_the_next_one_is_started_alone(
    host: Host,
) -> None:
    with Fleet(os.environ, host=host) as fleet:
        first = fleet.builder(NULL, "a")
        assert psutil.Process(first.process.pid).ppid() == of_the_host().pid
        of_the_host().kill()
        wait_until(lambda: not psutil.pid_exists(first.process.pid))
        with pytest.raises(PluginCrashed, match="was killed by SIGKILL"):
            first.prepare([{}])
        second = fleet.builder(NULL, "b")
        assert psutil.Process(second.process.pid).ppid() == os.getpid()
        second.prepare([{"communicator": "none"}])
        assert second.run(RecordingUi(), RecordingHook(), CancelToken()) is not None


def test_a_fleet_with_a_host_leaves_nothing(host: Host) -> None:
    with Fleet(os.environ, host=host) as fleet:
        builders = [fleet.builder(NULL, str(number)) for number in range(5)]
        for builder in builders:
            builder.prepare([{"communicator": "none"}])
            builder.run(RecordingUi(), RecordingHook(), CancelToken())
        assert len(of_the_host().children()) == 5
    assert of_the_host().children() == []


def test_without_forks_there_is_no_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "fork")
    assert Host.start(COMMAND, os.environ) is None


def test_a_host_that_cannot_be_started_is_none() -> None:
    assert Host.start(("/nonexistent/packer",), os.environ) is None


def test_a_host_without_core_ends() -> None:
    script = (
        "import os, sys\n"
        "from packer_core.plugins.host import Host\n"
        "host = Host.start((sys.executable, '-m', 'packer_core'), os.environ)\n"
        "print(host._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    core = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    pid = int(core.stdout)
    wait_until(lambda: not psutil.pid_exists(pid))


def test_end_of_a_fork_is_waited_for_no_longer_than_asked() -> None:
    hosted = Hosted(1, io.BytesIO(), io.BytesIO())
    assert not hosted.ended_within(0)
    hosted.ended(3)
    assert hosted.ended_within(None)
    assert hosted.wait() == 3
