"""Running jobs side by side (ENG-011): started in order, at most so many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.events.model import BuildFinished, BuildStarted
from packer_core.events.monitor import SILENT
from packer_core.logs import job_name

from .crew import Crew
from .job import run_job
from .outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_core.events.monitor import Monitor
    from packer_sdk.cancel import CancelToken

    from .prepare import PreparedJob
    from .protocols import UiFor


def run(
    jobs: Sequence[PreparedJob],
    ui_for: UiFor,
    cancel: CancelToken,
    *,
    limit: int | None = None,
    debug: bool = False,
    finished: Callable[[Outcome], None] = lambda _: None,
    monitor: Monitor = SILENT,
) -> list[Outcome]:
    """Run every job and return how each ended, in the order of the jobs.

    Args:
        jobs: Prepared.
        ui_for: Makes the Ui of a job.
        cancel: When it goes up no further job starts, and running ones are told to stop.
        limit: How many at once; None or less than 1 for no limit (BLD-008).
        debug: One after the other, with a stop before each provisioner (BLD-005).
        finished: Called as each job ends, in its thread.
        monitor: Told of everything that happens.
    """
    crew = Crew("job", 1 if debug else limit if limit and limit > 0 else None)

    def work(prepared: PreparedJob) -> Outcome:
        job_name.set(prepared.job.name)
        if cancel.cancelled:
            outcome = Outcome(job=prepared.job.name, cancelled=True, started=False)
        else:
            monitor.tell(BuildStarted(build=prepared.job.name))
            outcome = run_job(prepared, ui_for, cancel, debug=debug, monitor=monitor)
            finished(outcome)
        monitor.tell(_finished(outcome))
        return outcome

    waiting = [crew.submit(work, prepared) for prepared in jobs]
    return [future.result() for future in waiting]


def _finished(outcome: Outcome) -> BuildFinished:
    return BuildFinished(
        build=outcome.job,
        result=outcome.result,
        duration_s=round(outcome.duration_s, 6),
        artifacts=len(outcome.artifacts),
        errors=len(outcome.errors),
        outcome=outcome,
    )
