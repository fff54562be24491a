"""Preparing jobs, and showing what comes of it: shared by build and validate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.engine.prepare import PreparedJob, RefusedJob, prepare
from packer_core.events.monitor import SILENT
from packer_core.nearest import join

from .diagnosed import tell_machines
from .refusals import refusals_found, render_refusals
from .render import as_it_is

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_core.engine.configs import BuildFlags
    from packer_core.engine.plan import Job
    from packer_core.engine.protocols import Fleet, Specs
    from packer_core.events.monitor import Monitor
    from packer_core.template.model import Template
    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Ui

    from .render import Mask


def prepare_and_show(
    jobs: Sequence[Job],
    template: Template,
    flags: BuildFlags,
    fleet: Fleet,
    *,
    ui: Ui,
    ui_for: Callable[[str], Ui],
    color: bool = False,
    cancel: CancelToken,
    monitor: Monitor = SILENT,
    specs: Specs | None = None,
    mask: Mask = as_it_is,
) -> list[PreparedJob]:
    """Return the jobs that can run; why others cannot, and every warning, is shown.

    Args:
        jobs: Planned.
        template: Theirs.
        flags: What plugins are told of the command line.
        fleet: Starts the components.
        ui: Where refusals are shown, each once.
        ui_for: Makes the Ui of a build, for its warnings.
        color: Whether refusals have colours.
        cancel: Looked at when all have answered.
        monitor: Told what happens.
        specs: Knows the schemas that HCL2 templates need.
        mask: Hides what is secret, see `packer_core.cli.render.render_diagnostic`.

    Raises:
        Cancelled: ``cancel`` went up meanwhile. What went wrong then is of no interest.
    """
    prepared = prepare(jobs, template, flags, fleet, monitor, specs=specs)
    cancel.check()
    refused = [job for job in prepared if isinstance(job, RefusedJob)]
    ready = [job for job in prepared if isinstance(job, PreparedJob)]
    errors = [error for job in refused for error in job.errors]
    if errors:
        tell_machines(ui, refusals_found(errors))
        ui.error(render_refusals(errors, color=color, mask=mask))
    if refused and ready:
        ui.error(f"\nNot built because of that: {join(job.job.name for job in refused)}\n")
    for job in ready:
        for warning in job.warnings:
            ui_for(job.job.name).say(f"Warning: {warning}")
    return ready
