from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest

from helpers.releases import PLATFORM, Shelf, served
from packer_core.constraints import parse_constraints
from packer_core.errors import InstallError
from packer_core.paths import Paths
from packer_core.plugins.binaries import Binaries
from packer_core.plugins.release_store import (
    ReleaseStore,
    digest_of,
    has_checksum,
    program_digest,
    prune_archives,
)
from packer_sdk.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOUD = "github.com/maker/cloud"


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = Shelf(tmp_path / "server")
    shelf.root.mkdir()
    with served(shelf):
        yield shelf


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environ(
        {
            "HOME": str(tmp_path),
            "PACKER_DATA_DIR": str(tmp_path / "data"),
            "PACKER_PLUGIN_PATH": str(tmp_path / "plugins"),
        }
    )


@pytest.fixture
def store(paths: Paths, shelf: Shelf) -> ReleaseStore:
    environ = {"PATH": os.environ["PATH"], "PACKER_RELEASES_URL": shelf.base}
    return ReleaseStore(paths, lambda _: None, environ, CancelToken())


def newest(store: ReleaseStore, constraint: str = "") -> Path | None:
    constraints = parse_constraints(constraint) if constraint else ()
    archive = store.newest(CLOUD, constraints, PLATFORM)
    return None if has_checksum(store.target(archive)) else store.install(archive)


def installed(paths: Paths) -> list[str]:
    return sorted(path.name for path in paths.plugin_folders[0].rglob("*") if path.is_file())


def test_newest_release_that_is_allowed_is_installed(
    store: ReleaseStore, shelf: Shelf, paths: Paths, tmp_path: Path
) -> None:
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        shelf.put(version)
    placed = newest(store, "~> 1.0")
    assert placed is not None
    assert placed.name.startswith("packer-plugin-cloud_v1.1.0_x5.0_")
    assert placed.parent == paths.plugin_folders[0] / CLOUD
    found = Binaries(paths.plugin_folders, tmp_path / "cache", os.environ).installed(CLOUD)
    assert [str(one.description.version) for one in found] == ["1.1.0"]


def test_release_that_is_there_is_not_fetched_again(store: ReleaseStore, shelf: Shelf) -> None:
    shelf.put()
    assert newest(store)
    assert newest(store) is None
    assert [path for path in shelf.paths if path.endswith(".zip")][1:] == []


def test_release_without_what_is_needed_gives_way_to_an_older_one(
    store: ReleaseStore, shelf: Shelf
) -> None:
    shelf.put("1.0.0")
    shelf.put("1.1.0", sums=False)
    shelf.put("1.2.0", platforms=("plan9_mips",))
    placed = newest(store)
    assert placed is not None
    assert "_v1.0.0_" in placed.name


BAD: list[tuple[dict[str, object], str, str]] = [
    ({"digest": "0" * 64}, "its SHA-256 is .*, not " + "0" * 64, "torn"),
    ({"sums": False}, "has no checksums", "another version"),
    ({"member": "../../evil"}, "does not hold .*, but ../../evil", "nothing of it was unpacked"),
    ({"member": "packer-plugin-other"}, "does not hold .*packer-plugin-other", "unpacked"),
    ({"says": "6.6.6"}, "says that it is 6.6.6", "its maker"),
    ({"platforms": ("plan9_mips",)}, "has nothing for", "it has plan9_mips"),
]


@pytest.mark.parametrize(("release", "message", "hint"), BAD)
def test_bad_release_is_told_and_leaves_nothing(  # noqa: PLR0917 - a table
    release: dict[str, object],
    message: str,
    hint: str,
    store: ReleaseStore,
    shelf: Shelf,
    paths: Paths,
) -> None:
    shelf.put("0.9.0")
    assert newest(store, "0.9.0")
    before = installed(paths)
    shelf.put("1.0.0", **release)  # type: ignore[arg-type]
    with pytest.raises(InstallError, match=message) as caught:
        newest(store, "1.0.0")
    assert hint in (caught.value.hint or "")
    assert installed(paths) == before
    assert not list(paths.releases.glob(".incoming-*"))


def test_version_that_is_not_there_is_told_with_those_that_are(
    store: ReleaseStore, shelf: Shelf
) -> None:
    shelf.put("1.0.0")
    shelf.put("1.1.0")
    with pytest.raises(InstallError, match=r"no release of .*/cloud that is >= 2") as caught:
        newest(store, ">= 2")
    assert caught.value.hint == "there are 1.1.0, 1.0.0"


def test_archive_that_was_fetched_is_kept_by_its_content(
    store: ReleaseStore, shelf: Shelf, paths: Paths
) -> None:
    shelf.put()
    archive = store.newest(CLOUD, (), PLATFORM)
    placed = store.install(archive)
    kept = store.path(archive)
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == kept.parent.name
    assert digest_of(placed) == program_digest(kept, archive)
    kept.write_bytes(b"rotten")
    assert store.fetched(archive).read_bytes() != b"rotten"


def test_program_that_is_not_as_its_checksum_says_has_no_digest(
    store: ReleaseStore, shelf: Shelf
) -> None:
    shelf.put()
    placed = newest(store)
    assert placed is not None
    placed.write_bytes(b"other")
    assert digest_of(placed) is None
    assert digest_of(placed.with_name("gone")) is None


def test_archives_of_what_is_not_installed_are_pruned(
    store: ReleaseStore, shelf: Shelf, paths: Paths
) -> None:
    for version in ("1.0.0", "1.1.0"):
        shelf.put(version)
        assert newest(store)
    [program] = paths.plugin_folders[0].rglob("*_v1.0.0_*64")
    program.unlink()
    assert prune_archives(paths) == 0  # somebody may be just installing it
    assert prune_archives(paths, grace_s=-1) > 0
    assert [path.name.split("_")[1] for path in paths.releases.rglob("*.zip")] == ["v1.1.0"]
