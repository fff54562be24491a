from __future__ import annotations

import json
import os
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

from packer_core import processes
from packer_core.journal import RunJournal, read
from packer_core.leftovers import clean, dead_runs, look, sweep
from packer_sdk.environment import MARK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# Tests of other workers look for what carries the mark of theirs, and kill it.
OUR_MARK = f"of-test-{os.getpid()}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def killed(folder: Path, name: str = "u") -> RunJournal:
    """A journal whose run did not end in order, and whose core is gone."""
    journal = RunJournal.begin(folder, name)
    lines = journal.path.read_text().splitlines()
    head = {**json.loads(lines[0]), "started": 1}
    journal.path.write_text("\n".join([json.dumps(head), *lines[1:], ""]))
    return journal


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    environ = {**os.environ, MARK: f"{OUR_MARK}.1"}
    with subprocess.Popen(["sleep", "600"], env=environ, process_group=0) as child:
        yield child
        child.kill()


def test_folders_and_sockets_of_a_dead_run_are_removed(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "packer-1"
    (home / "deep").mkdir(parents=True)
    lonely = tmp_path / "packer-plugin-2"
    lonely.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(lonely / "plugin"))
    journal = killed(folder)
    journal.coming("folder", str(home))
    journal.there("socket", str(lonely / "plugin"))
    journal.close(keep=True)
    with dead_runs(folder) as runs:
        [run] = runs
        assert run.paths == (home, lonely / "plugin")
        assert clean(run) == []
    assert not home.exists()
    assert not lonely.exists()
    assert list(folder.iterdir()) == []


def test_what_is_something_else_by_now_is_left_alone(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path)
    journal = killed(folder)
    for name in ("file", "link", "gone"):
        journal.coming("folder", str(tmp_path / name))
    journal.there("socket", str(tmp_path / "file"))
    journal.there("socket", str(tmp_path))
    journal.close(keep=True)
    assert sweep(folder) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "journal", "link"]


def test_a_run_that_lives_is_no_dead_run(folder: Path) -> None:
    held = RunJournal.begin(folder, "held")
    unlocked = RunJournal.begin(folder, "unlocked")
    unlocked.close(keep=True)  # its core is this very process, which lives
    with dead_runs(folder) as runs:
        assert list(runs) == []
    held.close()


def test_processes_are_killed_by_number_and_start(
    folder: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    process = processes.find(sleeper.pid)
    assert process is not None
    journal = killed(folder)
    journal.coming("process", "m.1", label="packer-builder-x")
    journal.there("process", "m.1", pid=process.pid, started=process.started)
    journal.close(keep=True)
    assert sweep(folder) == 1
    assert sleeper.poll() is None
    with dead_runs(folder) as runs:
        [run] = runs
        assert run.running == (("packer-builder-x", process),)
        assert clean(run) == []
    assert sleeper.wait(10) == -9
    assert sweep(folder) == 0


def test_a_stranger_with_the_same_number_is_spared(
    folder: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    process = processes.find(sleeper.pid)
    assert process is not None
    journal = killed(folder)
    journal.there("process", "m.1", pid=process.pid, started=process.started - 1)
    journal.close(keep=True)
    assert sweep(folder) == 0
    assert sleeper.poll() is None


def test_after_a_reboot_nothing_is_killed(
    folder: Path, tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    process = processes.find(sleeper.pid)
    assert process is not None
    journal = killed(folder)
    journal.there("process", "m.1", pid=process.pid, started=process.started)
    journal.coming("folder", str(tmp_path / "left"))
    journal.close(keep=True)
    text = journal.path.read_text().replace(processes.boot(), "another-boot")
    journal.path.write_text(text)
    (tmp_path / "left").mkdir()
    assert sweep(folder) == 0
    assert sleeper.poll() is None
    assert not (tmp_path / "left").exists()


def test_what_left_its_group_is_found_by_its_mark(
    folder: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    journal = killed(folder)
    text = journal.path.read_text().replace(journal.mark, OUR_MARK)
    journal.path.write_text(text)
    journal.close(keep=True)
    run = look(read(journal.path))
    assert [process.pid for _, process in run.running] == [sleeper.pid]
    assert clean(run) == []
    assert sleeper.wait(10) == -9


def test_a_folder_that_cannot_be_removed_is_told_and_remembered(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left"
    left.mkdir()
    journal = killed(folder)
    journal.coming("folder", str(left))
    journal.close(keep=True)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 0:1 / {left}/mnt rw - tmpfs tmpfs rw\n")
    monkeypatch.setattr("packer_sdk.trees._MOUNTS", str(mounts))
    with dead_runs(folder) as runs:
        [trouble] = clean(next(runs))
    assert trouble.startswith(f"cannot remove {left}: not deleted, because something is mounted")
    assert left.exists()
    assert journal.path.exists()


def test_an_unreadable_journal_of_nobody_is_forgotten(folder: Path) -> None:
    folder.mkdir()
    (folder / "x.jsonl").write_bytes(b"\xff{")
    assert sweep(folder) == 0
    assert list(folder.iterdir()) == []


def test_artifacts_in_the_making_are_told(folder: Path) -> None:
    journal = killed(folder)
    journal.coming("artifact", "null.a")
    journal.coming("artifact", "null.b")
    journal.there("artifact", "null.b", made=True)
    journal.close(keep=True)
    assert look(read(journal.path)).artifacts == (("null.a", False), ("null.b", True))
