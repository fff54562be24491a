from __future__ import annotations

import io
import os
import stat
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packer_plugin_oci.apply import Applier, clean_path
from packer_plugin_oci.inside import Root
from packer_plugin_oci.packing import HashingReader
from packer_sdk import Cancelled, ComponentError
from packer_sdk.trees import remove_tree

if TYPE_CHECKING:
    from collections.abc import Callable


def apply(root: Root, *layers: bytes) -> Applier:
    applier = Applier(root, lambda: None)
    for layer in layers:
        applier.apply(HashingReader(io.BytesIO(layer)), "test")
    applier.finish()
    return applier


def tree(root: Root) -> list[str]:
    top = Path(root.path)
    return sorted(str(path.relative_to(top)) for path in top.rglob("*"))


SYMLINK, HARD_LINK, CHARACTERS = (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE)


def test_apply_makes_what_the_layer_holds(root: Root, tarball: Callable[..., bytes]) -> None:
    apply(
        root,
        tarball(
            ("ro/", {"mode": 0o555, "mtime": 77}),
            ("ro/f", {"mode": 0o640, "mtime": 99, "content": b"text"}),
            ("link", {"type": SYMLINK, "linkname": "ro/f"}),
            ("hard", {"type": HARD_LINK, "linkname": "./ro/f"}),
            ("pipe", {"type": tarfile.FIFOTYPE, "mode": 0o622}),
        ),
    )
    path = Path(root.path)
    assert (path / "ro").stat().st_mode & 0o777 == 0o555
    assert (path / "ro").stat().st_mtime == 77
    assert (path / "ro/f").stat().st_mode & 0o777 == 0o640
    assert (path / "ro/f").stat().st_mtime == 99
    assert os.readlink(path / "link") == "ro/f"
    assert (path / "hard").samefile(path / "ro/f")
    assert stat.S_ISFIFO((path / "pipe").stat().st_mode)


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/../evil", "a/..", ".wh...", "a/.wh...", ".wh."]
)
def test_apply_refuses_names_that_lead_out(
    root: Root, tarball: Callable[..., bytes], tmp_path: Path, name: str
) -> None:
    with pytest.raises(ComponentError):
        apply(root, tarball((name, {"content": b"evil"})))
    assert sorted(os.listdir(tmp_path)) == ["outside", "rootfs"]
    assert (tmp_path / "outside/secret").read_text() == "secret"


def test_apply_refuses_names_below_a_whiteout(root: Root, tarball: Callable[..., bytes]) -> None:
    with pytest.raises(ComponentError, match="below a whiteout"):
        apply(root, tarball(".wh.a/etc/passwd"))


def test_clean_path_refuses_what_no_file_system_takes() -> None:
    with pytest.raises(ComponentError):
        clean_path("a\0b")
    assert clean_path("/./a//b/.") == "a/b"


@pytest.mark.parametrize("target", ["/", "../../..", "../outside", "/../outside"])
def test_apply_through_a_link_stays_inside(
    root: Root, tarball: Callable[..., bytes], tmp_path: Path, target: str
) -> None:
    apply(
        root,
        tarball(("a", {"type": SYMLINK, "linkname": target})),
        tarball(("a/new", {"content": b"x"}), ("a/outside/secret", {"content": b"evil"})),
    )
    assert (tmp_path / "outside/secret").read_text() == "secret"
    assert sorted(os.listdir(tmp_path)) == ["outside", "rootfs"]
    assert sorted(os.listdir(tmp_path / "outside")) == ["secret"]


def test_apply_overwrites_a_link_not_its_target(
    root: Root, tarball: Callable[..., bytes], tmp_path: Path
) -> None:
    secret = tmp_path / "outside/secret"
    apply(
        root,
        tarball(("a", {"type": SYMLINK, "linkname": str(secret)}), ("a", {"content": b"evil"})),
    )
    assert secret.read_text() == "secret"
    assert Path(root.path, "a").read_text() == "evil"
    assert not Path(root.path, "a").is_symlink()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../../etc/passwd", "out/secret"])
