"""``packer plugins doctor``."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from packer_core.cli.command import Command
from packer_core.cli.options import Switch

from .shared import say_json

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class DoctorOptions:
    """Of ``packer plugins doctor``."""

    json: bool


def doctor(app: App, options: DoctorOptions) -> int:
    """Tell everything that is wrong with the store, and what to type."""
    from packer_core.plugins.install import upkeep  # noqa: PLC0415 - not for help

    findings = list(upkeep.examine(app.paths))
    if options.json:
        say_json(app, findings=[asdict(one) for one in findings])
    elif not findings:
        app.ui.say(f"Nothing is wrong with {app.paths.data_dir}")
    for one in () if options.json else findings:
        app.ui.say(f"{one.plugin + ': ' if one.plugin else ''}{one.problem}\n  {one.hint}")
    return 1 if findings else 0


COMMAND = Command(
    "doctor",
    "Tell what is wrong with the store of plugins",
    description="Each finding comes with what to type. Nothing is changed, and no plugin started.",
    parameters=(Switch(["-json", "json"], help="Print an object in JSON."),),
    options=DoctorOptions,
    run=doctor,
)
