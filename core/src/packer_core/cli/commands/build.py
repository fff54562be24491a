"""``packer build``: from a template to artifacts (BLD-001 to BLD-018)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.preparation import prepare_and_show
from packer_core.cli.recording import record, record_plan
from packer_core.cli.templates import (
    TEMPLATE_PARAMETERS,
    TemplateOptions,
    load,
    show_undeclared,
    show_unknown_choices,
    show_warnings,
    specs_for,
)
from packer_core.cli.watching import listeners, live_view
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.engine.report import report, report_job
from packer_core.engine.scheduler import run as run_jobs
from packer_core.plugins.watched import watched
from packer_core.ui.decorate import BuildUis, TimestampedUi
from packer_core.ui.noted import noted
from packer_sdk.records import named_record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_core.app import App
    from packer_core.engine.configs import OnError
    from packer_core.engine.outcome import Outcome
    from packer_core.plugins.fleet import Fleet
    from packer_sdk.interfaces import Ui


KEEPS = ("abort", "ask", "run-cleanup-provisioner")
"""With these ``-on-error`` a failed build may leave its temporary files for the user to look at."""


@named_record
class BuildOptions(TemplateOptions):
    """What the command line says."""

    only: tuple[str, ...] = ()
    except_: tuple[str, ...] = ()
    on_error: OnError = "cleanup"
    parallel_builds: int = 0
    color: bool | None = None
    debug: bool = False
    events: str = ""
    force: bool = False
    timestamp_ui: bool = False
    warn_on_undeclared_var: bool = False
    ignore_prerelease_plugins: bool = False
    skip_enforcement: bool = False
    use_sequential_evaluation: bool = False


def run(app: App, options: BuildOptions) -> int:
    """Load, plan, prepare, build, report."""
    app.ignore_prereleases = options.ignore_prerelease_plugins
    record(app, "build", options.events, keep=True, listeners=listeners(app))
    screen = TimestampedUi(app.screen) if options.timestamp_ui else app.screen
    ui = noted(screen, app.monitor)
    template = load(app, options)
    show_warnings(app, template.warnings)
    if options.warn_on_undeclared_var:
        show_undeclared(app, template)
    choice = Choice(only=options.only, except_=options.except_)
    jobs = plan(template, app.catalog, choice)
    app.expect(component for job in jobs for component in job.components)
    show_unknown_choices(app, template, choice)
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
        build_flags = BuildFlags(
            debug=options.debug, force=options.force, on_error=options.on_error
        )
        with interrupts.at_once():
            ready = prepare_and_show(
                jobs,
                template,
                build_flags,
                fleet,
                ui=app.ui,
                ui_for=ui_for,
                color=color,
                cancel=app.cancel,
                monitor=app.monitor,
                specs=specs,
            )
        if not ready:
            return 1
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
            ready=len(ready) == len(jobs),
            aborted=app.abort.cancelled,
        )


def _keep_what_was_left(
    fleet: Fleet, options: BuildOptions, outcomes: Iterable[Outcome], ui: Ui
) -> None:
    failed = not all(outcome.succeeded for outcome in outcomes)
    left = fleet.keep_folder() if failed and options.on_error in KEEPS else None
    if left:
        ui.say(f"Kept because of -on-error={options.on_error}: {left}")


COMMAND = Command(
    "build",
    "Build images from a template",
    description="Every builder of the template is a build; builds run side by side.",
    parameters=(
        flags.COLOR,
        flags.DEBUG,
        flags.EVENTS,
        flags.EXCEPT,
        flags.FORCE,
        flags.IGNORE_PRERELEASE_PLUGINS,
        flags.ON_ERROR,
        flags.ONLY,
        flags.PARALLEL_BUILDS,
        flags.SKIP_ENFORCEMENT,
        flags.TIMESTAMP_UI,
        flags.USE_SEQUENTIAL_EVALUATION,
        flags.WARN_ON_UNDECLARED_VAR,
        *TEMPLATE_PARAMETERS,
    ),
    options=BuildOptions,
    run=run,
)
