from __future__ import annotations

import io
import json
import tarfile
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.lock.bundle import HEAD, Bundle, members, write_bundle
from packer_core.plugins.lock.file import lock_text
from packer_core.plugins.lock.model import (
    Lock,
    LockedArchive,
    LockedPackage,
    LockedPlugin,
    LockedProgram,
    LockedWheel,
)
from packer_core.plugins.lock.targets import Target
from packer_core.plugins.releases import Archive

if TYPE_CHECKING:
    from pathlib import Path

LINUX, WINDOWS = Target("linux_amd64", "3.11"), Target("windows_amd64", "3.11")
WHEEL, ZIP = b"a wheel", b"a zip"


def lock() -> Lock:
    wheel = LockedWheel(
        name="one-1.0-py3-none-any.whl", sha256=sha256(WHEEL).hexdigest(), url="https://x"
    )
    package = LockedPackage(name="one", version="1.0", wheels=(wheel,))
    plugin = LockedPlugin(name="one", version="1.0", requirement="one", packages=(package,))
    address = "github.com/maker/cloud"
    archive = Archive(
        address,
        "linux_amd64",
        "packer-plugin-cloud_v1.0.0_x5.0_linux_amd64.zip",
        "https://x",
        sha256(ZIP).hexdigest(),
    )
    program = LockedProgram(
        address=address, version="1.0.0", archives=(LockedArchive(archive, "0" * 64),)
    )
    return Lock(targets=(LINUX, WINDOWS), plugins=(plugin,), programs=(program,))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {}
    for name in members(lock(), [LINUX]):
        found[name] = tmp_path / name.rpartition("/")[2]
        found[name].write_bytes(WHEEL if name.startswith("wheels") else ZIP)
    return found


def test_bundle_holds_what_the_lock_names(tmp_path: Path, files: dict[str, Path]) -> None:
    path = tmp_path / "plugins.bundle"
    digest = write_bundle(path, lock(), [LINUX], files)
    assert digest == sha256(path.read_bytes()).hexdigest()
    bundle = Bundle.open(path)
    assert (bundle.lock, bundle.targets) == (lock(), (LINUX,))
    for name, source in files.items():
        taken = tmp_path / "taken"
        assert bundle.take(name, sha256(source.read_bytes()).hexdigest(), taken)
        assert taken.read_bytes() == source.read_bytes()
    assert not bundle.take("wheels/other", "", tmp_path / "taken")


def test_same_lock_makes_the_same_bytes(tmp_path: Path, files: dict[str, Path]) -> None:
    first = write_bundle(tmp_path / "first", lock(), [LINUX], files)
    for path in files.values():
        path.chmod(0o600)
        path.write_bytes(path.read_bytes())
    assert (
        write_bundle(tmp_path / "second", lock(), [LINUX], dict(reversed(files.items()))) == first
    )


def made(path: Path, contents: dict[str, bytes], link: str = "") -> Path:
    with tarfile.open(path, "w") as archive:
        for name, data in contents.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        if link:
            entry = tarfile.TarInfo(link)
            entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(entry)
    return path


def head(version: object = 1) -> bytes:
    about = [{"platform": "linux_amd64", "python": "3.11"}]
    return json.dumps({"format": version, "targets": about}).encode()


def good() -> dict[str, bytes]:
    return {HEAD: head(), "packer.lock": lock_text(lock()).encode()} | {
        name: WHEEL if name.startswith("wheels") else ZIP for name in members(lock(), [LINUX])
    }


def test_bundle_made_by_hand_is_one(tmp_path: Path) -> None:
    assert Bundle.open(made(tmp_path / "b", good())).lock == lock()


WHEEL_NAME = next(name for name in good() if name.startswith("wheels"))
BAD: list[tuple[dict[str, bytes | None], str, str]] = [
    ({WHEEL_NAME: b"evil"}, f"the SHA-256 of .* is {sha256(b'evil').hexdigest()}, not", "again"),
    ({WHEEL_NAME: None}, "is missing", "packer plugins bundle"),
    ({"../../evil": b"x"}, "its lock does not name ../../evil", "packer plugins bundle"),
    ({HEAD: head(2)}, "made by a newer packer: it is of format 2", "upgrade packer"),
    ({HEAD: head("x")}, "there is no format x", "packer plugins bundle"),
    ({HEAD: b"[]"}, "not a bundle", "packer plugins bundle"),
    ({HEAD: None}, "it does not begin with", "packer plugins bundle"),
    ({"packer.lock": b"format = 9"}, "written by a newer packer", "upgrade"),
    ({"packer.lock": b"x"}, "not a lock that can be read", "packer plugins lock"),
]


@pytest.mark.parametrize(("changes", "message", "hint"), BAD)
def test_bundle_that_was_changed_is_refused(
    changes: dict[str, bytes | None], message: str, hint: str, tmp_path: Path
) -> None:
    contents = {name: data for name, data in {**good(), **changes}.items() if data is not None}
    with pytest.raises(InstallError, match=message) as caught:
        Bundle.open(made(tmp_path / "b", contents))
    assert hint in (caught.value.hint or "")


def test_link_in_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match="wheels/x is no file"):
        Bundle.open(made(tmp_path / "b", good(), link="wheels/x"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", b"\0" * 4096, b"x" * 2000])
def test_file_that_is_no_bundle_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "b"
    path.write_bytes(content)
    with pytest.raises(InstallError, match="not a bundle of plugins"):
        Bundle.open(path)


def test_bundle_that_is_torn_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "b", good())
    whole = path.read_bytes()
    for size in range(0, len(whole.rstrip(b"\0")), 700):
        path.write_bytes(whole[:size])
        with pytest.raises(InstallError) as caught:
            Bundle.open(path)
        assert caught.value.hint


def test_bundle_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"cannot read the bundle .*: no such file"):
        Bundle.open(tmp_path / "gone")
