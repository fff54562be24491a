"""Doing something from another thread at the right moment."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from packer_sdk.threads import spawn

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable


def once(event: threading.Event, action: Callable[[], None]) -> None:
    """Wait for ``event`` in a thread of its own, then act."""

    def wait_and_act() -> None:
        if event.wait(30):
            action()

    spawn("once", wait_and_act)


def plugins_of(pid: int) -> list[psutil.Process]:
    """The plugin processes of a packer: its children, and what is forked of one of them."""
    found: list[psutil.Process] = []
    for child in psutil.Process(pid).children():
        found += child.children() if "--host" in child.cmdline() else [child]
    return found


def wait_until(condition: Callable[[], bool], *, patience_s: float = 30) -> None:
    """Wait for something to come true; the patience only guards against waiting for ever."""
    give_up = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.01)
