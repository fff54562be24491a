"""What pip's configuration says about where to look, for installers that do not read it."""

from __future__ import annotations

import configparser
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from .sources import bare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_FOR_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "keyring-provider": "UV_KEYRING_PROVIDER",
}
_KEYRINGS = {"disabled", "subprocess"}  # what uv knows of pip's


def pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """The same as environment variables of uv; what is set for uv itself wins."""
    found: dict[str, str] = {}
    for name, variable in _FOR_UV.items():
        value = environ.get(f"PIP_{name.upper().replace('-', '_')}") or _from_files(environ, name)
        if value and variable not in environ:
            found[variable] = _join(name, value)
    if found.get("UV_KEYRING_PROVIDER", "disabled") not in _KEYRINGS:
        found["UV_KEYRING_PROVIDER"] = "subprocess"
    if found.get("UV_NO_INDEX", "").lower() in {"0", "false", "no", "off"}:
        del found["UV_NO_INDEX"]
    return found


def index_url(environ: Mapping[str, str]) -> str:
    """The index that pip looks at if nobody says otherwise, without user and password."""
    found = environ.get("PIP_INDEX_URL") or _from_files(environ, "index-url")
    return bare(found or "https://pypi.org/simple")


def _join(name: str, value: str) -> str:
    return ",".join(value.split()) if name == "find-links" else " ".join(value.split())


def _from_files(environ: Mapping[str, str], name: str) -> str:
    value = ""
    for path in _files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip will say so when it is its turn
        value = parser.get("global", name, fallback=value)
    return value


def _files(environ: Mapping[str, str]) -> Iterator[Path]:
    """The files of pip's configuration; what a later one says wins."""
    own = environ.get("PIP_CONFIG_FILE", "")
    if own == os.devnull:
        return
    home = Path(environ.get("HOME", "/"))
    yield from (Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf"), home / ".pip" / "pip.conf")
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip" / "pip.conf"
    yield Path(sys.prefix) / "pip.conf"
    if own:
        yield Path(own)
