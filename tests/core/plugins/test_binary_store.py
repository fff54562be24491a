from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from helpers.binaries import SUFFIX, Shelf, description
from packer_core.errors import InstallError
from packer_core.plugins import binary_store
from packer_core.plugins.binaries import Binaries
from packer_core.plugins.binary_store import place, read_address
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "github.com/maker/cloud"


@pytest.fixture
def built(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "built")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "new" / "plugins"


def found(root: Path) -> Binaries:
    return Binaries([root], root.with_name("cache"), os.environ)


def placed(file: Path, root: Path, address: str = ADDRESS) -> Path:
    return place(file, address, root, environ=os.environ)


def removed(root: Path, what: str, constraint: str = "") -> list[Path]:
    return binary_store.remove(found(root), what, constraint, (root,))


@pytest.mark.parametrize(
    "address", ["github.com/hashicorp/docker", "localhost/a/b/c/d", "example.com/A_b/x-1"]
)
def test_addresses_have_parts(address: str) -> None:
    assert "/".join(read_address(address)) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "docker",
        "hashicorp/docker",
        "https://github.com/hashicorp/docker",
        "github.com/hashicorp/docker/",
        "/github.com/hashicorp/docker",
        "github.com/hashicorp/docker?x=1",
        "github.com/hashicorp/docker#x",
        "github.com/../docker",
        "github.com//docker",
        "github.com/hashicorp/Docker",
        "github.com/hashicorp/-docker",
        "/".join("abcdefghijklmnopq"),
    ],
)
def test_other_texts_are_no_addresses(address: str) -> None:
    with pytest.raises(InstallError, match="not the address of a plugin"):
        read_address(address)


def test_a_repository_is_no_name(built: Shelf) -> None:
    with pytest.raises(InstallError) as caught:
        read_address("github.com/hashicorp/packer-plugin-docker")
    assert caught.value.hint == "use github.com/hashicorp/docker"


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("1.2.3", "packer-plugin-cloud_v1.2.3_x5.0"),
        ("1.2.3-dev", "packer-plugin-cloud_v1.2.3-dev_x5.0"),
        ("1.2.3-dev+meta.1", "packer-plugin-cloud_v1.2.3-dev_x5.0"),
    ],
)
def test_a_binary_gets_the_name_it_is_found_by(
    built: Shelf, root: Path, says: str, name: str
) -> None:
    file = built.put(says=description(says))
    path = placed(file, root)
    assert path == root / ADDRESS / f"{name}{SUFFIX}"
    assert path.read_bytes() == file.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o755
    checksum = path.with_name(f"{path.name}_SHA256SUM").read_text()
    assert len(checksum) == 64
    assert [one.candidate.path for one in found(root).installed()] == [path]


def test_folders_are_made_that_others_cannot_write_to(built: Shelf, root: Path) -> None:
    before = os.umask(0)
    try:
        path = placed(built.put(), root)
    finally:
        os.umask(before)
    assert [one.candidate.path for one in found(root).installed()] == [path]


def test_what_is_there_is_replaced(built: Shelf, root: Path) -> None:
    placed(built.put(), root)
    path = placed(built.put(folder="other"), root)
    assert "# other" in path.read_text()
    assert len(found(root).installed()) == 1


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"says": "no"}, "does not describe itself"),
        ({"status": 1}, "exit status 1: why not"),
        ({"says": description("1.0.0-rc1")}, "a pre-release that cannot be installed: 1.0.0-rc1"),
        ({"says": description("1.0.0", api_version="x6.0")}, "of the plugin API: x6.0, not x5.0"),
        ({"says": description("1.0.0", api_version="5")}, "of the plugin API: 5, not x5.0"),
    ],
)
def test_what_is_no_plugin_is_not_installed(
    built: Shelf, root: Path, options: dict[str, object], reason: str
) -> None:
    with pytest.raises(InstallError, match=reason):
        placed(built.put(**options), root)  # type: ignore[arg-type]
    assert not root.exists()


def test_a_file_that_is_not_there_is_named(root: Path) -> None:
    with pytest.raises(InstallError, match=f"no such file: {root}/x"):
        placed(root / "x", root)


def test_a_folder_that_cannot_be_made_is_an_error(built: Shelf, root: Path) -> None:
    root.parent.write_text("in the way")
    with pytest.raises(InstallError, match="cannot install"):
        placed(built.put(), root)


def test_removing_takes_the_checksum_and_empty_folders_along(built: Shelf, root: Path) -> None:
    path = placed(built.put(), root)
    other = placed(built.put(), root, "github.com/maker/other")
    assert removed(root, ADDRESS) == [path]
    assert list((root / "github.com/maker").iterdir()) == [other.parent]
    assert removed(root, str(other)) == [other]
    assert list(root.iterdir()) == []


def test_only_versions_that_meet_the_constraint_are_removed(built: Shelf, root: Path) -> None:
    paths = [
        placed(built.put(version=version), root) for version in ("1.0.0", "1.1.0-dev", "2.0.0")
    ]
    assert removed(root, ADDRESS, ">= 1.1, < 2") == [paths[1]]
    with pytest.raises(InstallError, match=r"no such plugin: github.com/maker/cloud > 9"):
        removed(root, ADDRESS, "> 9")
    with pytest.raises(PackerError, match="not a version"):
        removed(root, ADDRESS, "?")


def test_paths_are_judged_before_they_are_removed(built: Shelf, root: Path) -> None:
    path = placed(built.put(), root)
    with pytest.raises(InstallError, match="one version already"):
        removed(root, str(path), "1.0")
    elsewhere = built.put()
    with pytest.raises(InstallError, match="not in a folder of plugins"):
        removed(root, str(elsewhere))
    for other in (path.with_name("notes"), path.with_name(f"{path.name}_SHA256SUM")):
        with pytest.raises(InstallError, match="there is no such plugin"):
            removed(root, str(other))
    assert elsewhere.exists()
    assert path.exists()
