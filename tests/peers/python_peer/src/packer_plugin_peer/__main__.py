"""The executable `packer-plugin-peer`."""

from __future__ import annotations

import sys

from packer_sdk import plugin


def main() -> int:
    """Obey ``describe`` or ``start KIND NAME``."""
    return plugin.main("packer-plugin-peer")


if __name__ == "__main__":
    sys.exit(main())
