"""Preparing jobs, and showing what comes of it: shared by build and validate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.engine.prepare import PreparedJob, RefusedJob, prepare
from packer_core.events.monitor import SILENT

from .render import render_error

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_core.engine.configs import BuildFlags
    from packer_core.engine.plan import Job
    from packer_core.engine.protocols import Fleet
    from packer_core.events.monitor import Monitor
    from packer_core.template.model import Template
    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Ui


def prepare_and_show(
    jobs: Sequence[Job],
    template: Template,
    flags: BuildFlags,
    fleet: Fleet,
    ui_for: Callable[[str], Ui],
    *,
    cancel: CancelToken,
    monitor: Monitor = SILENT,
) -> list[PreparedJob]:
    """Return the jobs that can run; why others cannot, and every warning, is shown.

    Raises:
        Cancelled: ``cancel`` went up meanwhile. What went wrong then is of no interest.
    """
    ready = []
    prepared = prepare(jobs, template, flags, fleet, monitor)
    cancel.check()
    for job in prepared:
        ui = ui_for(job.job.name)
        if isinstance(job, RefusedJob):
            for error in job.errors:
                ui.error(render_error(error, color=False))
        else:
            for warning in job.warnings:
                ui.say(f"Warning: {warning}")
            ready.append(job)
    return ready
