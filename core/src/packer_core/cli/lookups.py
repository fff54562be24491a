"""Data sources for the commands that read templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.engine.lookups import Lookups
from packer_core.plugins.watched import watched

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

    from packer_core.app import App
    from packer_core.plugins.fleet import Fleet
    from packer_core.plugins.watched import WatchedFleet
    from packer_core.template.hcl_load import OpenLookups
    from packer_core.template.model import Preliminary


def lookups_of(
    app: App, stack: ExitStack, wanted: Callable[[str, str], bool], template: Path
) -> OpenLookups:
    """What makes what asks data sources; nothing is started before the first is asked.

    Args:
        app: Of the run; its catalog has the plugins that the template requires from then on.
        stack: Ends the processes when the template is read.
        wanted: Which are asked, by type and name.
        template: Its path.
    """

    def opened(known: Preliminary) -> Lookups:
        for secret in known.secrets:
            app.secrets.register(secret)
        app.require(known.required_plugins, template)

        def is_asked(type_: str, name: str) -> bool:
            reached = known.reached is None or (type_, name) in known.reached
            return reached and wanted(type_, name)

        return Lookups(app.catalog, app.specs(), _once(app, stack), app.cancel, is_asked)

    return opened


def _once(app: App, stack: ExitStack) -> Callable[[], Fleet | WatchedFleet]:
    fleets: list[Fleet | WatchedFleet] = []

    def fleet() -> Fleet | WatchedFleet:
        if not fleets:
            interrupts = stack.enter_context(app.interruptible("look-up of data"))
            started: Fleet | WatchedFleet = watched(app.fleet(), app.monitor)
            stack.enter_context(started)
            fleets.append(started)
            stack.enter_context(interrupts.at_once())
        return fleets[0]

    return fleet
