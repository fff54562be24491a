from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from packer_core import processes
from packer_core.processes import Process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")


def test_a_process_is_known_by_number_and_start() -> None:
    me = processes.find(os.getpid())
    assert me is not None
    assert me.alive
    assert not Process(me.pid, me.started + 1).alive
    assert processes.find(2**22 + 1) is None


def test_a_zombie_is_no_process() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert processes.find(child.pid) is None


def test_kill_kills_it_and_tells_so() -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        process = processes.find(child.pid)
        assert process is not None
        assert process.kill()
        assert child.wait(10) == -signal.SIGKILL
    assert not process.kill()


def test_kill_spares_another_process_of_the_same_number() -> None:
    with subprocess.Popen(["sleep", "600"]) as child:
        process = processes.find(child.pid)
        assert process is not None
        assert not Process(process.pid, process.started - 1).kill()
        assert child.poll() is None
        child.kill()


def test_in_group_finds_the_group_of_a_leader_that_lives() -> None:
    with subprocess.Popen(["sh", "-c", "sleep 600 & echo; wait"], process_group=0, stdout=-1) as sh:
        assert sh.stdout is not None
        sh.stdout.readline()
        leader = processes.find(sh.pid)
        assert leader is not None
        members = processes.in_group(leader)
        assert leader in members
        assert len(members) == 2
        assert processes.in_group(Process(leader.pid, leader.started + 1)) == []
        os.killpg(sh.pid, signal.SIGKILL)


def test_with_variable_finds_what_inherited_it() -> None:
    mark = f"test-{os.getpid()}"  # other workers run this, too
    environ = {**os.environ, "PACKER_PLUGIN_MARK": f"{mark}.1"}
    with subprocess.Popen(["sleep", "600"], env=environ, start_new_session=True) as child:
        found = processes.find(child.pid)
        assert processes.with_variable("PACKER_PLUGIN_MARK", f"{mark}.1") == [found]
        assert processes.with_variable("PACKER_PLUGIN_MARK", f"{mark}.", prefix=True) == [found]
        assert processes.with_variable("PACKER_PLUGIN_MARK", f"{mark}.") == []
        assert processes.with_variable("PLUGIN_MARK", f"{mark}.1") == []
        child.kill()


def test_the_boot_and_the_world_have_names() -> None:
    assert len(processes.boot()) == 36
    assert processes.namespace().startswith("pid:[")
