from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.chroot import Entrance
from packer_plugin_oci.communicator import OciCommunicator
from packer_sdk import Cancelled, ComponentError, FileInfo

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packer_plugin_oci.inside import Root


@pytest.fixture
def communicator(root: Root) -> Iterator[OciCommunicator]:
    with Entrance(root, {}) as entrance:
        yield OciCommunicator(root, entrance, "/work", lambda: None)


def inside(root: Root, path: str) -> bytes:
    with root.open_to_read(path) as file:
        return file.read()


def test_upload_keeps_mode_and_time(communicator: OciCommunicator, root: Root) -> None:
    info = FileInfo("x", 4, 0o4751, datetime(2020, 1, 2, tzinfo=UTC))
    communicator.upload("/a/b/file", io.BytesIO(b"text"), info=info)
    status = os.stat(f"{root.path}/a/b/file")
    assert inside(root, "/a/b/file") == b"text"
    assert status.st_mode & 0o7777 == 0o751
    assert status.st_mtime == info.modified.timestamp()  # type: ignore[union-attr]


def test_upload_to_a_folder_uses_the_name(communicator: OciCommunicator, root: Root) -> None:
    root.make_folder("/d")
    communicator.upload("/d", io.BytesIO(b"text"), info=FileInfo("name", 4))
    assert inside(root, "/d/name") == b"text"
    with pytest.raises(ComponentError, match="/d: Is a directory"):
        communicator.upload("/d", io.BytesIO(b"text"))


def test_relative_paths_are_relative_to_the_work_folder(
    communicator: OciCommunicator, root: Root
) -> None:
    communicator.upload("file", io.BytesIO(b"text"))
    assert inside(root, "/work/file") == b"text"
    target = io.BytesIO()
    communicator.download("file", target)
    assert target.getvalue() == b"text"


@pytest.mark.parametrize("link", ["/", "../../..", "..", "/../../../.."])
@pytest.mark.parametrize("verb", ["upload", "download", "upload_dir", "download_dir"])
def test_no_path_leads_out_of_the_image(
    communicator: OciCommunicator, root: Root, tmp_path: Path, link: str, verb: str
) -> None:
    os.symlink(link, f"{root.path}/etc")
    for path in (f"/etc{tmp_path}/outside", "/etc/outside", f"{tmp_path}/outside",
                 "../../outside", "/etc/../outside"):  # fmt: skip
        _try(communicator, verb, path, tmp_path)
    assert (tmp_path / "outside" / "secret").read_text() == "secret"
    assert [file.name for file in (tmp_path / "outside").iterdir()] == ["secret"]
    assert not (tmp_path / "got" / "secret").exists()


def _try(communicator: OciCommunicator, verb: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "local").mkdir(exist_ok=True)
    (tmp_path / "local" / "secret").write_text("evil")
    try:
        if verb == "upload":
            communicator.upload(f"{path}/secret", io.BytesIO(b"evil"))
        elif verb == "upload_dir":
            communicator.upload_dir(path, f"{tmp_path}/local/")
        elif verb == "download":
            target = io.BytesIO()
            communicator.download(f"{path}/secret", target)
            assert target.getvalue() == b""
        else:
            communicator.download_dir(f"{path}/", str(tmp_path / "got"))
    except ComponentError:
        return


def test_download_of_what_is_no_file_is_refused(communicator: OciCommunicator, root: Root) -> None:
    os.mkfifo(f"{root.path}/pipe")
    for path in ("/pipe", "/", "/none", "/pipe/x"):
        with pytest.raises(ComponentError, match=f"path of the image: {path}: "):
            communicator.download(path, io.BytesIO())


@pytest.mark.root
def test_device_nodes_are_never_written_or_read(communicator: OciCommunicator, root: Root) -> None:
    try:
        os.mknod(f"{root.path}/disk", 0o20666, os.makedev(1, 7))
    except PermissionError:
        pytest.skip("making device nodes needs root")
    with pytest.raises(ComponentError, match="neither a file nor a folder"):
        communicator.upload("/disk", io.BytesIO(b"x"))
    with pytest.raises(ComponentError, match="neither a file nor a folder"):
        communicator.download("/disk", io.BytesIO())


def make_local(tmp_path: Path) -> Path:
    local = tmp_path / "local"
    (local / "sub").mkdir(parents=True)
    (local / "sub" / "run").write_text("run")
    (local / "sub" / "run").chmod(0o700)
    (local / "skip.log").write_text("log")
    (local / "link").symlink_to("sub/run")
    return local


def test_upload_dir_takes_the_folder_or_only_what_is_in_it(
    communicator: OciCommunicator, root: Root, tmp_path: Path
) -> None:
    local = make_local(tmp_path)
    communicator.upload_dir("/to", str(local), exclude=["*.log"])
    communicator.upload_dir("/to", f"{local}/", exclude=["sub"])
    assert root.names("/to") == ["link", "local", "skip.log"]
    assert root.names("/to/local") == ["link", "sub"]
    assert os.stat(f"{root.path}/to/local/sub/run").st_mode & 0o777 == 0o700
    assert os.readlink(f"{root.path}/to/link") == "sub/run"
    communicator.upload_dir("/to", str(local))
    with pytest.raises(ComponentError, match="not a folder"):
        communicator.upload_dir("/to", f"{local}/skip.log")


def test_download_dir_makes_files_of_links_and_leaves_out_the_rest(
    communicator: OciCommunicator, root: Root, tmp_path: Path
) -> None:
    communicator.upload_dir("/from", f"{make_local(tmp_path)}/")
    os.symlink("/", f"{root.path}/from/up")
    os.symlink(tmp_path / "outside/secret", f"{root.path}/from/out")
    os.symlink("/from/sub/run", f"{root.path}/from/absolute")
    communicator.download_dir("/from", str(tmp_path / "got"), exclude=["*.log"])
    communicator.download_dir("/from/sub/", str(tmp_path / "only"))
    got = tmp_path / "got" / "from"
    assert sorted(os.listdir(got)) == ["absolute", "link", "sub"]
    assert (got / "absolute").read_text() == (got / "link").read_text() == "run"
    assert not (got / "link").is_symlink()
    assert (tmp_path / "only" / "run").stat().st_mode & 0o777 == 0o700


def test_cancel_stops_a_transfer(root: Root) -> None:
    def cancel() -> None:
        raise Cancelled

    with Entrance(root, {}) as entrance:
        communicator = OciCommunicator(root, entrance, "/", cancel)
        with pytest.raises(Cancelled):
            communicator.upload("/file", io.BytesIO(b"text"))
