from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import psutil
import pytest

from packer_plugin_oci.chroot import Entrance
from packer_plugin_oci.inside import Root
from packer_sdk import Cancelled, ComponentError, RemoteCommand

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.root

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "GREETING": "hello"}
GUARD_S = 60


@pytest.fixture(params=["best", "chroot"])
def entrance(request: pytest.FixtureRequest, shell_root: Root) -> Iterator[Entrance]:
    """A way in: what this machine allows at best, and what is left without namespaces."""
    if request.param == "chroot" and os.geteuid() != 0:
        pytest.skip("plain chroot needs root")
    modes = None if request.param == "best" else ["chroot"]
    with Entrance(shell_root, ENVIRONMENT, modes=modes) as opened:
        yield opened


def run(entrance: Entrance, command: str, stdin: bytes | None = None) -> tuple[int, str, str]:
    stdout, stderr = io.BytesIO(), io.BytesIO()
    source = None if stdin is None else io.BytesIO(stdin)
    running = entrance.start(RemoteCommand(command, source, stdout, stderr))
    status = running.wait(GUARD_S)
    return status, stdout.getvalue().decode(), stderr.getvalue().decode()


def is_running(mark: str) -> bool:
    found: list[str] = []
    for process in psutil.process_iter(["cmdline"]):
        found += process.info["cmdline"] or []
    return mark in found


def wait_until_gone(mark: str) -> bool:
    deadline = time.monotonic() + GUARD_S
    while is_running(mark) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(mark)


def test_command_has_output_input_and_status_of_its_own(entrance: Entrance) -> None:
    script = 'echo "$GREETING"; echo oops >&2; cat; exit 7'
    assert run(entrance, script, b"typed") == (7, "hello\ntyped", "oops\n")


def test_command_without_input_reads_nothing(entrance: Entrance) -> None:
    assert run(entrance, "cat; pwd") == (0, "/\n", "")


def test_input_nobody_reads_does_not_hold_anybody_up(entrance: Entrance) -> None:
    assert run(entrance, "exit 3", bytes(1 << 20))[0] == 3


def test_a_mebibyte_goes_through_both_ways(entrance: Entrance) -> None:
    status, out, _ = run(entrance, "cat", b"x" * (1 << 20))
    assert (status, len(out)) == (0, 1 << 20)


