"""Room for descriptors: each plugin process takes three, and builds run side by side."""

from __future__ import annotations

import contextlib

ENOUGH = 4096
"""What the limit is raised to. Not further: what we start inherits it, and there are programs that
close every descriptor there could be."""


def make_room() -> None:
    """Raise the limit of this process that a user may raise; nothing happens where that is it."""
    try:
        import resource  # noqa: PLC0415 - not on Windows, which has no such limit
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    unlimited = resource.RLIM_INFINITY
    wanted = ENOUGH if hard == unlimited else min(hard, ENOUGH)
    if soft != unlimited and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # macOS has further limits of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
