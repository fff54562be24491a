"""Runs that are killed at every moment there is: what they leave behind is gone, or found."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core import processes
from packer_core.journal import journals, read
from packer_sdk.environment import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are told by /proc"),
]

PACKER = [sys.executable, "-P", "-m", "packer_core"]
LEFT_S = 10.0
"""A killed run may leave processes for this long; what is left then is left for ever."""

PLUGIN = """
    import os, time
    from pathlib import Path
    from packer_sdk import *

    def reach(phase):
        if os.environ["PHASE"] == phase:
            Path("reached").touch()
            while True:
                time.sleep(1)

    reach("spawn")

    class Machine:
        def start(self, command):
            raise ComponentError("runs nothing")
        def upload(self, destination, source, *, info=None):
            source.read(1)
            reach("upload")
        upload_dir = download = download_dir = start

    @config
    class Config:
        pass

    class It(Builder[Config]):
        def check(self, config):
            reach("prepare")
            return ()
        def run(self, config, ui, hook, cancel):
            reach("run")
            if os.environ["PHASE"] == "fail":
                Path(os.environ["TMPDIR"], "evidence").touch()
                raise ComponentError("it went wrong")
            hook.run(PROVISION_HOOK, ui, Machine(), {}, cancel)
            return FileArtifact("phases", ["reached"])
