"""``packer``, and ``python -m packer_core``."""

from __future__ import annotations

import gc
import sys

from .cli.main import main as run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Run packer with the words of this process, and exit."""
    code = run()
    # An interpreter that ends looks for cycles in all there is, for no use but an eighth of the
    # time of a short command. What is frozen it passes over; everything else ends as ever.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
