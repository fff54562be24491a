"""What the cache keeps of a plugin, so that it need not be asked again."""

from __future__ import annotations

import logging
import os
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger(__name__)


def keep(path: Path, data: bytes) -> None:
    """Keep something in the cache; whoever cannot write does the work again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=".", dir=path.parent)
        with open(number, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(data)
        os.replace(name, path)  # noqa: PTH105 - two texts
    except OSError as error:
        logger.info("Not kept for the next time: %s: %s", path, error.strerror)
