"""``python -m packer_sdk describe | start KIND NAME``: the plugin of this environment.

An environment made by `packer plugins install` holds one plugin; this finds it.
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
    found = plugins_here()
    if len(found) != 1:
        listed = ", ".join(found) or "none"
        sys.stderr.write(f"there must be one plugin in this environment, found: {listed}\n")
        return 1
    return main(found[0])


if __name__ == "__main__":
    sys.exit(run())
