"""``packer gc``: clean up after runs that were killed before they could do it themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core import leftovers
from packer_core.cli.command import Command
from packer_core.cli.options import Switch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packer_core.app import App
    from packer_core.leftovers import DeadRun


@dataclass(frozen=True, slots=True)
class GcOptions:
    """Of ``packer gc``."""

    dry_run: bool


def run(app: App, options: GcOptions) -> int:
    """Clean up, or say what would be done; 1 if something could not be."""
    trouble = 0
    found = False
    with leftovers.dead_runs(app.paths.journals) as runs:
        for dead in runs:
            found = True
            app.ui.say(f"{dead.title} was killed:")
            left = [] if options.dry_run else leftovers.clean(dead)
            for line in _account(dead, _will(options, left)):
                app.ui.say(f"  {line}")
            for line in left:
                app.ui.error(f"  {line}")
            trouble += len(left)
    if not found:
        app.ui.say("Nothing was left behind.")
    return 1 if trouble else 0


def _will(options: GcOptions, trouble: list[str]) -> str:
    if options.dry_run:
        return "would be "
    return "to be " if trouble else ""


def _account(dead: DeadRun, will: str) -> Iterator[str]:
    for label, process in dead.running:
        yield f"{will}killed: process {process.pid} ({label})"
    for path in dead.paths:
        yield f"{will}removed: {path}"
    for job, made in dead.artifacts:
        if made:
            yield f"build {job} had made its artifact, which is yours to keep or delete"
        else:
            yield f"build {job} was at work: look whether it has left something elsewhere"
    if not (dead.running or dead.paths or dead.artifacts):
        yield "it has left nothing but its journal"


COMMAND = Command(
    "gc",
    "Clean up after runs that were killed",
    description=(
        "Kills the processes and removes the folders and sockets that a killed run has left"
        " behind. A run that is still going on is never touched."
    ),
    parameters=(
        Switch(["-dry-run", "dry_run"], help="Only say what would be killed and removed."),
    ),
    options=GcOptions,
    run=run,
)
