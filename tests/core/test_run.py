from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest

from packer_core.journal import Thing, read
from packer_core.run import Run
from packer_sdk.environment import MARK, RUN_DIR, USER_TMPDIR
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("t")


def begin(folder: Path, tmpdir: Path) -> Run:
    return Run.begin(folder / "journal", {"TMPDIR": str(tmpdir), "PACKER_RUN_UUID": "u"})


def test_a_run_has_a_private_folder_that_its_journal_knows(tmp_path: Path, short: Path) -> None:
    run = begin(tmp_path, short)
    assert run.folder is not None
    assert run.journal is not None
    assert run.folder.parent == short
    assert run.folder.stat().st_mode & 0o777 == 0o700
    assert read(run.journal.path).things == (Thing("folder", str(run.folder)),)
    run.close()
    assert list(short.iterdir()) == []
    assert list((tmp_path / "journal").iterdir()) == []


def test_plugins_get_the_folder_and_a_mark_each(tmp_path: Path, short: Path) -> None:
    run = begin(tmp_path, short)
    marks = [run.next_mark(), run.next_mark()]
    environ = run.environ_for(marks[0])
    assert len(set(marks)) == 2
    assert environ[MARK] == marks[0]
    assert environ["TMPDIR"] == environ[RUN_DIR] == str(run.folder)
    assert environ[USER_TMPDIR] == str(short)
    run.close()


def test_whatever_plugins_leave_in_the_folder_goes(tmp_path: Path, short: Path) -> None:
    run = begin(tmp_path, short)
    assert run.folder is not None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(run.folder / "socket"))
    (run.folder / "a" / "b").mkdir(parents=True)
    (run.folder / "a" / "b" / "file").touch()
    (run.folder / "a").chmod(0o500)
    run.close()
    run.close()
    assert list(short.iterdir()) == []


def test_a_folder_that_is_to_be_kept_stays_if_anything_is_in_it(
    tmp_path: Path, short: Path
) -> None:
    empty, full = begin(tmp_path, short), begin(tmp_path, short)
    assert full.folder is not None
    kept = full.folder
    (kept / "file").touch()
    assert empty.keep_folder() is None
    assert full.keep_folder() == kept
    empty.close()
    full.close()
    assert list(short.iterdir()) == [kept]
    assert list((tmp_path / "journal").iterdir()) == []


def test_a_long_folder_for_temporary_files_is_left_to_the_plugins(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 80)
    deep.mkdir()
    run = begin(tmp_path, deep)
    assert run.folder is None
    environ = run.environ_for(run.next_mark())
    assert environ["TMPDIR"] == str(deep)
    assert RUN_DIR not in environ
    run.close()


def test_a_run_goes_on_where_nothing_can_be_written(tmp_path: Path, short: Path) -> None:
    (tmp_path / "file").touch()
    run = Run.begin(tmp_path / "file" / "journal", {"TMPDIR": str(tmp_path / "nowhere")})
    assert run.journal is None
    assert run.folder is None
    assert run.next_mark() != run.next_mark()
    run.close()


def test_closing_twice_at_once_waits_for_the_first(tmp_path: Path, short: Path) -> None:
    run = begin(tmp_path, short)
    assert run.folder is not None
    for number in range(2000):
        (run.folder / str(number)).touch()
    begun = threading.Event()

    def close() -> None:
        begun.set()
        run.close()

    thread = spawn("test", close)
    begun.wait(10)
    run.close()
    assert list(short.iterdir()) == []
    thread.join(10)
