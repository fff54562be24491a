from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packer_plugin_oci.apply import Applier, Wanted
from packer_plugin_oci.inside import Root
from packer_plugin_oci.layer import LayerWriter, Owners, entries_of
from packer_plugin_oci.packing import HashingReader
from packer_plugin_oci.snapshot import (
    Difference,
    Snapshot,
    difference,
    let_clock_pass,
    take_snapshot,
)
from packer_sdk import ComponentError

LATEST = 1_000_000_000


def write(path: str, before: Snapshot | None = None, owners: Owners | None = None) -> bytes:
    after = take_snapshot(path)
    changes = difference(before or {}, after, lambda _: False)
    target = io.BytesIO()
    owner = owners or Owners({}, {}, (os.geteuid(), os.getegid()))
    LayerWriter(path, after, owner, LATEST, lambda: None).write(changes, target)
    return target.getvalue()


def members(layer: bytes) -> list[tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return archive.getmembers()


def test_layer_is_sorted_numeric_and_not_later_than_told(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "f").write_text("x")
    (tmp_path / "a-old").write_text("y")
    os.utime(tmp_path / "a-old", (5.75, 5.75))
    found = members(write(str(tmp_path)))
    assert [member.name for member in found] == [".", "a-old", "b", "b/f"]
    assert {(member.uid, member.gid, member.uname, member.gname) for member in found} == {
        (0, 0, "", "")
    }
    assert [member.mtime for member in found] == [LATEST, 5, LATEST, LATEST]


def test_two_trees_with_the_same_content_give_the_same_bytes(tmp_path: Path) -> None:
    for name, order in (("one", "abc"), ("two", "cab")):
        for part in order:
            folder = tmp_path / name / part
            folder.mkdir(parents=True)
            (folder / "f").write_text(part)
            os.link(folder / "f", folder / "g")
    assert write(str(tmp_path / "one")) == write(str(tmp_path / "two"))


def test_hard_links_and_attributes_are_kept(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("content")
    os.link(tmp_path / "b", tmp_path / "a")
    try:
        os.setxattr(tmp_path / "b", "user.note", b"\xff\0x")
    except OSError:
        pytest.skip("no user attributes on this file system")
    layer = write(str(tmp_path))
    first, second = members(layer)[1:]
    assert (first.name, first.isreg(), first.size) == ("a", True, 7)
    assert (second.name, second.islnk(), second.linkname) == ("b", True, "a")
    value = first.pax_headers["SCHILY.xattr.user.note"]
    assert value.encode("utf-8", "surrogateescape") == b"\xff\0x"


def test_folders_above_a_change_come_along_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "tmp" / "d").mkdir(parents=True)
    (tmp_path / "tmp").chmod(0o1777)
    before = take_snapshot(str(tmp_path))
    (tmp_path / "tmp" / "d" / "f").write_text("x")
    found = members(write(str(tmp_path), before))
    assert [(member.name, member.mode) for member in found][:1] == [("tmp", 0o1777)]
    assert [member.name for member in found] == ["tmp", "tmp/d", "tmp/d/f"]


def test_whiteouts_come_before_their_siblings() -> None:
    changes = Difference(frozenset({"d/a"}), frozenset({"d/z"}), frozenset({"e"}))
    assert sorted(entries_of(changes)) == [
        ("d", False),
        ("d/.wh.z", True),
        ("d/a", False),
        ("e", False),
        ("e/.wh..wh..opq", True),
    ]


def test_whiteout_order_in_the_archive(tmp_path: Path) -> None:
    for name in ("d/a", "d/z", "e/1", "e/2"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    before = take_snapshot(str(tmp_path))
    (tmp_path / "d/z").unlink()
    (tmp_path / "e/1").unlink()
    (tmp_path / "e/2").unlink()
    (tmp_path / "d/!").write_text("sorts before a dot")
    names = [member.name for member in members(write(str(tmp_path), before))]
    assert names == ["d", "d/.wh.z", "d/!", "e", "e/.wh..wh..opq"]


def test_a_name_no_layer_can_hold_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".wh.a").write_text("x")
    with pytest.raises(ComponentError, match=r"/\.wh\.a"):
        write(str(tmp_path))


def test_owner_of_the_base_lasts_until_the_file_is_another(tmp_path: Path) -> None:
    file = tmp_path / "f"
    file.write_text("old")
    before = take_snapshot(str(tmp_path))
    wanted = {before["f"].inode: Wanted(12, 34, (("user.x", b"1"),))}
    owners = Owners(before, wanted, (os.geteuid(), os.getegid()))
    with file.open("a") as opened:
        opened.write("er")
    found = members(write(str(tmp_path), before, owners))[-1]
    assert (found.uid, found.gid) == (12, 34)
    assert found.pax_headers["SCHILY.xattr.user.x"] == "1"
    (tmp_path / "new").write_text("new")
    (tmp_path / "new").replace(file)
    found = members(write(str(tmp_path), before, owners))[-1]
    assert (found.uid, found.gid) == (0, 0)


_NAMES = st.sampled_from(["a", "b", "é\udcff", "long" * 40])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["file", "folder", "link", "hard", "remove", "mode", "move"]),
        _PATHS,
        _PATHS,
        st.sampled_from([0o644, 0o600, 0o4755, 0o1777]),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=60)
@given(first=_ACTIONS, second=_ACTIONS)
def test_base_and_layer_give_the_tree_they_were_made_from(
    first: list[tuple[str, str, str, int]], second: list[tuple[str, str, str, int]]
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        tree, copy = f"{temporary}/tree", f"{temporary}/copy"
        os.mkdir(tree)
        os.mkdir(copy)
        _act(tree, first)
        base = write(tree)
        before = take_snapshot(tree)
        let_clock_pass(f"{temporary}/clock", before)
        _act(tree, second)
        layer = write(tree, before)
        with Root(copy) as root:
            applier = Applier(root, lambda: None)
            for archive in (base, layer):
                applier.apply(HashingReader(io.BytesIO(archive)), "test")
            applier.finish()
        assert _view(copy) == _view(tree)


def _act(tree: str, actions: list[tuple[str, str, str, int]]) -> None:
    for verb, path, other, mode in actions:
        try:
            _act_once(verb, f"{tree}/{path}", f"{tree}/{other}", mode)
        except OSError:
            continue  # not with what lies there


def _act_once(verb: str, path: str, other: str, mode: int) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if verb == "file":
        Path(path).write_bytes(os.fsencode(other[-20:]))
    elif verb == "folder":
        os.mkdir(path)
    elif verb == "link":
        os.symlink(os.path.basename(other), path)
    elif verb == "hard":
        os.link(other, path, follow_symlinks=False)
    elif verb == "move":
        os.rename(other, path)
    elif verb == "mode" and not os.path.islink(path):
        os.chmod(path, mode | 0o700)
    elif verb == "remove" and os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif verb == "remove":
        os.unlink(path)


def _view(tree: str) -> dict[str, object]:
    """Everything that lasts, hard links as groups of names."""
    snapshot = take_snapshot(tree)
    groups: dict[int, list[str]] = {}
    for path in sorted(snapshot):
        groups.setdefault(snapshot[path].inode, []).append(path)
    return {
        path: (
            entry.mode,
            entry.target,
            Path(tree, path).read_bytes() if entry.is_file else b"",
            groups[entry.inode] if not entry.is_folder else [],
        )
        for path, entry in snapshot.items()
    }
