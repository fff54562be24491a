"""What a plugin's distribution declares: its entry points, read without running any of it.

`importlib.metadata` could do it too, in as much time as a whole start takes; it is asked only
when the distribution is not an ordinary folder on the import path.
"""

from __future__ import annotations

import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GROUPS = {
    "packer.builders": "builder",
    "packer.provisioners": "provisioner",
    "packer.post_processors": "post-processor",
    "packer.datasources": "datasource",
}
"""Entry point groups and the kind of component each declares."""


def components_of(distribution: str) -> dict[tuple[str, str], str]:
    """Return ``(kind, name)`` → ``module:Class`` of an installed distribution.

    Raises:
        LookupError: it is not installed.
    """
    text = _quick_look(distribution)
    if text is None:
        from importlib import metadata  # noqa: PLC0415 - slow, and hardly ever needed

        try:
            text = metadata.distribution(distribution).read_text("entry_points.txt")
        except metadata.PackageNotFoundError as error:
            raise LookupError(f"not installed in this environment: {distribution}") from error
    return dict(parse_entry_points((text or "").splitlines()))


def parse_entry_points(lines: Iterable[str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Read ``entry_points.txt``; groups of others are passed over."""
    kind: str | None = None
    for raw in lines:
        line = raw.strip()
        if line.startswith("["):
            kind = GROUPS.get(line.strip("[] "))
        elif kind and "=" in line and not line.startswith(("#", ";")):
            name, _, reference = line.partition("=")
            yield (kind, name.strip()), reference.partition("[")[0].strip()


def _quick_look(distribution: str) -> str | None:
    """The entry points in the first folder that holds the distribution, as an import looks."""
    wanted = _normal(distribution)
    for folder in sys.path:
        for name in _list(folder):
            if name.endswith(".dist-info") and _normal(name.split("-")[0]) == wanted:
                return _read(f"{folder}/{name}/entry_points.txt")
    return None


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _list(folder: str) -> list[str]:
    try:
        return os.listdir(folder or ".")  # noqa: PTH208 - pathlib is not imported yet
    except OSError:
        return []


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - see _list
            return file.read()
    except OSError:
        return ""
