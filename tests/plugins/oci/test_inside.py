from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packer_plugin_oci.inside import Root, open_folder, open_in_root, walk


def _where(descriptor: int) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("link", "target", "path"),
    [
        ("etc", "/", "etc/outside/secret"),
        ("a", "../../..", "a/outside/secret"),
        ("a", "../outside", "a/secret"),
        ("a", "/../../outside", "a/secret"),
    ],
)
def test_open_to_read_never_leaves_the_image(root: Root, link: str, target: str, path: str) -> None:
    os.symlink(target, f"{root.path}/{link}")
    with pytest.raises(FileNotFoundError):
        root.open_to_read(path)


def test_open_to_read_takes_no_absolute_link_to_the_machine(root: Root, tmp_path: Path) -> None:
    os.symlink(tmp_path / "outside" / "secret", f"{root.path}/a")
    with pytest.raises(FileNotFoundError) as caught:
        root.open_to_read("/a")
    assert caught.value.filename


def test_open_to_read_with_dots_ends_at_the_root(root: Root) -> None:
    Path(root.path, "here").write_text("inside")
    with root.open_to_read("../../../../here") as file:
        assert file.read() == b"inside"


def test_open_to_write_through_a_dangling_link_lands_inside(root: Root, tmp_path: Path) -> None:
    target = tmp_path / "outside" / "new"
    os.symlink(target, f"{root.path}/a")
    with root.open_to_write("a") as file:
        file.write(b"x")
    assert not target.exists()
    assert Path(root.path + str(target)).read_bytes() == b"x"


def test_open_to_write_cuts_off_what_was_there(root: Root) -> None:
    Path(root.path, "f").write_text("longer than that")
    with root.open_to_write("f") as file:
        file.write(b"short")
    assert Path(root.path, "f").read_text() == "short"


def test_open_to_write_makes_folders_whatever_the_umask(root: Root) -> None:
    before = os.umask(0o077)
    try:
        root.open_to_write("a/b/f").close()
    finally:
        os.umask(before)
    assert os.stat(f"{root.path}/a/b").st_mode & 0o777 == 0o755
    assert os.stat(f"{root.path}/a/b/f").st_mode & 0o777 == 0o644


@pytest.mark.parametrize("path", ["", "/", ".", "d", "d/", "d/..", "fifo"])
def test_open_refuses_what_is_no_regular_file(root: Root, path: str) -> None:
    os.mkdir(f"{root.path}/d")
    os.mkfifo(f"{root.path}/fifo")
    with pytest.raises(OSError):
        root.open_to_read(path)
    with pytest.raises(OSError):
        root.open_to_write(path)


def test_open_of_a_loop_of_links_ends(root: Root) -> None:
    os.symlink("b", f"{root.path}/a")
    os.symlink("a", f"{root.path}/b")
    with pytest.raises(OSError, match="symbolic links"):
        root.open_to_read("a")
    with pytest.raises(OSError, match="symbolic links"):
        walk(root._fd, "a")


def test_make_folder_goes_through_links_that_lead_nowhere_yet(root: Root) -> None:
    os.symlink("/x/y", f"{root.path}/a")
    root.make_folder("a/b")
    assert os.path.isdir(f"{root.path}/x/y/b")


def test_names_are_sorted_and_lstat_does_not_follow(root: Root) -> None:
    for name in ("b", "a", "c"):
        os.symlink("/", f"{root.path}/{name}")
    assert root.names("/") == ["a", "b", "c"]
    status = root.lstat("a")
    assert status is not None
    assert stat.S_ISLNK(status.st_mode)
    assert root.lstat("nowhere/at/all") is None


_NAMES = st.sampled_from(["a", "b", "c"])
_PATHS = st.lists(st.sampled_from(["a", "b", "c", "..", ".", ""]), max_size=6).map("/".join)
_LINKS = st.lists(st.tuples(_NAMES, st.tuples(st.sampled_from(["", "/"]), _PATHS)), max_size=6)
_FOLDERS = st.lists(st.lists(_NAMES, min_size=1, max_size=3), max_size=6)


def _build(top: Path, folders: list[list[str]], links: list[tuple[str, tuple[str, str]]]) -> None:
    for parts in folders:
        top.joinpath(*parts).mkdir(parents=True, exist_ok=True)
    places = [top, *(path for path in top.rglob("*") if path.is_dir())]
    for index, (name, (slash, target)) in enumerate(links):
        link = places[index % len(places)] / name
        if not os.path.lexists(link) and (slash or target):
            link.symlink_to(slash + target)


@settings(deadline=None, max_examples=60)
@given(folders=_FOLDERS, links=_LINKS, path=_PATHS)
def test_walk_agrees_with_the_kernel_and_stays_inside(
    folders: list[list[str]], links: list[tuple[str, tuple[str, str]]], path: str
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary, "top")
        top.mkdir()
        Path(temporary, "a").mkdir()  # what a walk that gets out would find
        _build(top, folders, links)
        with Root(str(top)) as root:
            try:
                expected: str | None = _where(open_in_root(root._fd, path))
            except OSError as error:
                if error.errno in (38, 1):
                    pytest.skip("this kernel has no openat2")
                expected = None
            try:
                found: str | None = _where(walk(root._fd, path))
            except OSError:
                found = None
            assert found == expected
            assert found is None or (found + "/").startswith(f"{top}/")


@settings(deadline=None, max_examples=60)
@given(folders=_FOLDERS, links=_LINKS, path=_PATHS)
def test_making_folders_stays_inside(
    folders: list[list[str]], links: list[tuple[str, tuple[str, str]]], path: str
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        top = Path(temporary, "top")
        top.mkdir()
        _build(top, folders, links)
        with Root(str(top)) as root:
            try:
                descriptor = walk(root._fd, path, make=True)
            except OSError:
                pass  # a loop, or a name in the way
            else:
                assert (_where(descriptor) + "/").startswith(f"{top}/")
                assert _where(open_folder(root._fd, path))
        assert os.listdir(temporary) == ["top"]
