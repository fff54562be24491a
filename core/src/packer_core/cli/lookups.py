"""Data sources for the commands that read templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.engine.lookups import Lookups
from packer_core.plugins.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from packer_core.app import App
    from packer_core.plugins.fleet import Fleet
    from packer_core.plugins.watched import WatchedFleet


def lookups_of(app: App, stack: ExitStack, wanted: Callable[[str, str], bool]) -> Lookups:
    """What asks data sources; nothing is started before the first is asked.

    Args:
        app: Of the run.
        stack: Ends the processes when the template is read.
        wanted: Which are asked, by type and name.
    """
    fleets: list[Fleet | WatchedFleet] = []

    def fleet() -> Fleet | WatchedFleet:
        if not fleets:
            interrupts = stack.enter_context(app.interruptible("look-up of data"))
            started: Fleet | WatchedFleet = watched(app.fleet(), app.monitor)
            stack.enter_context(started)
            fleets.append(started)
            stack.enter_context(interrupts.at_once())
        return fleets[0]

    return Lookups(app.catalog, app.specs(), fleet, app.cancel, wanted)