def test_apply_makes_no_hard_link_to_the_machine(
    root: Root, tarball: Callable[..., bytes], tmp_path: Path, target: str
) -> None:
    links = os.stat("/etc/passwd").st_nlink
    with pytest.raises(ComponentError):
        apply(
            root,
            tarball(
                ("out", {"type": SYMLINK, "linkname": str(tmp_path / "outside")}),
                ("hard", {"type": HARD_LINK, "linkname": target}),
            ),
        )
    assert os.stat("/etc/passwd").st_nlink == links
    assert not os.path.lexists(f"{root.path}/hard")


def test_apply_makes_no_device_nodes(root: Root, tarball: Callable[..., bytes]) -> None:
    apply(
        root,
        tarball(
            ("null", {"type": CHARACTERS, "devmajor": 1, "devminor": 3}),
            ("disk", {"type": tarfile.BLKTYPE, "devmajor": 8, "devminor": 0}),
            ("also", {"type": HARD_LINK, "linkname": "null"}),
        ),
    )
    assert tree(root) == []


def test_whiteout_takes_away_what_is_below_only(root: Root, tarball: Callable[..., bytes]) -> None:
    lower = tarball("d/", "d/a", "d/b", "e/", "e/f")
    # The same layer may bring the name back, before or after.
    apply(root, lower, tarball("d/", ("d/b", {"content": b"new"}), "d/.wh.a", "d/.wh.b", ".wh.e"))
    assert tree(root) == ["d", "d/b"]
    assert Path(root.path, "d/b").read_bytes() == b"new"


@pytest.mark.parametrize("first", [True, False])
def test_opaque_folder_hides_what_is_below_in_any_order(
    root: Root, tarball: Callable[..., bytes], first: bool
) -> None:
    lower = tarball("d/", "d/a", "d/sub/", "d/sub/old", "d/gone/", "d/gone/x", "other")
    members = ["d/", "d/sub/", "d/sub/new", "d/n"]
    members.insert(1 if first else len(members), "d/.wh..wh..opq")
    apply(root, lower, tarball(*members))
    assert tree(root) == ["d", "d/n", "d/sub", "d/sub/new", "other"]


def test_whiteout_of_nothing_and_aufs_marks_do_nothing(
    root: Root, tarball: Callable[..., bytes]
) -> None:
    apply(root, tarball("a", ".wh.b", "c/.wh.d", "a/.wh.x", ".wh..wh.plnk", ".wh..wh.aufs"))
    assert tree(root) == ["a"]


def test_whiteout_of_a_link_leaves_its_target(
    root: Root, tarball: Callable[..., bytes], tmp_path: Path
) -> None:
    link = ("a", {"type": SYMLINK, "linkname": str(tmp_path / "outside")})
    apply(root, tarball(link), tarball(".wh.a"), tarball(link), tarball("a/.wh.secret"))
    assert (tmp_path / "outside/secret").exists()


def test_types_replace_each_other(root: Root, tarball: Callable[..., bytes]) -> None:
    apply(root, tarball("a/", "a/b/", "a/b/c", "f"), tarball("a", "f/", "f/x"))
    assert tree(root) == ["a", "f", "f/x"]
    assert Path(root.path, "a").is_file()


def test_link_to_itself_keeps_the_file(root: Root, tarball: Callable[..., bytes]) -> None:
    apply(
        root,
        tarball(("a", {"content": b"x"}), ("a", {"type": HARD_LINK, "linkname": "a"})),
    )
    assert Path(root.path, "a").read_bytes() == b"x"


def test_owner_is_set_or_remembered(root: Root, tarball: Callable[..., bytes]) -> None:
    applier = apply(root, tarball(("a", {"uid": 12, "gid": 34}), ("d/", {"uid": 12, "gid": 34})))
    for name in ("a", "d"):
        status = os.stat(f"{root.path}/{name}")
        wanted = applier.wanted.get(status.st_ino)
        found = (wanted.uid, wanted.gid) if wanted else (status.st_uid, status.st_gid)
        assert found == (12, 34)


