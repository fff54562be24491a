"""What a plugin says of itself: asked for once, then kept by what is in its file.

Every other command learns it from ``CACHE/plugins/DIGEST/describe.json``. The digest of a file is
kept as well, as long as its size, its number and its times stay the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.records import record

from .kept import keep
from .names import is_component_name
from .semver import Version

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from packer_sdk.cancel import CancelToken

logger = logging.getLogger(__name__)

DEFAULT_NAME = "-packer-default-plugin-name-"
"""Stands for the component that is called like its plugin (protocol section 1.2)."""

TIMEOUT_S = 30.0
"""For ``describe``. HashiCorp's packer waits for ever."""

_LISTS = {
    "builders": "builder",
    "provisioners": "provisioner",
    "post_processors": "post-processor",
    "datasources": "datasource",
}
_TOO_FRESH_S = 2.0
"""A file may change twice within the resolution of its time."""


@record
class Description:
    """An answer to ``describe`` (protocol section 1.5).

    Attributes:
        version: Of the plugin.
        api_version: ``x5.0``.
        protobuf: Whether it can speak protobuf.
        components: Kind and short name of each.
    """

    version: Version
    api_version: str
    protobuf: bool
    components: tuple[tuple[str, str], ...]

    @classmethod
    def read(cls, answer: str) -> Description:
        """Read an answer.

        Raises:
            ValueError: It is none; says why.
        """
        try:
            raw = json.loads(answer)
        except ValueError:
            raw = None
        if not isinstance(raw, dict):
            raise ValueError("it does not describe itself with a JSON object")  # noqa: TRY004 - of text
        version, api = raw.get("version"), raw.get("api_version")
        if not isinstance(version, str) or not isinstance(api, str):
            raise ValueError("it does not say which version it is")  # noqa: TRY004 - of text
        components = tuple(
            (kind, name) for key, kind in _LISTS.items() for name in _names(key, raw.get(key))
        )
        return cls(Version.read(version), api, raw.get("protocol_version") == "v2", components)


def full_name(plugin: str, name: str) -> str:
    """What templates call a component (protocol section 1.6)."""
    return plugin if name == DEFAULT_NAME else f"{plugin}-{name}"


def _names(key: str, value: object) -> list[str]:
    """An empty list may come as null, or not at all."""
    names = [] if value is None else value
    if not isinstance(names, list) or not all(
        isinstance(name, str) and (name == DEFAULT_NAME or is_component_name(name))
        for name in names
    ):
        raise ValueError(f"it describes its {key.replace('_', '-')} with something else than names")
    return names


class Descriptions:
    """Asks plugins, or remembers what they said.

    Args:
        folder: The cache.
        environ: The environment that plugins are asked in.
    """

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        self._environ = environ
        self._digests = _Digests(folder / "digests.json")

    def digest(self, path: Path) -> str:
        """SHA-256 of a file, as hexadecimal digits.

        Raises:
            OSError: It cannot be read.
        """
        return self._digests.of(path)

    def save(self) -> None:
        """Keep the digests for the next command."""
        self._digests.save()

    def of(self, path: Path, digest: str) -> Description:
        """What the plugin in a file says of itself.

        Raises:
            ValueError: It does not, or nothing that makes sense; says why.
        """
        kept = self._folder / digest / "describe.json"
        try:
            return Description.read(kept.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            answer = ask(path, self._environ)
            description = Description.read(answer)
            keep(kept, answer.encode())
            return description


def ask(path: Path, environ: Mapping[str, str], cancel: CancelToken | None = None) -> str:
    """Have a plugin describe itself.

    Raises:
        ValueError: It ends with an error, takes too long or cannot be started; says why.
    """
    # As much as it takes to start a process and to stop it again, whatever happens; installing
    # is not what this is about.
    from .install.children import clean_environment, run_captured  # noqa: PLC0415

    logger.info("Asking %s what it is", path)
    try:
        finished = run_captured(
            [str(path), "describe"],
            environ=clean_environment(environ),
            cancel=cancel,
            timeout_s=TIMEOUT_S,
        )
    except subprocess.TimeoutExpired:
        raise ValueError(f"it does not describe itself within {TIMEOUT_S:g} seconds") from None
    except OSError as error:
        raise ValueError(f"it cannot be started: {error.strerror}") from error
    if finished.status:
        words = (finished.errors or finished.output).strip().splitlines()[-1:]
        said = f": {words[0].strip()}" if words else ""
        raise ValueError(f"it does not describe itself: exit status {finished.status}{said}")
    return finished.output


class _Digests:
    """SHA-256 of files, by what the file system says of them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = self._load()
        self._changed = False

    def of(self, path: Path) -> str:
        mark = _mark(path.stat())
        known = self._known.get(str(path))
        if isinstance(known, list) and known[:-1] == mark:
            return str(known[-1])
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if time.time_ns() - max(mark[1:3]) > _TOO_FRESH_S * 1e9:
            self._known[str(path)] = [*mark, digest]
            self._changed = True
        return digest

    def save(self) -> None:
        if self._changed:
            here = {path: known for path, known in self._known.items() if Path(path).exists()}
            keep(self._path, json.dumps(here).encode())
            self._changed = False

    def _load(self) -> dict[str, object]:
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return raw if isinstance(raw, dict) else {}


def _mark(status: os.stat_result) -> list[int]:
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
