"""Finding components: sources in order, the later one wins.

::

    plugin binary      versioned files of many components, see `binaries`    lowest
    bundled            on the list of packer-plugin-bundled, beside core
    installed          the store's `bin`, filled by `packer plugins install`
    executable folder  where the real `packer` is
    plugin folder      PACKER_PLUGIN_PATH or ~/.packer.d/plugins
    working folder     of this process; off with PACKER_NO_CWD_PLUGINS=1
    config file        {"builders": {"note": "/abs/packer-builder-note"}}    highest

A folder gives its direct children named ``packer-KIND-NAME`` (`SEED-04`, `SEED-05`); whether they
can be executed shows when they are started. What a stranger could have put there is refused, see
`trust`. The config file is not judged: whoever writes an absolute path there means that file.

Nothing that is found is run, but for a plugin binary that was never seen before: only the answer
to ``describe`` tells what is in it.

HashiCorp's packer lets no plugin take the place of what it brings along (PLG-004), so plugin
binaries, which are its plugins, are the ones that every other source beats.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.records import replaced

from . import trust
from .bundled import listing, read
from .catalog import Catalog, Component, Refusal
from .config_file import read_config_file
from .names import KINDS, ComponentName, parse_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packer_core.paths import Paths

    from .catalog import Source

logger = logging.getLogger(__name__)

_COOKIE = "PACKER_PLUGIN_MAGIC_COOKIE"
_WINDOWS = sys.platform == "win32"


def discover(
    paths: Paths,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    bundled: Iterable[Component] | None = None,
    ignore_prereleases: bool = False,
) -> Catalog:
    """Look through every source.

    Args:
        paths: Where things are.
        cwd: The working folder, absolute.
        environ: The environment; ``PATH`` and ``PACKER_NO_CWD_PLUGINS`` count.
        bundled: The components that come with core; without it, those of
            ``packer-plugin-bundled`` on `sys.path`.
        ignore_prereleases: Whether plugin binaries such as ``1.0.0-dev`` do not count.

    Raises:
        PackerError: The config file cannot be read or is no JSON object.
    """
    own = bundled_components(paths.command) if bundled is None else tuple(bundled)
    if forces_gob(environ):
        own = tuple(replaced(one, protobuf=False) for one in own)
    if environ.get(_COOKIE):
        logger.info("This is a plugin's process: no plugins are looked for")
        return Catalog(own)
    refused: list[Refusal] = []
    found = [*_from_binaries(paths, environ, ignore_prereleases, refused), *own]
    for source, folder in _folders(paths, cwd, environ):
        # What we have installed was made with our SDK; of any other program nobody knows.
        protobuf = source == "installed" and not forces_gob(environ)
        found += _from_folder(folder, source, refused, protobuf=protobuf)
    found += _from_config_file(paths, cwd, environ)
    _log(found, refused)
    return Catalog(found, refused=refused)


def bundled_components(
    command: tuple[str, ...], search: Iterable[str] | None = None
) -> tuple[Component, ...]:
    """The components of ``packer-plugin-bundled``, started as ``packer plugin packer-KIND-NAME``.

    Args:
        command: What starts this program again.
        search: Folders to look in, as `sys.path`.
    """
    path = listing(search)
    if path is None:
        return ()
    return tuple(_bundled(command, ComponentName(kind, name)) for kind, name, _ in read(path))


def forces_gob(environ: Mapping[str, str]) -> bool:
    """Whether everything shall be spoken to as in the days before protobuf (ENV-011)."""
    return environ.get("PACKER_FORCE_GOB", "") not in {"", "0"}


def _bundled(command: tuple[str, ...], name: ComponentName) -> Component:
    return Component(
        kind=name.kind,
        name=name.name,
        argv=(*command, "plugin", name.executable),
        source="bundled",
        path=Path(command[0]),
        protobuf=True,
    )


def _from_binaries(
    paths: Paths, environ: Mapping[str, str], ignore_prereleases: bool, refused: list[Refusal]
) -> list[Component]:
    """Every component of the newest binary of each plugin."""
    roots = [folder for folder in paths.plugin_folders if _has_folders(folder)]
    if not roots:
        return []
    from .binaries import Binaries  # noqa: PLC0415 - most people have none

    binaries = Binaries(roots, paths.plugin_cache, environ, ignore_prereleases=ignore_prereleases)
    newest = binaries.newest()
    refused += binaries.refused
    gob = forces_gob(environ)
    return [
        one for binary in newest for one in binary.components(binary.candidate.name.plugin, gob=gob)
    ]


def _has_folders(folder: Path) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.is_dir(follow_symlinks=False) for entry in entries)
    except OSError:
        return False


def _folders(paths: Paths, cwd: Path, environ: Mapping[str, str]) -> Iterator[tuple[Source, Path]]:
    yield "installed", paths.shims
    yield "executable folder", paths.executable_folder
    for folder in paths.plugin_folders:
        yield "plugin folder", folder
    if environ.get("PACKER_NO_CWD_PLUGINS", "") in {"", "0"}:
        yield "working folder", cwd


def _from_folder(
    folder: Path, source: Source, refused: list[Refusal], *, protobuf: bool = False
) -> Iterator[Component]:
    """The components that are direct children of a folder, sorted by file name."""
    try:
        candidates = _candidates(folder)
    except OSError as error:
        logger.warning("Cannot look for plugins in %s: %s", folder, error.strerror)
        refused.append(Refusal(folder, (error.strerror or str(error)).lower()))
        return
    if not candidates:
        return
    if objection := trust.objection_to_folder(folder) or _objection_to_store(folder, source):
        refused += [Refusal(folder / file, objection, name) for file, name in candidates]
        return
    for file, name in candidates:
        path = folder / file
        if source == "installed" and not path.exists():
            continue  # a link into a store that is just being changed
        if objection := trust.objection_to_file(path):
            refused.append(Refusal(path, objection, name))
        else:
            yield Component(
                kind=name.kind,
                name=name.name,
                argv=(str(path),),
                source=source,
                path=path,
                protobuf=protobuf,
            )


def _objection_to_store(shims: Path, source: Source) -> str | None:
    """Links in the store's `bin` are worth what the folders are that they lead through."""
    if source != "installed":
        return None
    for folder in (shims.parent, shims.parent / "environments"):
        if folder.exists() and (objection := trust.objection_to_folder(folder)):
            return f"{objection} ({folder})"
    return None


def _candidates(folder: Path) -> list[tuple[str, ComponentName]]:
    try:
        with os.scandir(folder) as entries:
            files = [entry.name for entry in entries if not entry.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    parsed = [(file, parse_name(file, windows=_WINDOWS)) for file in sorted(files)]
    for file, name in parsed if _WINDOWS else ():
        if name is None and parse_name(file):
            logger.info("Ignored, since it is no .exe: %s", folder / file)
    return [(file, name) for file, name in parsed if name]


def _from_config_file(paths: Paths, cwd: Path, environ: Mapping[str, str]) -> Iterator[Component]:
    if environ.get("PACKER_CONFIG") and not paths.config_file.exists():
        logger.warning("There is no config file, PACKER_CONFIG names one: %s", paths.config_file)
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
