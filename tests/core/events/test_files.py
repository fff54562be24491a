from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from packer_core.events import files
from packer_core.events.files import is_written, kept_files, open_file, open_kept, run_of
from packer_sdk.errors import PackerError
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path


def never(text: str) -> None:
    raise AssertionError(text)


def test_a_file_is_emptied_and_has_each_line_at_once(tmp_path: Path) -> None:
    path = tmp_path / "e"
    path.write_text("old")
    file = open_file(str(path), never)
    file.write("build-started", b"1\n")
    assert path.read_bytes() == b"1\n"
    file.close()
    file.close()
    file.write("build-started", b"2\n")
    assert path.read_bytes() == b"1\n"


def test_standard_output_is_refused() -> None:
    with pytest.raises(PackerError, match="cannot go to standard output") as caught:
        open_file("-", never)
    assert caught.value.reference == "events-unwritable"


@pytest.mark.parametrize("name", ["none/e", "folder", "file/e"])
def test_what_cannot_be_written_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(PackerError, match="events cannot be written") as caught:
        open_file(str(tmp_path / name), never)
    assert caught.value.hint


def test_a_named_pipe_waits_for_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = spawn("test", lambda: read.append(path.read_bytes()))
    file = open_file(str(path), never)
    line = b"x" * 200_000 + b"\n"  # more than a pipe holds
    file.write("output", line)
    file.close()
    reader.join()
    assert read == [line]


def test_a_named_pipe_that_nobody_reads_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "READER_PATIENCE_S", 0.05)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PackerError, match="nobody reads the pipe"):
        open_file(str(tmp_path / "pipe"), never)


def test_a_full_disk_is_one_warning() -> None:
    said: list[str] = []
    file = open_file("/dev/full", said.append)
    for _ in range(3):
        file.write("output", b"line\n")
        file.warn()
    file.close()
    assert said == [
        (
            "Warning: events are no longer written to /dev/full: No space left on device."
            " The run goes on."
        )
    ]


def test_a_reader_that_goes_away_is_one_warning(tmp_path: Path) -> None:
    path, said = tmp_path / "pipe", list[str]()
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    file = open_file(str(path), said.append)
    os.close(reader)
    file.write("output", b"line\n")
    file.warn()
    file.write("output", b"line\n")
    file.warn()
    assert len(said) == 1
    assert "Broken pipe" in said[0]


def test_a_reader_that_sleeps_does_not_stop_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "READER_PATIENCE_S", 0.05)
    path, said = tmp_path / "pipe", list[str]()
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    file = open_file(str(path), said.append)
    file.write("output", b"x" * 1_000_000)
    file.warn()
    os.close(reader)
    assert len(said) == 1
    assert "nobody reads it" in said[0]


# --- what is kept


def test_a_kept_run_is_for_its_user_alone(tmp_path: Path) -> None:
    file = open_kept(tmp_path / "data" / "runs", "abc-def", never)
    assert file is not None
    [path] = kept_files(tmp_path / "data" / "runs")
    assert run_of(path) == "abc-def"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    file.close()


def test_the_last_twenty_runs_are_kept(tmp_path: Path) -> None:
    for number in range(25):
        file = open_kept(tmp_path, f"run-{number}", never)
        assert file is not None
        file.close()
    assert [run_of(path) for path in kept_files(tmp_path)] == [
        f"run-{number}" for number in range(24, 4, -1)
    ]


def test_a_run_that_goes_on_is_not_deleted(tmp_path: Path) -> None:
    long = open_kept(tmp_path, "long", never)
    assert long is not None
    for number in range(22):
        file = open_kept(tmp_path, f"run-{number}", never)
        assert file is not None
        file.close()
    oldest = kept_files(tmp_path)[-1]
    assert run_of(oldest) == "long"
    assert is_written(oldest)
    long.close()
    assert not is_written(oldest)


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for number in range(22):
        file = open_kept(tmp_path, str(number), never)
        assert file is not None
        file.close()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_kept_run_is_bounded_but_for_what_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_BYTES", 100)
    file = open_kept(tmp_path, "a", never)
    assert file is not None
    for _ in range(10):
        file.write("output", b"o" * 29 + b"\n")
        file.write("progress", b"p" * 29 + b"\n")
    file.write("call-started", b"c" * 99 + b"\n")
    file.write("output", b"z\n")
    file.write("run-finished", b"f\n")
    file.close()
    [path] = kept_files(tmp_path)
    text = path.read_text()
    assert text.count("\n") == 5
    assert text.endswith("c\nf\n")


def test_no_place_for_runs_is_nobodys_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert open_kept(tmp_path / "file" / "runs", "a", never) is None
    assert kept_files(tmp_path / "none") == []
    assert not is_written(tmp_path / "none")
