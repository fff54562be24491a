"""Which extensions are installed beside core, read straight from their metadata.

An extension is a distribution with entry points of the group ``packer.extensions``. Nearly nobody
has one, and this way nobody pays for pluggy and a metadata reader to find that out: 2 ms for 200
distributions, nothing imported.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GROUP = "packer.extensions"


def installed(search: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    """Name and ``module[:object]`` of every extension.

    Args:
        search: Folders to look in, as `sys.path`, which it is without one.
    """
    for folder in dict.fromkeys(sys.path if search is None else search):
        for path in _lists(folder or "."):
            yield from _entries(path)


def _lists(folder: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(one.name for one in entries if one.name.endswith(".dist-info"))
    except OSError:
        return  # a zip archive or a folder that is gone: usual on sys.path
    for name in names:
        yield os.path.join(folder, name, "entry_points.txt")  # noqa: PTH118


def _entries(path: str) -> Iterator[tuple[str, str]]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            lines = [line.strip() for line in file]
    except OSError:
        return  # most distributions have none
    inside = False
    for line in lines:
        if line.startswith("["):
            inside = line == f"[{GROUP}]"
        elif inside and "=" in line and not line.startswith(("#", ";")):
            name, _, reference = line.partition("=")
            yield name.strip(), reference.strip()
