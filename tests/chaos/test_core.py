"""Core itself is interrupted, killed, cut off from its terminal and left without a disk."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import termios
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from chaos.conftest import GUARD_S, packer, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaos.conftest import Arena

CTRL_C = b"\x03"

PHASES = ("spawn", "prepare", "run", "upload", "post-process")
"""Where a plugin waits while core is harmed."""

PREPARING = ("spawn", "prepare")


@dataclass
class Terminal:
    """A pseudo-terminal with packer in its foreground, as when a person has started it."""

    arena: Arena
    master: int
    child: subprocess.Popen[bytes]
    text: str = ""

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def says(self, text: str) -> None:
        """Wait until it is on the screen."""
        wait_until(lambda: text in self._read() or self.child.poll() is not None, text)
        assert text in self._read()

    def end(self) -> int:
        """Wait for the end of packer, and return its status."""
        wait_until(lambda: (self._read(), self.child.poll())[1] is not None, "the end of packer")
        self._read()
        return self.child.returncode

    def close(self) -> None:
        """Close the window."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    def _read(self) -> str:
        if self.master >= 0:
            with contextlib.suppress(OSError):  # nothing new, or nobody has it open any more
                self.text += os.read(self.master, 65536).decode("utf-8", "replace")
        return self.text


def in_terminal(arena: Arena, chaos: str) -> Terminal:
    """Start a build as the foreground process group of a terminal of its own."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)

    def take_terminal() -> None:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    child = subprocess.Popen(
        [*packer(), "build", str(arena.template())],
        cwd=arena.folder,
        env={**arena.environ, "CHAOS": chaos, "CHAOS_MARK": str(arena.folder / "mark")},
        stdin=slave,
        stdout=slave,
        stderr=slave,
        preexec_fn=take_terminal,  # noqa: PLW1509 - there are no other threads here
    )
    os.close(slave)
    return Terminal(arena, master, child)


@pytest.fixture
def terminals(arena: Arena) -> Iterator[list[Terminal]]:
    made: list[Terminal] = []
    yield made
    for terminal in made:
        terminal.close()
        terminal.child.kill()
        terminal.child.wait(GUARD_S)


def opened(arena: Arena, terminals: list[Terminal], phase: str, deed: str) -> Terminal:
    terminals.append(in_terminal(arena, f"{phase}:{deed}"))
    wait_until((arena.folder / "mark").exists, phase)
    if phase not in PREPARING:
        terminals[-1].says("Build 'healthy' finished")
    return terminals[-1]


@pytest.mark.parametrize("phase", PHASES)
def test_ctrl_c_at_a_terminal(arena: Arena, terminals: list[Terminal], phase: str) -> None:
    terminal = opened(arena, terminals, phase, "wait")
    terminal.type(CTRL_C)
    assert terminal.end() == 1
    assert "Cancelling build after receiving interrupt" in terminal.text
    if phase not in PREPARING:
        assert "Build 'chaos.broken' was cancelled" in terminal.text
        assert "the thing of packer-post-processor-healthy" in terminal.text
    arena.assert_nothing_left()


@pytest.mark.parametrize("phase", PHASES)
def test_ctrl_c_twice_at_a_terminal(arena: Arena, terminals: list[Terminal], phase: str) -> None:
    terminal = opened(arena, terminals, phase, "hang")
    terminal.type(CTRL_C)
    terminal.says("Cancelling build")
    terminal.type(CTRL_C)
    assert terminal.end() == 1
    assert "this is a bug" not in terminal.text
    arena.assert_nothing_left()


@pytest.mark.parametrize("phase", PHASES)
def test_a_terminal_that_is_closed(arena: Arena, terminals: list[Terminal], phase: str) -> None:
    terminal = opened(arena, terminals, phase, "wait")
    terminal.close()
    assert terminal.end() == 1
    arena.assert_nothing_left()


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_signal_to_core(arena: Arena, phase: str, number: signal.Signals) -> None:
    run = arena.start(chaos=f"{phase}:wait")
    run.reached()
    run.signal(number)
    ended = run.end()
    assert ended.status == 1
    assert "Cancelling build after receiving" in ended.text
    assert "this is a bug" not in ended.text
    arena.assert_nothing_left()


@pytest.mark.parametrize("deed", ["wait", "hang"])
@pytest.mark.parametrize("phase", PHASES)
def test_core_is_killed(arena: Arena, phase: str, deed: str) -> None:
    run = arena.start(chaos=f"{phase}:{deed}")
    run.reached()
    run.signal(signal.SIGKILL)
    assert run.end().status == -signal.SIGKILL
    wait_until(lambda: phase == "spawn" or not arena.processes(), "the plugins to notice")
    assert arena.start("gc").end().status == 0
    if phase != "spawn":  # there is nothing of ours in a program that has not got so far
        arena.assert_nothing_left()


@pytest.mark.parametrize("redirected", ["2>/dev/null", "2>&1"])
@pytest.mark.parametrize("log", ["", "1"])
def test_a_reader_that_leaves_does_not_stop_a_build(
    arena: Arena, redirected: str, log: str
) -> None:
    command = " ".join([*packer(), "build", str(arena.template()), redirected])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"],
        cwd=arena.folder,
        env={**arena.environ, "PACKER_LOG": log},
        capture_output=True,
        text=True,
        timeout=GUARD_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    arena.assert_nothing_left()


@pytest.fixture
def full_disk(arena: Arena) -> Iterator[Path]:
    """A disk without a byte to spare."""
    folder = arena.folder.parent / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small tmpfs is not allowed here")
    try:
        with (folder / "full").open("wb") as file:
            while os.write(file.fileno(), bytes(4096)):
                pass
    except OSError:
        pass
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_for_the_log(arena: Arena, full_disk: Path) -> None:
    ended = arena.start(more={"PACKER_LOG_PATH": str(full_disk / "log")}).end()
    assert ended.status == 0, ended.text
    assert ended.text.count("No space left on device") == 1
    assert "Traceback" not in ended.text
    assert "Build 'chaos.broken' finished" in ended.text
    arena.assert_nothing_left()


def test_a_full_disk_for_output(arena: Arena, full_disk: Path) -> None:
    path = arena.template(**{"post-processors": [{"type": "manifest"}]})
    command = " ".join([*packer(), "build", str(path)])
    done = subprocess.run(
        ["bash", "-c", f"{command} > {full_disk / 'output'}"],
        cwd=arena.folder,
        env=arena.environ,
        capture_output=True,
        text=True,
        timeout=GUARD_S,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count("No space left on device") == 1
    assert "Traceback" not in done.stderr
    assert (arena.folder / "packer-manifest.json").exists(), "the builds went on to their end"
    arena.assert_nothing_left()


@pytest.mark.parametrize("name", ["TMPDIR", "PACKER_DATA_DIR", "HOME", "PACKER_CACHE_DIR"])
def test_a_full_disk_for_what_packer_keeps(arena: Arena, full_disk: Path, name: str) -> None:
    ended = arena.start(more={name: str(full_disk)}).end()
    assert ended.status == 0, ended.text
    assert "Traceback" not in ended.text
    arena.assert_nothing_left()


def test_a_full_disk_for_what_is_built(arena: Arena, full_disk: Path) -> None:
    source = {"type": "file", "content": "x" * 100_000, "target": str(full_disk / "image")}
    healthy = {"name": "healthy", "type": "healthy"}
    path = arena.template(builders=[source, healthy], provisioners=[], **{"post-processors": []})
    ended = arena.start("build", str(path)).end()
    assert ended.status == 1, ended.text
    assert "No space left on device" in ended.text
    assert "see PACKER_LOG" not in ended.text
    assert "Build 'healthy' finished" in ended.text
    arena.assert_nothing_left()


def test_core_without_room_for_threads_says_so(arena: Arena) -> None:
    builders = [{"type": "healthy", "name": f"b{number}"} for number in range(60)]
    path = arena.template(builders=builders, provisioners=[], **{"post-processors": []})
    limited = ("bash", "-c", 'ulimit -v 700000; exec "$@"', "bash")
    ended = arena.start("build", str(path), under=limited).end()
    assert ended.status == 1, ended.text
    assert "no further thread" in ended.text or "no memory" in ended.text
    assert "this is a bug" not in ended.text
    arena.assert_nothing_left()


def test_core_without_room_for_descriptors_says_so(arena: Arena) -> None:
    builders = [{"type": "healthy", "name": f"b{number}"} for number in range(30)]
    path = arena.template(builders=builders, provisioners=[], **{"post-processors": []})
    limited = ("bash", "-c", 'ulimit -n 60; exec "$@"', "bash")
    ended = arena.start("build", str(path), under=limited).end()
    assert ended.status == 1, ended.text
    assert "Too many open files" in ended.text
    assert "ulimit -n" in ended.text
    assert "this is a bug" not in ended.text
    arena.assert_nothing_left()


def test_a_low_soft_limit_of_descriptors_is_raised(arena: Arena) -> None:
    builders = [{"type": "healthy", "name": f"b{number}"} for number in range(30)]
    path = arena.template(builders=builders, provisioners=[], **{"post-processors": []})
    limited = ("bash", "-c", 'ulimit -Sn 60; exec "$@"', "bash")
    ended = arena.start("build", str(path), under=limited).end()
    assert ended.status == 0, ended.text
    arena.assert_nothing_left()
