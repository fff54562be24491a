from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core import processes
from packer_core.journal import Record, RunJournal, Thing, journals, lock, read

if TYPE_CHECKING:
    from pathlib import Path


def begin(folder: Path, run: str = "6c1f") -> RunJournal:
    return RunJournal.begin(folder, run)


def test_a_journal_says_whose_run_it_is_and_nobody_else_can_read_it(tmp_path: Path) -> None:
    journal = begin(tmp_path / "journal")
    record = read(journal.path)
    assert journal.path == tmp_path / "journal" / "6c1f.jsonl"
    assert record.core == processes.find(os.getpid())
    assert record.same_boot
    assert record.head["mark"] == journal.mark
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert journal.path.parent.stat().st_mode & 0o777 == 0o700
    journal.close()


def test_a_closed_journal_is_gone_and_writes_no_more(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.close()
    journal.coming("folder", "/tmp/x")
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_a_journal_can_be_kept(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.close(keep=True)
    assert list(journals(tmp_path)) == [journal.path]


def test_runs_of_one_name_have_journals_of_their_own(tmp_path: Path) -> None:
    first, second = begin(tmp_path), begin(tmp_path)
    assert {path.name for path in journals(tmp_path)} == {"6c1f.jsonl", "6c1f-2.jsonl"}
    assert first.mark != second.mark
    first.close()
    second.close()


@pytest.mark.parametrize("run", ["../../etc/x", "a/b", "", "\0", "."])
def test_a_journal_stays_in_its_folder_whatever_the_run_is_called(tmp_path: Path, run: str) -> None:
    journal = begin(tmp_path / "journal", run)
    assert journal.path.parent == tmp_path / "journal"
    assert [path.name for path in tmp_path.iterdir()] == ["journal"]
    journal.close()


def test_things_come_are_there_and_go(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    journal.coming("folder", "/tmp/packer-1")
    journal.coming("process", "m.1", label="packer-builder-x")
    journal.there("process", "m.1", pid=7, started=8)
    journal.coming("process", "m.2", label="packer-builder-y")
    journal.gone("process", "m.2")
    assert read(journal.path).things == (
        Thing("folder", "/tmp/packer-1", {}),
        Thing("process", "m.1", {"label": "packer-builder-x", "pid": 7, "started": 8}),
    )
    journal.close()


def test_the_lock_is_held_as_long_as_the_run_lives(tmp_path: Path) -> None:
    journal = begin(tmp_path)
    assert lock(journal.path) is None
    journal.close(keep=True)
    descriptor = lock(journal.path)
    assert descriptor is not None
    assert lock(journal.path) is None
    os.close(descriptor)


def test_there_is_no_lock_of_a_journal_that_is_gone(tmp_path: Path) -> None:
    assert lock(tmp_path / "x.jsonl") is None


def test_journals_are_told_oldest_first_and_nothing_else(tmp_path: Path) -> None:
    for number, name in enumerate(["b.jsonl", "a.jsonl", "notes.txt"]):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (number, number))
    assert [path.name for path in journals(tmp_path)] == ["b.jsonl", "a.jsonl"]
    assert list(journals(tmp_path / "none")) == []


def test_a_journal_of_another_boot_or_another_world_is_told(tmp_path: Path) -> None:
    here = {"boot": processes.boot(), "namespace": processes.namespace()}
    assert Record(tmp_path, {**here}, ()).same_boot
    assert not Record(tmp_path, {**here, "boot": "another"}, ()).same_boot
    assert not Record(tmp_path, {**here, "namespace": "pid:[1]"}, ()).same_boot
    assert not Record(tmp_path, {}, ()).same_boot


ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "what": st.sampled_from(["process", "folder", "socket", "artifact"]),
            "id": st.text(min_size=1),
            "state": st.sampled_from(["coming", "there", "gone"]),
        }
    )
)


@given(entries=ENTRIES, cut=st.integers(0, 40))
def test_a_torn_journal_tells_all_but_its_last_line(
    tmp_path_factory: pytest.TempPathFactory, entries: list[dict[str, str]], cut: int
) -> None:
    path = tmp_path_factory.mktemp("torn") / "x.jsonl"
    lines = [json.dumps(entry) for entry in [{"run": "x", "pid": 1}, *entries]]
    path.write_text("\n".join([*lines, json.dumps({"what": "folder", "id": "last"})[:cut]]))
    record = read(path)
    assert record.head == {"run": "x", "pid": 1}
    there: dict[tuple[str, str], bool] = {}
    for entry in entries:
        if entry["state"] == "gone":
            there.pop((entry["what"], entry["id"]), None)
        else:
            there[entry["what"], entry["id"]] = True
    told = [(thing.what, thing.name) for thing in record.things]
    assert told[: len(there)] == [*there] or ("folder", "last") in told


@given(st.binary())
def test_any_bytes_can_be_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "x.jsonl"
    path.write_bytes(data)
    record = read(path)
    assert record.core is None or record.head
