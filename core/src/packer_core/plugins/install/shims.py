"""The executables ``packer-KIND-NAME``: all that discovery knows of an installed plugin.

A shim is a script for the environment's interpreter, cut off from the person's Python settings
(``-I``), with the class written into it, so that starting looks nothing up. It is made by
distlib, which knows how long a ``#!`` line may be, and makes an ``.exe`` on Windows. A comment
in it says which plugin it belongs to: only files with it are ever replaced or removed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .inspect import InstalledComponent

_OWNER = re.compile(rb"^# packer-shim of ([a-z0-9-]+)", re.MULTILINE)

_BODY = """\
# packer-shim of {distribution}: made by `packer plugins install`, replaced without asking
import sys

from packer_sdk.plugin import start

if __name__ == "__main__":
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
    from distlib.scripts import ScriptMaker  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    made: list[str] = []
    for component in components:
        maker = ScriptMaker(None, str(folder))
        maker.executable = f'"{python}"' if " " in str(python) else str(python)
        maker.variants = {""}
        maker.set_mode = True
        maker.clobber = True
        body = _BODY.format(
            distribution=distribution,
            kind=component.kind,
            name=component.name,
            reference=component.reference,
        )
        maker.script_template = body.replace("%", "%%")
        made += maker.make(
            f"{component.executable} = packer_sdk.plugin:start", {"interpreter_args": ["-I"]}
        )
    return tuple(Path(path) for path in made)


def place_shims(staged: Iterable[Path], folder: Path, distribution: str) -> tuple[Path, ...]:
    """Move staged shims to where they are found, each in one step.

    Raises:
        InstallError: Something that no installation of this plugin made is in the way.
    """
    moves = [(path, folder / path.name) for path in staged]
    for _, target in moves:
        if not is_free(target, distribution):
            owner = owner_of(target)
            raise InstallError(
                f"there is another file in the way: {target}",
                hint=f"packer plugins remove {owner}" if owner else "move it away, then try again",
            )
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    for path, target in moves:
        path.chmod(0o755)  # discovery refuses what everybody may write, whatever the umask
        path.replace(target)
    return tuple(target for _, target in moves)


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
        found = _OWNER.search(path.read_bytes())
    except OSError:
        return None
    return found.group(1).decode() if found else None


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from (path for path in folder.iterdir() if path.name.startswith("packer-"))