@pytest.mark.parametrize("cut", [100, 600, 1500])
def test_broken_layer_is_a_readable_error(
    root: Root, tarball: Callable[..., bytes], cut: int
) -> None:
    layer = tarball(("a", {"content": b"x" * 2000}))
    with pytest.raises(ComponentError, match="broken layer: test"):
        apply(root, layer[:cut])
    with pytest.raises(ComponentError, match="broken layer: test"):
        apply(root, b"\xff" * 2048)


def test_layer_that_is_damaged_later_on_does_not_end_quietly(
    root: Root, tarball: Callable[..., bytes]
) -> None:
    layer = tarball("a", "b")
    for damaged in (layer[:700], layer[:600] + b"x" + layer[601:]):
        with pytest.raises(ComponentError, match="broken layer: test"):
            apply(root, damaged)


def test_header_that_would_fill_the_memory_is_refused(root: Root) -> None:
    info = tarfile.TarInfo("PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 1 << 40
    with pytest.raises(ComponentError, match="a header of 1099511627776 bytes"):
        apply(root, info.tobuf(tarfile.GNU_FORMAT) + bytes(1024))


def test_nesting_without_end_is_a_readable_error(root: Root, tarball: Callable[..., bytes]) -> None:
    members: list[object] = []
    for index in range(30):  # each link hides a hundred levels from the length of the next name
        members.append("/".join([f"l{index - 1}" if index else "d", *["d"] * 100]) + "/x/")
        target = "/".join(["d"] * 101) if index == 0 else f"l{index - 1}/" + "/".join(["d"] * 100)
        members.append((f"l{index}", {"type": SYMLINK, "linkname": target}))
    layer = tarball(*members)
    with pytest.raises(ComponentError, match=r"too deep|Too many|too long"):
        apply(root, layer, tarball(".wh.d"))
    remove_tree(root.path)  # nobody else can


def test_cancel_stops_in_the_middle(root: Root, tarball: Callable[..., bytes]) -> None:
    def cancel() -> None:
        raise Cancelled

    applier = Applier(root, cancel)
    with pytest.raises(Cancelled):
        applier.apply(HashingReader(io.BytesIO(tarball("a"))), "test")


_PARTS = st.sampled_from(["a", "b", "..", ".", "", "out", ".wh.a", ".wh.out", ".wh..wh..opq"])
_NAMES = st.lists(_PARTS, min_size=1, max_size=4).map("/".join)
_TYPES = st.sampled_from(
    [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE]
)
_MEMBERS = st.lists(
    st.tuples(
        st.booleans(),
        _NAMES,
        _TYPES,
        st.sampled_from(["abs", "rel"]),
        _NAMES,
        st.integers(0, 0o777),
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=80)
@given(layers=st.lists(_MEMBERS, max_size=3))
def test_no_archive_touches_anything_outside(
    layers: list[list[tuple[bool, str, bytes, str, str, int]]],
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        outside = Path(temporary, "out")
        outside.mkdir()
        (outside / "a").write_text("secret")
        Path(temporary, "rootfs").mkdir()
        before = _outside(temporary)
        with Root(f"{temporary}/rootfs") as root:
            applier = Applier(root, lambda: None)
            for layer in layers:
                try:
                    applier.apply(HashingReader(io.BytesIO(_hostile(layer, temporary))), "test")
                except ComponentError:
                    continue
            applier.finish()
        assert _outside(temporary) == before
        for path in Path(temporary, "rootfs").rglob("*"):  # or the clean-up fails on 000
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o700)


def _outside(temporary: str) -> object:
    secret = os.stat(f"{temporary}/out/a")
    return (
        sorted(os.listdir(temporary)),
        os.listdir(f"{temporary}/out"),
        secret.st_nlink,
        secret.st_mode,
        secret.st_mtime_ns,
        Path(temporary, "out/a").read_text(),
        os.stat(f"{temporary}/out").st_mode,
    )


def _hostile(members: list[tuple[bool, str, bytes, str, str, int]], temporary: str) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for absolute, name, kind, link_kind, link, mode in members:
            info = tarfile.TarInfo(("/" if absolute else "") + name)
            info.type, info.mode = kind, mode
            info.linkname = f"{temporary}/out/{link}" if link_kind == "abs" else link
            content = b"evil" if kind == tarfile.REGTYPE else b""
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()
