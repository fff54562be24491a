"""What the live view makes of the events of a run: which step each build has come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.events import model

from .live_lines import CANCELLED, FAILED, FINISHED

if TYPE_CHECKING:
    from packer_core.events.model import Event

    from .live import Live

BUILDING = "building"

_ENDS = {"succeeded": FINISHED, "failed": FAILED, "cancelled": CANCELLED}


class LiveEvents:
    """A listener that keeps a live view up to date. Safe from several threads.

    Args:
        live: The view.
    """

    def __init__(self, live: Live) -> None:
        self._live = live
        self._provisioners: dict[str, int] = {}

    def notice(self, event: Event) -> None:
        """Take an event; most are none of the view's business."""
        live = self._live
        match event:
            case model.OutputLine(build=str(build), text=text):
                live.said(build, text)
            case model.BuildPlanned(build=build, provisioners=provisioners):
                self._provisioners[build] = len(provisioners)
            case model.BuildRefused(build=build):
                live.end(build, FAILED)
            case model.BuildStarted(build=build):
                live.start(build, BUILDING)
            case model.ProvisionerPaused(build=build, name=name):
                live.step(build, f"pause before provisioner {name}")
            case model.ProvisionerStarted(build=build):
                live.step(build, self._provisioner(event))
            case model.ProvisionerFinished(build=build):
                live.step(build, BUILDING)
            case model.CallStarted(build=build, method="PostProcess", name=name):
                live.step(build, f"post-processor {name}")
            case model.BuildFinished(build=build, result=result) if result in _ENDS:
                live.end(build, _ENDS[result])

    def _provisioner(self, event: model.ProvisionerStarted) -> str:
        if event.number == 0:
            return f"error-cleanup-provisioner {event.name}"
        total = self._provisioners.get(event.build, 0)
        number = f" {event.number} of {total}" if total > 1 else ""
        attempt = f", attempt {event.attempt} of {event.attempts}" if event.attempt > 1 else ""
        return f"provisioner {event.name}{number}{attempt}"
