"""Core's own config file, as far as plugins go: which name is which executable (`SEED-07`).

::

    {"builders": {"custom-cloud": "/an/absolute/path/to/packer-builder-custom-cloud"}}

Keys that mean nothing here are for others, or for HashiCorp's packer, and are left alone.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from packer_core.errors import TemplateError
from packer_core.template.source_file import read_file
from packer_sdk.errors import PackerError
from packer_sdk.records import record

from .names import ComponentName

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

logger = logging.getLogger(__name__)

_KINDS = {
    "builders": "builder",
    "provisioners": "provisioner",
    "post-processors": "post-processor",
    "datasources": "datasource",
}


@record
class ConfigEntry:
    """One line of a map.

    Attributes:
        name: The component it defines; need not be what the executable is called.
        executable: Its path, or a bare name to look for.
    """

    name: ComponentName
    executable: str


def read_config_file(path: Path) -> tuple[ConfigEntry, ...]:
    """Read the entries of the maps ``builders``, ``provisioners``, ``post-processors``.

    A missing file is fine. The maps' keys are found in any case.

    Raises:
        PackerError: The file cannot be read, or is not a JSON object of such maps.
    """
    text = _read(path)
    return () if text is None else tuple(_entries(path, _parse(path, text)))


def _read(path: Path) -> str | None:
    if _is_missing(path):
        logger.debug("There is no config file: %s", path)
        return None
    try:
        return read_file(path, "the config file").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(f"cannot read the config file: {path}: it is not UTF-8") from error
    except TemplateError as error:
        raise _refused(error.diagnostics[0].summary) from error


def _is_missing(path: Path) -> bool:
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False  # reading it tells why
    return False


def _parse(path: Path, text: str) -> dict[str, object]:
    import json  # noqa: PLC0415  # most people have no config file

    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise _refused(f"the config file is not JSON: {place}: {error.msg.lower()}") from error
    if not isinstance(value, dict):
        raise _refused(f"the config file is not a JSON object: {path}")
    return value


def _entries(path: Path, content: dict[str, object]) -> Iterator[ConfigEntry]:
    for key, entries in content.items():
        kind = _KINDS.get(key.lower())
        if kind is None or entries is None:
            continue
        if not isinstance(entries, dict):
            raise _refused(f'"{key}" in the config file is not a JSON object: {path}')
        for name, value in entries.items():
            if not isinstance(value, str) or not value:
                raise _refused(f'"{name}" of "{key}" in the config file is not a path: {path}')
            yield ConfigEntry(ComponentName(kind, name), value)


def _refused(message: str) -> PackerError:
    return PackerError(
        message,
        hint='it reads {"builders": {"note": "/absolute/path/to/packer-builder-note"}}',
        reference="config-file-refused",
    )
