"""The live view of the commands that build."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packer_core.app import App
    from packer_core.events.monitor import Listener


def listeners(app: App) -> list[Listener]:
    """What keeps the view up to date; nothing where there is none."""
    if app.live is None:
        return []
    from packer_core.ui.live_events import LiveEvents  # noqa: PLC0415 - not for pipes

    return [LiveEvents(app.live)]


@contextmanager
def live_view(app: App, colors: Mapping[str, int | None]) -> Iterator[None]:
    """Show what every build does while the context is open, and at its end how all went.

    Args:
        app: Of the run.
        colors: The builds, each with its colour.
    """
    live = app.live
    if live:
        live.plan(colors)
    with live or nullcontext():
        try:
            yield
        finally:
            app.screen.end_questions()
    if live and (summary := live.summary()):
        app.screen.say(f"\n{summary}")
