"""The grammar of executables: ``packer-KIND-NAME`` (`SEED-04`, `SEED-05`).

What follows the first dot of a file's name is no part of it, so ``packer-builder-foo.py`` holds
the builder ``foo``. Case matters: a component is what a template calls it.
"""

from __future__ import annotations

import re

from packer_sdk.records import record

KINDS = ("builder", "provisioner", "post-processor", "datasource")
"""Every kind of component, in the order in which people read about them."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_PREFIX = "packer-"


@record
class ComponentName:
    """Kind and name of one component."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    def __lt__(self, other: ComponentName) -> bool:
        return (self.kind, self.name) < (other.kind, other.name)

    @property
    def executable(self) -> str:
        """The name of its shim, without a suffix: ``packer-builder-note``."""
        return f"{_PREFIX}{self.kind}-{self.name}"


def parse_name(filename: str, *, windows: bool = False) -> ComponentName | None:
    """Read kind and name out of a file's name; None if it is not the name of a component.

    Args:
        filename: Without its folder.
        windows: Whether only ``.exe`` can be started.
    """
    if windows and not filename.lower().endswith(".exe"):
        return None
    stem = filename.partition(".")[0]
    for kind in KINDS:
        prefix = f"{_PREFIX}{kind}-"
        if stem.startswith(prefix) and (name := stem.removeprefix(prefix)):
            return ComponentName(kind, name)
    return None


def is_component_name(name: str) -> bool:
    """Whether a shim can carry that name and give it back when it is found again."""
    return _NAME.fullmatch(name) is not None
