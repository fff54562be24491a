"""``python -m packer_sdk describe | start KIND NAME``: the plugin of this environment.

An environment made by `packer plugins install` holds one plugin; this finds it. And ``python -m
packer_sdk conformance PLUGIN`` tries whether any executable is a plugin.
"""

from __future__ import annotations

import sys
from importlib import metadata

from .manifest import GROUPS
from .plugin import main


def plugins_here() -> list[str]:
    """Names of the installed distributions that declare components."""
    return sorted(
        {
            distribution.metadata["Name"]
            for distribution in metadata.distributions()
            if any(point.group in GROUPS for point in distribution.entry_points)
        }
    )


def run() -> int:
    """Find the plugin and obey."""
    if sys.argv[1:2] == ["conformance"]:
        from .testing.contract.command import main as examine  # noqa: PLC0415 - a plugin needs none

        return examine(sys.argv[2:])
    found = plugins_here()
    if len(found) != 1:
        listed = ", ".join(found) or "none"
        sys.stderr.write(f"there must be one plugin in this environment, found: {listed}\n")
        return 1
    return main(found[0])


if __name__ == "__main__":
    sys.exit(run())
