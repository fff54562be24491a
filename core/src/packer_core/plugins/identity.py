"""Which plugin a component is, to the bit: what is known of one identity holds for it for ever.

============================ =========================================================
a plugin's binary            SHA-256 of the file, which discovery has made; of a script nothing
installed by us              its receipt: everything in its environment has a hash there
installed with ``-editable`` the same, and size and time of every source file
comes with core              size and time of every source file
any other program            SHA-256 of the file; of a script nothing, it may import anything
============================ =========================================================
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.paths import Paths

    from .catalog import Component

_FOLDERS_OF_OTHERS = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})
_FILES_MAX = 5000


def identity_of(component: Component, paths: Paths) -> str | None:
    """A name for exactly this plugin, 64 hexadecimal digits; None if nobody can tell."""
    if component.digest and not _is_script(component.path):
        return component.digest
    if component.source == "bundled":
        return _of_bundled(component)
    if component.source == "installed":
        return _of_installed(component, paths)
    return _of_program(component.path)


def _of_bundled(component: Component) -> str | None:
    """Not the version: who works on core changes the sources and keeps that."""
    if len(component.argv) < 2 or component.argv[-2] != "plugin":
        return None  # an extension has brought it, and knows best what it starts
    from importlib.util import find_spec  # noqa: PLC0415 - see `specs`

    specs = [find_spec("packer_plugin_bundled"), find_spec("packer_sdk")]
    folders = {Path(one) for spec in specs if spec for one in spec.submodule_search_locations or ()}
    return _of_trees(*sorted(folders)) if len(folders) > 1 else None


def _of_installed(component: Component, paths: Paths) -> str | None:
    from .install.receipts import read_receipts  # noqa: PLC0415 - see `specs`

    for receipt in read_receipts(paths.receipts):
        if str(component.path) in receipt.shims:
            recipe = hashlib.sha256(receipt.to_json().encode()).hexdigest()
            if receipt.origin != "editable":
                return recipe
            sources = _of_trees(Path(receipt.requirement))
            return sources and hashlib.sha256(f"{recipe}{sources}".encode()).hexdigest()
    return None


def _of_program(path: Path) -> str | None:
    if _is_script(path):
        return None
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def _is_script(path: Path) -> bool:
    """A script is not all there is to a plugin."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return True


def _of_trees(*folders: Path) -> str | None:
    """Size and time of all Python files below; None if there are too many to look at."""
    digest = hashlib.sha256()
    count = 0
    for folder in folders:
        for name, status in _python_files(str(folder)):
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
            count += 1
            if count > _FILES_MAX:
                return None
    return digest.hexdigest()


def _python_files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda one: one.name)
    except OSError:
        return
    for entry in found:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith(".") and entry.name not in _FOLDERS_OF_OTHERS:
                yield from _python_files(entry.path)
        elif entry.name.endswith((".py", ".toml")):
            yield entry.path, entry.stat()
