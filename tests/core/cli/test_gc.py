from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli.commands.gc import COMMAND
from packer_core.journal import RunJournal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def gc(data: Path, *words: str, status: int = 0) -> str:
    stream = io.StringIO()
    app = App({"PACKER_DATA_DIR": str(data), "HOME": str(data)}, stream=stream)
    assert COMMAND.start(app, words) == status
    return stream.getvalue()


def killed(data: Path, left: Path) -> RunJournal:
    journal = RunJournal.begin(data / "journal", "u")
    head = {**json.loads(journal.path.read_text()), "started": 1, "time": "now", "pid": 7}
    journal.path.write_text(json.dumps(head) + "\n")
    journal.coming("folder", str(left))
    journal.coming("artifact", "null.a")
    journal.close(keep=True)
    left.mkdir()
    return journal


def test_gc_says_that_there_is_nothing(data: Path) -> None:
    assert gc(data) == "Nothing was left behind.\n"
    assert not data.exists()


def test_gc_says_what_it_does(data: Path, tmp_path: Path) -> None:
    left = tmp_path / "left"
    killed(data, left)
    assert gc(data) == (
        "the run of now (pid 7) was killed:\n"
        f"  removed: {left}\n"
        "  build null.a was at work: look whether it has left something elsewhere\n"
    )
    assert not left.exists()
    assert gc(data) == "Nothing was left behind.\n"


def test_a_dry_run_does_nothing(data: Path, tmp_path: Path) -> None:
    left = tmp_path / "left"
    journal = killed(data, left)
    assert f"  would be removed: {left}\n" in gc(data, "-dry-run")
    assert left.exists()
    assert journal.path.exists()


def test_what_cannot_be_done_is_an_error(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "left"
    killed(data, left)
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 1 0:1 / {left}/mnt rw - tmpfs tmpfs rw\n")
    monkeypatch.setattr("packer_sdk.trees._MOUNTS", str(mounts))
    said = gc(data, status=1)
    assert f"  to be removed: {left}\n" in said
    assert f"  cannot remove {left}: not deleted" in said


def test_a_run_that_left_only_its_journal_is_told(data: Path, tmp_path: Path) -> None:
    journal = RunJournal.begin(data / "journal", "u")
    journal.close(keep=True)
    journal.path.write_text("")
    assert "it has left nothing but its journal\n" in gc(data)
