"""What starts the plugin."""

from __future__ import annotations

import sys

from packer_sdk import plugin


def main() -> int:
    """Obey `describe` and `start KIND NAME`."""
    return plugin.main("{{ cookiecutter.dist_name }}")


if __name__ == "__main__":
    sys.exit(main())