"""
STUBBORN = "trap '' TERM HUP INT; touch reached; sleep 600 & wait; sleep 600"


class Work:
    """A working folder with a plugin, a store of its own and short temporary files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.temporary = Path(folder, "t")
        self.temporary.mkdir()
        self.journals = folder / "data" / "journal"
        (folder / "phases.py").write_text(textwrap.dedent(PLUGIN))
        self.program(
            "packer-builder-phases",
            f"#!{sys.executable}\n"
            f"import sys; sys.path.insert(0, {str(folder)!r})\n"
            "from packer_sdk.plugin import start\n"
            "sys.exit(start('builder', 'phases', 'phases:It'))\n",
        )

    def program(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def template(self, builder: str = "phases", **steps: object) -> None:
        content = {"builders": [{"type": builder}], **steps}
        (self.folder / "t.json").write_text(json.dumps(content))

    def environ(self, phase: str) -> dict[str, str]:
        return {
            **os.environ,
            "PHASE": phase,
            "PACKER_DATA_DIR": str(self.folder / "data"),
            "TMPDIR": str(self.temporary),
        }

    @contextmanager
    def building(self, phase: str = "", *flags: str) -> Iterator[subprocess.Popen[bytes]]:
        """A build that has reached its phase."""
        with subprocess.Popen(
            [*PACKER, "build", *flags, "t.json"],
            cwd=self.folder,
            env=self.environ(phase),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as core:
            try:
                wait_for((self.folder / "reached").exists, 60)
                yield core
            finally:
                core.kill()

    def gc(self, *flags: str) -> str:
        done = subprocess.run(
            [*PACKER, "gc", *flags],
            cwd=self.folder,
            env=self.environ(""),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return done.stdout

    @property
    def mark(self) -> str:
        [path] = journals(self.journals)
        return f"{read(path).head['mark']}."

    def sockets(self) -> list[Path]:
        return [path for path in self.temporary.rglob("*") if stat.S_ISSOCK(path.lstat().st_mode)]


def wait_for(condition: Callable[[], object], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def marked(mark: str) -> list[processes.Process]:
    return processes.with_variable(MARK, mark, prefix=True)


@pytest.fixture
def work() -> Iterator[Work]:
    # A short path: where a socket's would be too long, plugins keep the folder of the user.
    with tempfile.TemporaryDirectory(prefix="left-") as folder:
        yield Work(Path(folder))


PHASES: dict[str, tuple[str, dict[str, object]]] = {
    "spawn": ("phases", {}),
    "prepare": ("phases", {}),
    "run": ("phases", {}),
    "upload": (
        "phases",
        {"provisioners": [{"type": "file", "source": "t.json", "destination": "/x"}]},
    ),
    "provision": ("phases", {"provisioners": [{"type": "shell-local", "inline": [STUBBORN]}]}),
    "post-process": (
        "file",
        {"post-processors": [{"type": "shell-local", "inline": [STUBBORN]}]},
    ),
}


@pytest.mark.parametrize("phase", PHASES)
def test_a_killed_run_leaves_no_process_and_no_socket(work: Work, phase: str) -> None:
    builder, steps = PHASES[phase]
    work.template(builder, **steps)
    if builder == "file":
        made = {"builders": [{"type": "file", "content": "x", "target": "made"}], **steps}
        (work.folder / "t.json").write_text(json.dumps(made))
    with work.building(phase) as core:
        mark = work.mark
        assert marked(mark)
        core.kill()
        core.wait()
        assert wait_for(lambda: not marked(mark), LEFT_S), marked(mark)
        assert wait_for(lambda: not work.sockets(), LEFT_S), work.sockets()
    said = work.gc()
    assert "was killed:\n" in said
    assert "removed: " in said
    assert list(work.temporary.iterdir()) == []
    assert list(work.journals.iterdir()) == []
    assert work.gc() == "Nothing was left behind.\n"


def test_the_next_run_removes_what_a_killed_one_has_left(work: Work) -> None:
    work.template()
    with work.building("run") as core:
        mark = work.mark
        core.kill()
        core.wait()
        assert wait_for(lambda: not marked(mark), LEFT_S)
    assert len(list(work.temporary.iterdir())) == 1
    done = subprocess.run(
        [*PACKER, "build", "t.json"], cwd=work.folder, env=work.environ(""), check=False
    )
    assert done.returncode == 0
    assert list(work.temporary.iterdir()) == []
    assert list(work.journals.iterdir()) == []


FOREIGN = """#!/bin/sh
trap '' TERM INT HUP
touch reached
sleep 600 &
while true; do sleep 600; done
"""


def test_a_plugin_that_watches_nobody_is_found_and_killed(work: Work) -> None:
    work.program("packer-builder-foreign", FOREIGN)
    work.template("foreign")
    with work.building() as core:
        mark = work.mark
        core.kill()
        core.wait()
        left = marked(mark)
        assert len(left) >= 3
        dry = work.gc("-dry-run")
        for process in left:
            assert f"would be killed: process {process.pid} (packer-builder-foreign)" in dry
        assert set(left) <= set(marked(mark))
        assert "left processes running: 1. packer gc ends them\n" in next_build(work)
        said = work.gc()
        assert f"killed: process {left[0].pid} (packer-builder-foreign)" in said
        assert marked(mark) == []
    assert list(work.journals.iterdir()) == []


def next_build(work: Work) -> str:
    (work.folder / "n.json").write_text('{"builders": [{"type": "null", "communicator": "none"}]}')
    return subprocess.run(
        [*PACKER, "build", "n.json"],
        cwd=work.folder,
        env=work.environ(""),
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_run_that_lives_is_never_touched(work: Work) -> None:
    work.template("phases", provisioners=[{"type": "shell-local", "inline": [STUBBORN]}])
    with work.building() as core:
        mark = work.mark
        before = marked(mark)
        assert work.gc() == "Nothing was left behind.\n"
        assert set(before) <= set(marked(mark))
        core.send_signal(signal.SIGTERM)
        assert core.wait(60) == 1
        assert marked(mark) == []
    assert list(work.temporary.iterdir()) == []
    assert list(work.journals.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_cleans_up_and_a_second_one_does_not_wait(
    work: Work, number: signal.Signals
) -> None:
    work.template()
    with work.building("run") as core:
        mark = work.mark
        core.send_signal(number)
        assert core.stdout is not None
        while b"Cancelling build after receiving" not in core.stdout.readline():
            assert core.poll() is None
        core.send_signal(signal.SIGINT)
        assert core.wait(60) == 1
        assert marked(mark) == []
    assert list(work.temporary.iterdir()) == []
    assert list(work.journals.iterdir()) == []


def test_a_script_of_a_killed_plugin_goes_with_it(work: Work) -> None:
    work.template("phases", provisioners=[{"type": "shell-local", "inline": [STUBBORN]}])
    with work.building() as core:
        mark = work.mark
        [provisioner] = [
            process
            for process in marked(mark)
            if b"packer-provisioner-shell-local"
            in Path(f"/proc/{process.pid}/cmdline").read_bytes()
        ]
        provisioner.kill()
        assert core.wait(60) == 1
        assert core.stdout is not None
        said = core.stdout.read().decode()
        assert marked(mark) == []
    who = (
        f"packer-provisioner-shell-local (packer-plugin-bundled {version()}) was killed by SIGKILL"
    )
    assert f"{who} during Provision of build 'phases'" in said
    assert list(work.temporary.iterdir()) == []


def version() -> str:
    from packer_core.version import VERSION

    return VERSION


def test_scripts_of_the_user_have_the_folder_for_temporary_files_of_the_user(work: Work) -> None:
    line = 'touch "$TMPDIR/theirs" reached; test -z "$PACKER_RUN_DIR"'
    work.template("phases", provisioners=[{"type": "shell-local", "inline": [line]}])
    with work.building() as core:
        assert core.wait(60) == 0
    assert [path.name for path in work.temporary.iterdir()] == ["theirs"]


@pytest.mark.parametrize(("on_error", "kept"), [("cleanup", 0), ("abort", 1)])
def test_what_a_failed_build_leaves_is_kept_if_that_is_asked_for(
    work: Work, on_error: str, kept: int
) -> None:
    work.template()
    done = subprocess.run(
        [*PACKER, "build", f"-on-error={on_error}", "t.json"],
        cwd=work.folder,
        env=work.environ("fail"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    left = list(work.temporary.iterdir())
    assert len(left) == kept
    for folder in left:
        assert f"Kept because of -on-error=abort: {folder}\n" in done.stdout
        assert [path.name for path in folder.iterdir()] == ["evidence"]
    assert list(work.journals.iterdir()) == []
    assert work.gc() == "Nothing was left behind.\n"
    assert len(list(work.temporary.iterdir())) == kept
