from __future__ import annotations

import hashlib
import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.snapshot import (
    Difference,
    Entry,
    difference,
    has_content,
    let_clock_pass,
    look,
    take_snapshot,
)

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = Entry(0o40755, 0, 0, 0, 1, 2, 0, 0, 0)
FILE = Entry(0o100644, 0, 0, 5, 10, 1, 0, 100, 100)


def never(path: str) -> bool:
    raise AssertionError(f"content of {path} does not matter here")


def test_nothing_changed_is_no_difference() -> None:
    tree = {"": FOLDER, "a": FILE}
    assert difference(tree, dict(tree), never) == Difference(frozenset(), frozenset(), frozenset())


@pytest.mark.parametrize(
    "change",
    [{"mode": 0o100600}, {"uid": 1}, {"gid": 1}, {"size": 6}, {"modified_ns": 101},
     {"xattrs": (("user.x", b"1"),)}],
)  # fmt: skip
def test_every_lasting_change_of_a_file_counts(change: dict[str, object]) -> None:
    after = {"": FOLDER, "a": replace(FILE, **change)}  # type: ignore[arg-type]
    assert difference({"": FOLDER, "a": FILE}, after, never).written == {"a"}


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize("change", [{"changed_ns": 101}, {"inode": 11}])
def test_content_decides_if_only_the_inode_was_touched(change: dict[str, int], same: bool) -> None:
    after = {"": FOLDER, "a": replace(FILE, **change)}  # type: ignore[arg-type]
    found = difference({"": FOLDER, "a": FILE}, after, lambda _: same).written
    assert found == (set() if same else {"a"})


def test_a_folder_counts_by_mode_and_owner_never_by_time_or_inode() -> None:
    before = {"": FOLDER, "d": FOLDER}
    touched = replace(FOLDER, inode=7, modified_ns=7, changed_ns=7, links=9)
    assert not difference(before, {"": FOLDER, "d": touched}, never).written
    changed = replace(FOLDER, mode=0o40700)
    assert difference(before, {"": FOLDER, "d": changed}, never).written == {"d"}


def test_every_name_of_a_changed_file_is_written() -> None:
    linked = replace(FILE, links=2, changed_ns=101)
    before = {"": FOLDER, "a": FILE}
    after = {"": FOLDER, "a": linked, "b": linked}
    assert difference(before, after, lambda _: True).written == {"a", "b"}


def test_losing_a_name_does_not_rewrite_the_others() -> None:
    before = {"": FOLDER, "a": replace(FILE, links=2), "b": replace(FILE, links=2)}
    after = {"": FOLDER, "a": replace(FILE, changed_ns=101)}
    found = difference(before, after, lambda _: True)
    assert (found.written, found.removed) == (frozenset(), frozenset({"b"}))


def test_a_removed_folder_is_one_name() -> None:
    before = {"": FOLDER, "d": FOLDER, "d/a": FILE, "d/b": FILE, "e": FILE}
    found = difference(before, {"": FOLDER, "e": FILE}, never)
    assert (found.removed, found.emptied) == (frozenset({"d"}), frozenset())


def test_an_emptied_folder_is_one_name() -> None:
    before = {"": FOLDER, "d": FOLDER, "d/a": FILE, "d/b": FILE, "d/c": FOLDER, "d/c/x": FILE}
    found = difference(before, {"": FOLDER, "d": FOLDER, "d/new": FILE}, never)
    assert found == Difference(frozenset({"d/new"}), frozenset(), frozenset({"d"}))


def test_an_emptied_root_is_one_name() -> None:
    found = difference({"": FOLDER, "a": FILE, "b": FILE}, {"": FOLDER}, never)
    assert found.emptied == {""}


def test_a_folder_that_became_a_file_needs_no_whiteouts() -> None:
    before = {"": FOLDER, "d": FOLDER, "d/a": FILE, "d/b": FILE}
    found = difference(before, {"": FOLDER, "d": FILE}, never)
    assert found == Difference(frozenset({"d"}), frozenset(), frozenset())


def test_same_size_and_set_back_time_do_not_hide_a_change(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    file = tree / "f"
    file.write_bytes(b"before")
    os.utime(file, ns=(5, 5))
    before = take_snapshot(str(tree))
    let_clock_pass(str(tmp_path / "clock"), before)
    with file.open("r+b") as opened:
        opened.write(b"after!")
    os.utime(file, ns=(5, 5))
    digest = hashlib.sha256(b"before").digest()
    after = take_snapshot(str(tree))
    same = has_content(str(file), after["f"], digest)
    assert difference(before, after, lambda _: same).written == {"f"}
    assert not (tmp_path / "clock").exists()


def test_take_snapshot_sees_every_kind_but_sockets(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("x")
    (tmp_path / "l").symlink_to("/nowhere")
    os.mkfifo(tmp_path / "p")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        found = take_snapshot(str(tmp_path))
    assert sorted(found) == ["", "d", "d/f", "l", "p"]
    assert found["l"].target == "/nowhere"


def test_look_keeps_attributes_of_the_file_only(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("x")
    try:
        os.setxattr(file, "user.note", b"\xff\0")
    except OSError:
        pytest.skip("no user attributes on this file system")
    assert look(str(file)).xattrs == (("user.note", b"\xff\0"),)
