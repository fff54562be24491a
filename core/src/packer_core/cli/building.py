"""What ``packer build`` does with jobs that are planned: prepare, build, report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from packer_core.engine.configs import BuildFlags
from packer_core.engine.report import report, report_job
from packer_core.engine.scheduler import run as run_jobs
from packer_core.plugins.watched import watched
from packer_core.ui.decorate import BuildUis, TimestampedUi
from packer_core.ui.noted import noted

from .preparation import prepare_and_show
from .recording import record_plan
from .templates import specs_for
from .watching import live_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packer_core.app import App
    from packer_core.engine.outcome import Outcome
    from packer_core.engine.plan import Job
    from packer_core.engine.prepare import PreparedJob
    from packer_core.plugins.fleet import Fleet
    from packer_core.template.model import Template
    from packer_sdk.interfaces import Ui

    from .commands.build import BuildOptions

KEEPS = ("abort", "ask", "run-cleanup-provisioner")
"""With these ``-on-error`` a failed build may leave its temporary files for the user to look at."""


def build(app: App, options: BuildOptions, template: Template, jobs: Sequence[Job]) -> int:
    """Build, and return the exit code.

    Args:
        app: Of the run.
        options: What the command line says.
        template: Theirs.
        jobs: Planned; whatever they are made of is expected.

    Raises:
        Cancelled: the user has interrupted before the first build began.
    """
    screen = TimestampedUi(app.screen) if options.timestamp_ui else app.screen
    ui = noted(screen, app.monitor)
    app.discover()
    record_plan(app, jobs)
    color = app.wants_color(options.color)
    ui_for = BuildUis(screen, color=color, monitor=app.monitor, live=app.live)
    if options.debug:
        ui.say("Debug mode: builds run one after the other, and stop before and after each step.")
    ui_for.announce(job.name for job in jobs)
    specs = specs_for(app, template, jobs)
    view = live_view(app, {job.name: ui_for.color_of(job.name) for job in jobs})
    processes = app.fleet()
    with app.interruptible() as interrupts, view, watched(processes, app.monitor) as fleet:
        with interrupts.at_once():
            ready = prepare_and_show(
                jobs,
                template,
                BuildFlags(debug=options.debug, force=options.force, on_error=options.on_error),
                fleet,
                ui=app.ui,
                ui_for=ui_for,
                color=color,
                cancel=app.cancel,
                monitor=app.monitor,
                specs=specs,
                mask=app.secrets.apply,
            )
        if not ready:
            return 1
        every = len(ready) == len(jobs)
        return _run(app, options, ready, every=every, ui=ui, ui_for=ui_for, processes=processes)


def _run(
    app: App,
    options: BuildOptions,
    ready: Sequence[PreparedJob],
    *,
    every: bool,
    ui: Ui,
    ui_for: BuildUis,
    processes: Fleet,
) -> int:
    """Run what is ready; ``every`` says whether that is all there was to build."""
    started = time.monotonic()
    outcomes = run_jobs(
        ready,
        ui_for,
        app.cancel,
        limit=options.parallel_builds,
        debug=options.debug,
        finished=lambda outcome: report_job(outcome, ui),
        monitor=app.monitor,
    )
    _keep_what_was_left(processes, options, outcomes, ui)
    return report(
        outcomes,
        app.ui,
        ui_for,
        duration_s=time.monotonic() - started,
        ready=every,
        aborted=app.abort.cancelled,
    )


def _keep_what_was_left(
    fleet: Fleet, options: BuildOptions, outcomes: Iterable[Outcome], ui: Ui
) -> None:
    failed = not all(outcome.succeeded for outcome in outcomes)
    left = fleet.keep_folder() if failed and options.on_error in KEEPS else None
    if left:
        ui.say(f"Kept because of -on-error={options.on_error}: {left}")
