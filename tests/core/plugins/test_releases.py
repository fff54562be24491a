"""Releases from a real server; what is installed from them is in `test_release_store`."""

from __future__ import annotations

import urllib.error
from email.message import Message
from typing import TYPE_CHECKING

import pytest

from helpers.releases import PLATFORM, Shelf, served
from packer_core.errors import InstallError
from packer_core.plugins.releases import (
    Archive,
    NoSuchRelease,
    Releases,
    _refused,
    platform_of,
    request_for,
)
from packer_core.plugins.semver import Version
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLOUD = "github.com/maker/cloud"
V1 = Version((1, 0, 0))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "server")


@pytest.fixture
def base(shelf: Shelf) -> Iterator[str]:
    shelf.root.mkdir()
    with served(shelf) as address:
        yield address


@pytest.fixture
def releases(base: str) -> Releases:
    environ = {"PACKER_RELEASES_URL": base, "PACKER_GITHUB_API_TOKEN": "secret"}
    return Releases(environ, CancelToken())


def test_releases_are_listed_newest_first(releases: Releases, shelf: Shelf) -> None:
    for version in ("1.2.0", "1.10.0", "1.2.0-rc1", "1.3"):
        shelf.tag(version, "maker", "packer-plugin-cloud")
    assert [str(one) for one in releases.versions(CLOUD)] == ["1.10.0", "1.2.0"]


def test_owner_is_part_of_the_address(releases: Releases, shelf: Shelf) -> None:
    shelf.put(address="github.com/stranger/cloud")
    with pytest.raises(InstallError, match=r"there is no such plugin: github\.com/maker/cloud"):
        releases.versions(CLOUD)
    assert all("/maker/" in path for path in shelf.paths)


def test_archives_are_told_apart_by_platform(releases: Releases, shelf: Shelf) -> None:
    shelf.put(platforms=("linux_amd64", "windows_amd64"))
    found = releases.archives(CLOUD, V1)
    assert sorted(found) == ["linux_amd64", "windows_amd64"]
    assert found["windows_amd64"].program == "packer-plugin-cloud_v1.0.0_x5.0_windows_amd64.exe"
    assert found["linux_amd64"].version == V1


def test_archive_that_speaks_another_api_is_none(releases: Releases, shelf: Shelf) -> None:
    shelf.put(api="x6.0")
    with pytest.raises(NoSuchRelease, match=f"has nothing for {PLATFORM}") as caught:
        releases.archive(CLOUD, V1, PLATFORM)
    assert caught.value.hint == "it has nothing that speaks API x5.0"


def test_release_without_checksums_is_refused(releases: Releases, shelf: Shelf) -> None:
    shelf.put(sums=False)
    with pytest.raises(NoSuchRelease, match=r"1\.0\.0 has no checksums") as caught:
        releases.archives(CLOUD, V1)
    assert caught.value.hint


def test_token_goes_to_the_api_of_github_and_nowhere_else(releases: Releases, shelf: Shelf) -> None:
    shelf.put()
    releases.versions(CLOUD)
    releases.archives(CLOUD, V1)
    assert shelf.asked
    assert not [headers for _, headers in shelf.asked if "Authorization" in headers]
    request = request_for("https://api.github.com/repos/x/y", "secret")
    assert request.unredirected_hdrs == {"Authorization": "Bearer secret"}
    assert "Authorization" not in request.headers  # those a redirection would carry on
    for other in ("https://api.github.com.evil.example/", "http://api.github.com/x", "https://x/"):
        assert not request_for(other, "secret").unredirected_hdrs


def test_github_that_has_had_enough_is_told_with_the_time() -> None:
    headers = Message()
    headers["X-RateLimit-Remaining"], headers["X-RateLimit-Reset"] = "0", "1700000000"
    with urllib.error.HTTPError("u", 403, "no", headers, None) as error:
        told = _refused("https://api.github.com/x", error)
    assert "until 22:13 UTC" in told.message
    assert "PACKER_GITHUB_API_TOKEN" in (told.hint or "")


def test_server_that_is_down_is_told(tmp_path: Path) -> None:
    nobody = Releases({"PACKER_RELEASES_URL": "http://127.0.0.1:1"}, CancelToken())
    with pytest.raises(InstallError, match=r"cannot fetch http://127\.0\.0\.1:1/api") as caught:
        nobody.versions(CLOUD)
    assert "PACKER_RELEASES_URL" in (caught.value.hint or "")
    with pytest.raises(InstallError, match="no address of a server: file"):
        Releases({"PACKER_RELEASES_URL": "file:///x"}, CancelToken())


def test_list_that_is_none_is_told(releases: Releases, shelf: Shelf) -> None:
    shelf.tag("1.0.0", "maker", "packer-plugin-cloud")
    (shelf.root / "api/v3/repos/maker/packer-plugin-cloud/git/matching-refs/tags").write_text("<p>")
    with pytest.raises(InstallError, match="not a list of releases"):
        releases.versions(CLOUD)


def test_other_hosts_are_not_asked(releases: Releases, shelf: Shelf) -> None:
    with pytest.raises(InstallError, match=r"fetched from github\.com/OWNER/NAME only") as caught:
        releases.versions("gitlab.com/maker/cloud")
    assert "-path FILE" in (caught.value.hint or "")
    assert not shelf.asked


def test_fetching_stops_when_somebody_asks(base: str, shelf: Shelf, tmp_path: Path) -> None:
    cancel = CancelToken()
    releases = Releases({"PACKER_RELEASES_URL": base}, cancel)
    shelf.put()
    archive = releases.archive(CLOUD, V1, PLATFORM)
    cancel.cancel()
    with pytest.raises(Cancelled):
        releases.fetch(archive.url, tmp_path / "file")


@pytest.mark.parametrize(
    ("name", "platform"),
    [
        ("packer-plugin-cloud_v1.0.0_x5.0_linux_amd64.zip", "linux_amd64"),
        ("packer-plugin-cloud_v1.0.1_x5.0_linux_amd64.zip", ""),
        ("packer-plugin-other_v1.0.0_x5.0_linux_amd64.zip", ""),
        ("packer-plugin-cloud_v1.0.0_x4.0_linux_amd64.zip", ""),
        ("packer-plugin-cloud_v1.0.0_x5.9_linux_amd64.zip", ""),
        ("packer-plugin-cloud_v1.0.0_x5.0_linux_amd64", ""),
        ("packer-plugin-cloud_v1.0.0_x5.0_../../evil_amd64.zip", ""),
        ("README.md", ""),
    ],
)
def test_name_of_a_file_says_for_which_platform_it_is(name: str, platform: str) -> None:
    assert platform_of(name, CLOUD, V1) == platform


def test_program_is_called_like_its_archive() -> None:
    archive = Archive(
        CLOUD, "linux_arm64", "packer-plugin-cloud_v1.0.0_x5.0_linux_arm64.zip", "", ""
    )
    assert archive.program == "packer-plugin-cloud_v1.0.0_x5.0_linux_arm64"
