"""``packer``, and ``python -m packer_core``."""

from __future__ import annotations

import sys

from .cli.main import main as run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run packer with the words of this process, and exit."""
    sys.exit(run())


if __name__ == "__main__":
    main()
