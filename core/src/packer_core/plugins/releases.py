"""Releases of plugins in Go: which there are, and fetching them (PLG-009, protocol section 1.7).

::

    BASE/OWNER/packer-plugin-NAME/releases/download/v1.2.3/packer-plugin-NAME_v1.2.3_SHA256SUMS
    BASE/OWNER/packer-plugin-NAME/releases/download/v1.2.3/packer-plugin-NAME_v1.2.3_x5.0_OS_ARCH.zip
    API/repos/OWNER/packer-plugin-NAME/git/matching-refs/tags        [{"ref": "refs/tags/v1.2.3"}]

BASE is ``https://github.com`` or what ``PACKER_RELEASES_URL`` says. API is GitHub's, and for
another base ``BASE/api/v3``, where GitHub Enterprise has it and a static mirror may put a file. The
owner is always part of the address: HashiCorp's packer asks releases.hashicorp.com first, by the
name alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packer_core.errors import InstallError
from packer_core.plugin_sources import RELEASES

from .binary_names import API, PREFIX, BinaryName
from .binary_store import read_address
from .semver import Version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from http.client import HTTPResponse
    from pathlib import Path

    from packer_sdk.cancel import CancelToken

logger = logging.getLogger(__name__)

BASE = "https://github.com"

_API_HOST = "api.github.com"
_TIMEOUT_S = 30.0
_CHUNK = 1 << 18
_TEXT_MAX = 1 << 22
_SUM = re.compile(r"(?P<sum>[0-9a-fA-F]{64})[ \t]+\*?(?P<name>\S+)\s*", re.ASCII)
_SAFE_PLATFORM = re.compile(r"[a-z0-9]+_[a-z0-9]+", re.ASCII)


class NoSuchRelease(InstallError):
    """A release, or the part of it for this platform, is not there; an older one may be."""


@dataclass(frozen=True, slots=True)
class Archive:
    """One file of a release: a program for one platform, in a zip.

    Attributes:
        address: Of the plugin, ``github.com/OWNER/NAME``.
        platform: ``linux_amd64``.
        name: Of the file.
        url: Where it is.
        sha256: What its checksum is said to be.
    """

    address: str
    platform: str
    name: str
    url: str
    sha256: str

    @property
    def program(self) -> str:
        """The name of the program in it."""
        return self.name.removesuffix(f"_{self.platform}.zip") + suffix_of(self.platform)

    @property
    def version(self) -> Version:
        """Of the plugin."""
        name = BinaryName.read(self.program, suffix_of(self.platform))
        assert name is not None  # it was made from such a name
        return name.version


def suffix_of(platform: str) -> str:
    """How names of programs for a platform end: ``_linux_amd64``, ``_windows_amd64.exe``."""
    return f"_{platform}" + (".exe" if platform.startswith("windows_") else "")


class Releases:
    """Asks for releases.

    Args:
        environ: The environment: ``PACKER_RELEASES_URL`` and ``PACKER_GITHUB_API_TOKEN`` count.
        cancel: Ends a download.
    """

    def __init__(self, environ: Mapping[str, str], cancel: CancelToken) -> None:
        own = environ.get("PACKER_RELEASES_URL", "")
        self._is_elsewhere = bool(own)
        self._base = (own or BASE).rstrip("/")
        self._token = environ.get("PACKER_GITHUB_API_TOKEN", "")
        self._cancel = cancel
        if urlsplit(self._base).scheme not in {"http", "https"}:
            raise InstallError(
                f"PACKER_RELEASES_URL is no address of a server: {self._base}",
                hint=f"such as {BASE}",
            )

    def versions(self, address: str) -> list[Version]:
        """The releases of a plugin, newest first; pre-releases are none.

        Raises:
            InstallError: The server cannot be asked, or has no such plugin.
        """
        owner, repository = self._repository(address)
        api = f"https://{_API_HOST}" if self._base == BASE else f"{self._base}/api/v3"
        url = f"{api}/repos/{owner}/{repository}/git/matching-refs/tags"
        try:
            tags = [str(one["ref"]).rpartition("/")[2] for one in json.loads(self._text(url))]
        except NoSuchRelease as error:
            raise InstallError(
                f"there is no such plugin: {address}",
                hint=f"packer looked at {self._base}/{owner}/{repository}",
            ) from error
        except (ValueError, TypeError, KeyError) as error:
            raise InstallError(
                f"not a list of releases: {url}", hint="check PACKER_RELEASES_URL"
            ) from error
        found = [version for tag in tags if (version := _release(tag))]
        return sorted(set(found), key=lambda one: one.rank, reverse=True)

    def archives(self, address: str, version: Version) -> dict[str, Archive]:
        """The files of a release that this packer can speak to, by platform.

        Raises:
            NoSuchRelease: It has no list of checksums.
            InstallError: The server cannot be asked.
        """
        place = self._place(address, version)
        repository = self._repository(address)[1]
        try:
            text = self._text(f"{place}/{repository}_v{version}_SHA256SUMS")
        except NoSuchRelease as error:
            raise NoSuchRelease(
                f"the release of {address} {version} has no checksums: {error.message}",
                hint="without them nothing is installed; choose another version, or tell its maker",
            ) from error
        found: dict[str, Archive] = {}
        for match in filter(None, map(_SUM.fullmatch, text.splitlines())):
            platform = platform_of(match["name"], address, version)
            if platform:
                found[platform] = Archive(
                    address,
                    platform,
                    match["name"],
                    f"{place}/{match['name']}",
                    match["sum"].lower(),
                )
        return found

    def archive(self, address: str, version: Version, platform: str) -> Archive:
        """The file of a release for one platform.

        Raises:
            NoSuchRelease: There is none.
            InstallError: The server cannot be asked.
        """
        found = self.archives(address, version)
        if platform not in found:
            there = ", ".join(sorted(found)) or "nothing that speaks API x5.0"
            raise NoSuchRelease(
                f"the release of {address} {version} has nothing for {platform}",
                hint=f"it has {there}",
            )
        return found[platform]

    def url_of(self, archive: Archive) -> str:
        """Where to fetch a file that a lock names: where it was, unless somebody says otherwise."""
        if not self._is_elsewhere:
            return archive.url
        return f"{self._place(archive.address, archive.version)}/{archive.name}"

    def fetch(self, url: str, into: Path) -> str:
        """Fetch a file; returns its SHA-256.

        Raises:
            InstallError: It cannot be fetched.
            Cancelled: Somebody asked to stop.
        """
        digest = hashlib.sha256()
        with self._opened(url) as answer, into.open("wb") as file:
            while chunk := answer.read(_CHUNK):
                self._cancel.check()
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()

    def _place(self, address: str, version: Version) -> str:
        owner, repository = self._repository(address)
        return f"{self._base}/{owner}/{repository}/releases/download/v{version}"

    def _repository(self, address: str) -> tuple[str, str]:
        parts = read_address(address)
        if parts[0] != RELEASES or len(parts) != 3:
            raise InstallError(
                f"plugins are fetched from {RELEASES}/OWNER/NAME only: {address}",
                hint=f"packer plugins install -path FILE {address} installs a file you have",
            )
        return parts[1], f"{PREFIX}{parts[2]}"

    def _text(self, url: str) -> str:
        with self._opened(url) as answer:
            return answer.read(_TEXT_MAX).decode("utf-8", "replace")

    @contextmanager
    def _opened(self, url: str) -> Iterator[HTTPResponse]:
        self._cancel.check()
        logger.debug("Asking %s", url)
        try:
            request = request_for(url, self._token)
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - http
                yield answer
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(url, error) from error
        except (OSError, HTTPException) as error:
            self._cancel.check()
            reason = getattr(error, "reason", None) or error
            raise InstallError(
                f"cannot fetch {url}: {reason}",
                hint="check the network and PACKER_RELEASES_URL; without a network, "
                "packer init -from BUNDLE",
            ) from error


def request_for(url: str, token: str = "") -> urllib.request.Request:
    """A request, which takes the token along to GitHub's API and nowhere else."""
    request = urllib.request.Request(url, headers={"User-Agent": "packer"})  # noqa: S310 - as above
    parts = urlsplit(url)
    if token and parts.scheme == "https" and parts.netloc == _API_HOST:
        # Not one that a redirection would carry on to another host.
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    return request


