"""What comes with core: the entry points of packer-plugin-bundled, read straight from its metadata.

The standard library's reader takes longer to import than a plugin process has to start, so this
reads the one file by hand and imports nothing: both `discovery` and the process of a bundled
component (``packer plugin packer-builder-null``) come through here.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DISTRIBUTION = "packer_plugin_bundled-"

GROUPS = {
    "packer.builders": "builder",
    "packer.provisioners": "provisioner",
    "packer.post_processors": "post-processor",
    "packer.datasources": "datasource",
}
"""The entry-point groups of a plugin, and the kind of component that each one lists."""


def listing(search: Iterable[str] | None = None) -> str | None:
    """Path of the list, the first on ``search`` (`sys.path` without one); None if there is none."""
    for folder in sys.path if search is None else search:
        try:
            with os.scandir(folder or ".") as entries:
                names = sorted(one.name for one in entries if one.name.startswith(DISTRIBUTION))
        except OSError:
            continue  # a zip archive or a folder that is gone: usual on sys.path
        for name in names:
            path = os.path.join(folder or ".", name, "entry_points.txt")  # noqa: PTH118
            if os.path.isfile(path):  # noqa: PTH113
                return path
    return None


def read(path: str) -> Iterator[tuple[str, str, str]]:
    """Every component on a list: kind, name, and ``module:Class``."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123
        kind = None
        for line in map(str.strip, file):
            if line.startswith("["):
                kind = GROUPS.get(line.strip("[]").strip())
            elif kind and "=" in line and not line.startswith(("#", ";")):
                name, _, reference = line.partition("=")
                yield kind, name.strip(), reference.strip()


def find(executable: str, search: Iterable[str] | None = None) -> tuple[str, str, str] | None:
    """The component called ``packer-KIND-NAME``, None if it does not come with core."""
    path = listing(search)
    for kind, name, reference in read(path) if path else ():
        if executable == f"packer-{kind}-{name}":
            return kind, name, reference
    return None
