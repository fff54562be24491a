"""Python's collector of cyclic garbage, and when it is in the way.

It looks through what there is each time so many objects were made. While a text is parsed, all
that is made is kept: every look is in vain, and they get longer and longer. Half of the time for
a template of fifty thousand lines goes into them.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let nothing be collected meanwhile, for all threads; who has paused it already goes on."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