def _refused(url: str, error: urllib.error.HTTPError) -> InstallError:
    if error.code == 404:
        return NoSuchRelease(f"there is no {url}")
    if error.code in {403, 429} and error.headers.get("X-RateLimit-Remaining") == "0":
        return InstallError(
            f"GitHub answers no more questions for now, until {_reset_time(error)}: {url}",
            hint="with a token in PACKER_GITHUB_API_TOKEN it answers more of them",
        )
    return InstallError(
        f"cannot fetch {url}: HTTP status {error.code}",
        hint="try again later, or check PACKER_RELEASES_URL",
    )


def _reset_time(error: urllib.error.HTTPError) -> str:
    try:
        moment = datetime.fromtimestamp(int(error.headers.get("X-RateLimit-Reset", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return "some time later"
    return f"{moment:%H:%M} UTC"


def _release(tag: str) -> Version | None:
    try:
        version = Version.read(tag.removeprefix("v"))
    except ValueError:
        return None
    return None if version.pre or version.meta or not tag.startswith("v") else version


def platform_of(name: str, address: str, version: Version) -> str:
    """For which platform a file is; empty if it is none that can be used."""
    stem = name.removesuffix(".zip")
    platform = "_".join(stem.split("_")[-2:])
    if stem == name or not _SAFE_PLATFORM.fullmatch(platform):
        return ""
    try:
        found = BinaryName.read(stem, f"_{platform}")
    except ValueError:
        return ""
    if found is None or found.plugin != address.rpartition("/")[2] or found.version != version:
        return ""
    return platform if found.api[0] == API[0] and found.api[1] <= API[1] else ""
