"""The executables ``packer-KIND-NAME``: all that discovery knows of an installed plugin.

What discovery finds is a link that never changes; it leads through the plugin's pointer (`store`)
to the shim of the generation that counts. A shim is a script for the environment's interpreter,
cut off from the person's Python settings (``-I``), with the class written into it, so that
starting looks nothing up. On Windows it is an ``.exe``, which distlib makes. A comment in it says
which plugin it belongs to: only files with it, and such links, are ever replaced or removed.
Asked to ``describe``, a shim does what the plugin's own command does, once its class could be
imported.
"""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .inspect import InstalledComponent

FOLDER = "packer-shims"
"""Of a generation, with its shims."""

POINTER = "current"
"""Of a plugin: the link to the generation that counts."""

_FIRST_LINE = 127
"""Bytes that every Linux takes; macOS takes more."""

_OWNER = re.compile(rb"^# packer-shim of ([a-z0-9-]+)", re.MULTILINE)
_LINK = re.compile(rf"\.\./environments/([a-z0-9-]+)/{POINTER}/{FOLDER}/[^/]+")

_BODY = """\
# packer-shim of {distribution}: made by `packer plugins install`, replaced without asking
import sys

from packer_sdk.plugin import main, start

if __name__ == "__main__":
    if sys.argv[1:] == ["describe"]:
        module, _, name = {reference!r}.partition(":")
        found = __import__(module, fromlist=[name])
        for part in name.split("."):
            found = getattr(found, part)
        sys.exit(main({distribution!r}))
    sys.exit(start({kind!r}, {name!r}, {reference!r}))
"""


def stage_shims(
    folder: Path, python: Path, distribution: str, components: Iterable[InstalledComponent]
) -> tuple[Path, ...]:
    """Make the shims of a plugin in a folder of their own, to be moved where they are found.

    Args:
        folder: Is made; on the same file system as where the shims shall go.
        python: The interpreter of the plugin's environment.
        distribution: Whose they are.
        components: One shim for each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    make = _make_program if python.suffix == ".exe" else _make_script
    return tuple(
        make(
            folder / component.executable,
            python,
            _BODY.format(
                distribution=distribution,
                kind=component.kind,
                name=component.name,
                reference=component.reference,
            ),
        )
        for component in components
    )


def _make_script(path: Path, python: Path, body: str) -> Path:
    path.unlink(missing_ok=True)
    path.write_text(first_lines(python) + body, encoding="utf-8")
    path.chmod(0o755)
    return path


def first_lines(python: Path) -> str:
    """What starts a script with an interpreter, wherever that is.

    Kernels take a path of some length only, and without spaces. For others the script is one of
    the shell first, whose two lines are a text without meaning to Python.
    """
    line = f"#!{python} -I\n"
    if " " not in line[:-4] and len(line) <= _FIRST_LINE:
        return line
    return f"#!/bin/sh\n'''exec' {shlex.quote(str(python))} -I \"$0\" \"$@\"\n' '''\n"


def _make_program(path: Path, python: Path, body: str) -> Path:
    from distlib.scripts import ScriptMaker  # noqa: PLC0415 - slow, and for Windows only

    maker = ScriptMaker(None, str(path.parent))
    maker.executable = f'"{python}"' if " " in str(python) else str(python)
    maker.variants = {""}
    maker.set_mode = True
    maker.clobber = True
    maker.script_template = body.replace("%", "%%")
    wanted = f"{path.name} = packer_sdk.plugin:start"
    return Path(*maker.make(wanted, {"interpreter_args": ["-I"]}))


def link_shims(names: Iterable[str], folder: Path, distribution: str) -> tuple[Path, ...]:
    """Put links to shims where they are found, each in one step; those that are there stay.

    Args:
        names: Of the executables.
        folder: Where they are found: ``bin`` of the store.
        distribution: Whose they are.

    Raises:
        InstallError: Something that no installation of this plugin made is in the way.
    """
    links = {folder / name: link_to(name, distribution) for name in names}
    for path in links:
        if not is_free(path, distribution):
            owner = owner_of(path)
            raise InstallError(
                f"there is another file in the way: {path}",
                hint=f"packer plugins remove {owner}" if owner else "move it away, then try again",
            )
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    for path, target in links.items():
        place_link(path, target)
    return tuple(links)


def link_to(name: str, distribution: str) -> str:
    """Where the link of a shim leads."""
    return f"../environments/{distribution}/{POINTER}/{FOLDER}/{name}"


def place_link(path: Path, target: str) -> None:
    """Make a symbolic link, or lead it elsewhere, in one step."""
    if path.is_symlink() and str(path.readlink()) == target:
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(path)


def remove_shims(folder: Path, distribution: str, *, keep: Iterable[Path] = ()) -> None:
    """Remove every shim of a plugin but those to keep."""
    kept = set(keep)
    for path in list(_files(folder)):
        if path not in kept and owner_of(path) == distribution:
            path.unlink(missing_ok=True)


def is_free(target: Path, distribution: str) -> bool:
    """Whether a plugin may put a shim there: nothing is, or a shim of its own."""
    return not os.path.lexists(target) or owner_of(target) == distribution


def owner_of(path: Path) -> str | None:
    """The plugin that a shim belongs to; None if it is no shim of ours."""
    try:
        if path.is_symlink():
            link = _LINK.fullmatch(str(path.readlink()))
            return link.group(1) if link else None
        found = _OWNER.search(path.read_bytes())
    except OSError:
        return None
    return found.group(1).decode() if found else None


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.name.startswith("packer-"))