def test_command_is_root_in_the_image_with_nothing_of_this_environment(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_PRELOAD_NOT", "x")
    status, out, _ = run(entrance, "id -u; echo [$LD_PRELOAD_NOT]; ls /")
    assert status == 0
    assert out.startswith("0\n[]\n")
    assert "home" not in out.split()


def test_command_has_the_devices_every_program_expects(entrance: Entrance) -> None:
    status, out, error = run(
        entrance,
        "echo gone > /dev/null && head -c 3 /dev/zero && head -c 1 /dev/urandom >/dev/null",
    )
    assert (status, out, error) == (0, "\0\0\0", "")


def test_command_that_kills_itself_tells_the_signal(entrance: Entrance) -> None:
    assert run(entrance, "kill -TERM $$; sleep 5")[0] == 128 + signal.SIGTERM


def test_broken_pipe_kills_as_in_any_shell(entrance: Entrance) -> None:
    assert run(entrance, "while echo y; do :; done | head -n 1")[1] == "y\n"


def test_what_a_command_leaves_running_ends_with_it(entrance: Entrance) -> None:
    status, _, _ = run(entrance, "(sleep 8640001 >/dev/null 2>&1 &) ; exit 0")
    assert status == 0
    assert wait_until_gone("8640001")


def test_kill_ends_a_command_with_all_its_children(entrance: Entrance) -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as told, os.fdopen(writer, "wb") as stdout:
        script = "(sleep 8640002 &) ; sleep 8640002 & echo started; sleep 8640002"
        running = entrance.start(RemoteCommand(script, stdout=stdout))
        assert told.readline() == b"started\n"
        with pytest.raises(TimeoutError):
            running.wait(0)
        entrance.kill()
        assert running.wait(GUARD_S) == 128 + signal.SIGKILL
    assert wait_until_gone("8640002")
    with pytest.raises(Cancelled):
        entrance.start(RemoteCommand("true"))


def test_several_commands_run_at_once(entrance: Entrance) -> None:
    commands = []
    for index in range(4):
        out = io.BytesIO()
        command = RemoteCommand(f"sleep 0.1; echo {index}", stdout=out)
        commands.append((index, out, entrance.start(command)))
    for index, out, running in commands:
        assert running.wait(GUARD_S) == 0
        assert out.getvalue() == f"{index}\n".encode()


class Broken(io.BytesIO):
    def write(self, data: object) -> int:
        raise OSError("the listener has gone")


def test_a_listener_that_goes_does_not_hold_the_command_up(entrance: Entrance) -> None:
    sink: BinaryIO = Broken()
    assert entrance.start(RemoteCommand("echo x; exit 4", stdout=sink)).wait(GUARD_S) == 4


def test_output_arrives_while_the_command_runs(entrance: Entrance) -> None:
    in_reader, in_writer = os.pipe()
    out_reader, out_writer = os.pipe()
    with (
        os.fdopen(in_reader, "rb") as stdin,
        os.fdopen(in_writer, "wb", 0) as keyboard,
        os.fdopen(out_reader, "rb", 0) as screen,
        os.fdopen(out_writer, "wb", 0) as stdout,
    ):
        script = "read a; echo got $a; read b; echo got $b"
        running = entrance.start(RemoteCommand(script, stdin, stdout))
        for word in (b"one", b"two"):
            keyboard.write(word + b"\n")
            assert screen.read(100) == b"got " + word + b"\n"
        keyboard.close()
        assert running.wait(GUARD_S) == 0


def test_mount_points_do_not_stay(tmp_path: Path, way_in: str) -> None:
    subprocess.run(["cp", "-a", way_in, tmp_path / "copy"], check=True)
    for name in ("proc", "dev"):
        (tmp_path / "copy" / name).rmdir()
    with Root(str(tmp_path / "copy")) as root, Entrance(root, ENVIRONMENT) as entrance:
        assert run(entrance, "ls -d /dev/null")[0] == 0
    assert not (tmp_path / "copy" / "proc").exists()
    assert not (tmp_path / "copy" / "dev").exists()


def test_links_in_place_of_mount_points_are_not_followed(tmp_path: Path, way_in: str) -> None:
    subprocess.run(["cp", "-a", way_in, tmp_path / "copy"], check=True)
    target = tmp_path / "target"
    target.mkdir()
    for name in ("proc", "dev"):
        (tmp_path / "copy" / name).rmdir()
        (tmp_path / "copy" / name).symlink_to(target)
    with Root(str(tmp_path / "copy")) as root, Entrance(root, ENVIRONMENT) as entrance:
        assert run(entrance, "true")[0] == 0
    assert list(target.iterdir()) == []


def test_nothing_of_a_mount_reaches_this_machine(shell_root: Root) -> None:
    before = Path("/proc/self/mountinfo").read_text()
    with Entrance(shell_root, ENVIRONMENT) as entrance:
        assert run(entrance, "true")[0] == 0
        assert shell_root.path not in Path("/proc/self/mountinfo").read_text()
    assert len(Path("/proc/self/mountinfo").read_text().splitlines()) == len(before.splitlines())


def test_an_image_without_a_shell_says_what_it_needs(root: Root, way_in: str) -> None:
    with Entrance(root, {}) as entrance, pytest.raises(ComponentError) as caught:
        entrance.start(RemoteCommand("true"))
    assert "/bin/sh: No such file" in str(caught.value)
    assert caught.value.hint
    assert "sh" in caught.value.hint
    assert os.listdir(root.path) == []


def test_commands_die_with_the_plugin(way_in: str) -> None:
    script = (
        "import sys\n"
        "from packer_plugin_oci.chroot import Entrance\n"
        "from packer_plugin_oci.inside import Root\n"
        "from packer_sdk import RemoteCommand\n"
        "entrance = Entrance(Root(sys.argv[1]), {'PATH': '/bin:/usr/bin'})\n"
        "command = '(sleep 8640003 &); echo started; sleep 8640003'\n"
        "entrance.start(RemoteCommand(command, stdout=sys.stdout.buffer)).wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, way_in], stdout=subprocess.PIPE) as plugin:
        assert plugin.stdout is not None
        assert plugin.stdout.readline() == b"started\n"
        assert is_running("8640003")
        plugin.kill()
    assert wait_until_gone("8640003")
