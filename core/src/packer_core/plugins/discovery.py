"""Finding components: sources in order, the later one wins. Nothing that is found is run.

::

    bundled            on the list of packer-plugin-bundled, beside core     lowest
    installed          the store's `bin`, filled by `packer plugins install`
    executable folder  where the real `packer` is
    plugin folder      PACKER_PLUGIN_PATH or ~/.packer.d/plugins
    working folder     of this process; off with PACKER_NO_CWD_PLUGINS=1
    config file        {"builders": {"note": "/abs/packer-builder-note"}}    highest

A folder gives its direct children named ``packer-KIND-NAME`` (`SEED-04`, `SEED-05`); whether they
can be executed shows when they are started. What a stranger could have put there is refused, see
`trust`. The config file is not judged: whoever writes an absolute path there means that file.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import trust
from .catalog import Catalog, Component, Refusal
from .config_file import read_config_file
from .names import KINDS, ComponentName, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packer_core.paths import Paths

    from .catalog import Source

logger = logging.getLogger(__name__)

_COOKIE = "PACKER_PLUGIN_MAGIC_COOKIE"
_BUNDLED = "packer_plugin_bundled-"
_WINDOWS = sys.platform == "win32"

GROUPS = {
    "packer.builders": "builder",
    "packer.provisioners": "provisioner",
    "packer.post_processors": "post-processor",
    "packer.datasources": "datasource",
}
"""The entry-point groups of a plugin, and the kind of component that each one lists."""


def discover(
    paths: Paths,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    bundled: Iterable[Component] | None = None,
) -> Catalog:
    """Look through every source.

    Args:
        paths: Where things are.
        cwd: The working folder, absolute.
        environ: The environment; ``PATH`` and ``PACKER_NO_CWD_PLUGINS`` count.
        bundled: The components that come with core; without it, those of
            ``packer-plugin-bundled`` on `sys.path`.

    Raises:
        PackerError: The config file cannot be read or is no JSON object.
    """
    own = bundled_components(paths.command) if bundled is None else tuple(bundled)
    if environ.get(_COOKIE):
        logger.info("This is a plugin's process: no plugins are looked for")
        return Catalog(own)
    refused: list[Refusal] = []
    found = list(own)
    for source, folder in _folders(paths, cwd, environ):
        found += _from_folder(folder, source, refused)
    found += _from_config_file(paths, cwd, environ)
    _log(found, refused)
    return Catalog(found, refused=refused)


def bundled_components(
    command: tuple[str, ...], search: Iterable[str] | None = None
) -> tuple[Component, ...]:
    """The components of ``packer-plugin-bundled``, started as ``packer plugin packer-KIND-NAME``.

    The list is read from the distribution's metadata by hand: the import of a library for it
    costs twenty times what the reading does, on every run.

    Args:
        command: What starts this program again.
        search: Folders to look in, as `sys.path`.
    """
    for folder in sys.path if search is None else search:
        if listing := _entry_points_file(folder or "."):
            text = listing.read_text(encoding="utf-8")
            return tuple(_bundled(listing, command, name) for name in _names_in(text))
    return ()


def _bundled(listing: Path, command: tuple[str, ...], name: ComponentName) -> Component:
    return Component(
        kind=name.kind,
        name=name.name,
        argv=(*command, "plugin", name.executable),
        source="bundled",
        path=listing,
    )


def _entry_points_file(folder: str) -> Path | None:
    try:
        with os.scandir(folder) as entries:
            names = [one.name for one in entries if one.name.startswith(_BUNDLED)]
    except OSError:
        return None  # a zip archive or a folder that is gone: usual on sys.path
    listings = (Path(folder, name, "entry_points.txt") for name in sorted(names))
    return next(filter(Path.is_file, listings), None)


def _names_in(entry_points: str) -> Iterator[ComponentName]:
    kind = None
    for line in map(str.strip, entry_points.splitlines()):
        if line.startswith("["):
            kind = GROUPS.get(line.strip("[]").strip())
        elif kind and "=" in line and not line.startswith(("#", ";")):
            yield ComponentName(kind, line.partition("=")[0].strip())


def _folders(paths: Paths, cwd: Path, environ: Mapping[str, str]) -> Iterator[tuple[Source, Path]]:
    yield "installed", paths.shims
    yield "executable folder", paths.executable_folder
    for folder in paths.plugin_folders:
        yield "plugin folder", folder
    if environ.get("PACKER_NO_CWD_PLUGINS", "") in {"", "0"}:
        yield "working folder", cwd


def _from_folder(folder: Path, source: Source, refused: list[Refusal]) -> Iterator[Component]:
    """The components that are direct children of a folder, sorted by file name."""
    candidates = _candidates(folder)
    if not candidates:
        return
    if objection := trust.objection_to_folder(folder):
        refused += [Refusal(folder / file, objection, name) for file, name in candidates]
        return
    for file, name in candidates:
        path = folder / file
        if objection := trust.objection_to_file(path):
            refused.append(Refusal(path, objection, name))
        else:
            yield Component(
                kind=name.kind, name=name.name, argv=(str(path),), source=source, path=path
            )


def _candidates(folder: Path) -> list[tuple[str, ComponentName]]:
    try:
        with os.scandir(folder) as entries:
            files = [entry.name for entry in entries if not entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        logger.warning("Cannot look for plugins in %s: %s", folder, error.strerror)
        return []
    parsed = ((file, parse_name(file, windows=_WINDOWS)) for file in sorted(files))
    return [(file, name) for file, name in parsed if name]


def _from_config_file(paths: Paths, cwd: Path, environ: Mapping[str, str]) -> Iterator[Component]:
    for entry in read_config_file(paths.config_file):
        path = _resolve(entry.executable, paths.executable_folder, cwd, environ)
        yield Component(
            kind=entry.name.kind,
            name=entry.name.name,
            argv=(str(path),),
            source="config file",
            path=path,
        )


def _resolve(value: str, beside: Path, cwd: Path, environ: Mapping[str, str]) -> Path:
    """The executable that a line of the config file means (`SEED-08`).

    What cannot be found stays as it is written: that matters only to a build that uses it.
    """
    given = cwd / value
    if Path(value).name == value:
        from shutil import which  # noqa: PLC0415  # few have such lines

        on_path = which(value, path=environ.get("PATH", os.defpath))
        given = Path(on_path).absolute() if on_path else given
    fallback = beside / Path(value).name
    return fallback if not given.exists() and fallback.exists() else given


def _log(found: Iterable[Component], refused: Iterable[Refusal]) -> None:
    for component in sorted(found, key=lambda one: KINDS.index(one.kind)):
        logger.info("Found %s: %s (%s)", component, component.path, component.source)
    for refusal in refused:
        logger.warning("Refused %s", refusal)
