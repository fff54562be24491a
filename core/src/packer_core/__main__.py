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
    # A command makes some thirty thousand objects to get started, and keeps them. Looking through
    # them for garbage after every 700 takes a tenth of a start; looking once more at the end of
    # the interpreter takes an eighth, which what is frozen is spared.
    gc.set_threshold(50_000)
    code = run()
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    main()
