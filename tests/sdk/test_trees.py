from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from packer_sdk import ComponentError
from packer_sdk.trees import mounts_below, remove_tree

if TYPE_CHECKING:
    from pathlib import Path


def test_remove_tree_takes_links_but_not_what_they_lead_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("x")
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "kept")
    (tmp_path / "tree" / "file").symlink_to(tmp_path / "kept" / "file")
    remove_tree(str(tmp_path / "tree"))
    assert not (tmp_path / "tree").exists()
    assert (tmp_path / "kept" / "file").read_text() == "x"


def test_remove_tree_takes_folders_nobody_may_write_to(tmp_path: Path) -> None:
    inner = tmp_path / "tree" / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "f").write_text("x")
    inner.chmod(0o000)
    inner.parent.chmod(0o555)
    remove_tree(str(tmp_path / "tree"))
    assert not (tmp_path / "tree").exists()


def test_remove_tree_takes_any_depth(tmp_path: Path) -> None:
    top = tmp_path / "tree"
    top.mkdir()
    (top / ".packer-1").mkdir()  # a name it would choose itself
    descriptor = os.open(top, os.O_RDONLY)
    for _ in range(3000):
        os.mkdir("d", dir_fd=descriptor)
        deeper = os.open("d", os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = deeper
    os.close(descriptor)
    remove_tree(str(top))
    assert not top.exists()


def test_remove_tree_of_nothing_does_nothing(tmp_path: Path) -> None:
    remove_tree(str(tmp_path / "nothing"))


def test_mounts_below_reads_escapes_and_takes_no_neighbours() -> None:
    lines = [
        "36 35 98:0 /m /tmp/a\\040b/x rw - ext3 /dev/root rw\n",
        "37 35 98:0 /m /tmp/a\\040bc rw - ext3 /dev/root rw\n",
        "broken\n",
    ]
    assert mounts_below("/tmp/a b", lines) == ["/tmp/a b/x"]


@pytest.mark.root
def test_remove_tree_never_goes_through_a_mount(tmp_path: Path) -> None:
    kept, tree = tmp_path / "kept", tmp_path / "tree"
    for path in (kept, tree, tree / "point"):
        path.mkdir()
    (kept / "file").write_text("x")
    mount = subprocess.run(["mount", "--bind", kept, tree / "point"], check=False)
    if mount.returncode:
        pytest.skip("mount --bind is not allowed")
    try:
        with pytest.raises(ComponentError, match="mounted"):
            remove_tree(str(tree))
        assert (kept / "file").read_text() == "x"
    finally:
        subprocess.run(["umount", tree / "point"], check=True)
    remove_tree(str(tree))
    assert (kept / "file").exists()
