"""One job from start to end: build, provision when the builder says so, post-process (ENG-003)."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from packer_core.errors import reworded
from packer_core.events.monitor import SILENT
from packer_sdk.errors import Cancelled, PackerError

from .bugs import bug_of
from .findings import Findings, error_found
from .known import KnownArtifact
from .outcome import Outcome
from .postprocess import PostProcessed, post_process
from .provision import ProvisionHook
from .telling import Telling

if TYPE_CHECKING:
    from packer_core.events.monitor import Monitor
    from packer_sdk.cancel import CancelToken
    from packer_sdk.interfaces import Artifact

    from .prepare import PreparedJob
    from .protocols import UiFor

logger = logging.getLogger(__name__)


def run_job(
    prepared: PreparedJob,
    ui_for: UiFor,
    cancel: CancelToken,
    *,
    debug: bool = False,
    monitor: Monitor = SILENT,
) -> Outcome:
    """Run a prepared job to its end; never raises what a job can fail with."""
    name = prepared.job.name
    started = time.monotonic()
    ui = ui_for(name, None)
    findings = Findings(name, prepared.job.builder.name, monitor)
    hook = ProvisionHook(
        prepared.provisions,
        prepared.error_cleanup,
        ui,
        debug=debug,
        telling=Telling(name, prepared.job.builder.name, monitor),
        cancel=cancel,
    )
    try:
        cancel.check()
        artifact = prepared.builder.run(ui, hook, cancel)
        result = _finish(artifact, prepared, ui_for, cancel, findings)
    except PackerError as error:
        result = _failed(error, hook, cancel)
    except Exception as error:  # a bug of ours: it costs this build, and no other
        logger.exception("build %s met a bug", name)
        result = PostProcessed(errors=[bug_of(error)])
    artifacts = [_known(artifact, result) for artifact in result.artifacts]
    for one in result.errors:
        monitor.tell(error_found(one, name))
    findings.kept(artifacts)
    return Outcome(
        job=name,
        artifacts=tuple(artifacts),
        errors=tuple(result.errors),
        cancelled=result.cancelled,
        duration_s=time.monotonic() - started,
    )


def _known(artifact: Artifact, result: PostProcessed) -> Artifact:
    try:
        return KnownArtifact.ask(artifact)
    except PackerError as error:
        text = f"there is an artifact that cannot be described: {error}"
        if not result.cancelled and not result.errors:
            result.errors.append(reworded(error, text))
        return artifact


def _failed(error: PackerError, hook: ProvisionHook, cancel: CancelToken) -> PostProcessed:
    if cancel.cancelled or isinstance(error, Cancelled):
        # A build that was told to stop ends with whatever the builder made of that.
        logger.info("a cancelled build ended with: %s", error)
        return PostProcessed(cancelled=True)
    return PostProcessed(errors=[_with_hint_of(hook.failure, error)])


def _with_hint_of(failure: PackerError | None, error: PackerError) -> PackerError:
    """The error of a builder, with what the failure in it lost on its way through the builder."""
    if failure is None or failure.message not in error.message:
        return error
    if failure.message == error.message:
        return failure
    # The builder had more to tell, such as that the clean-up failed, too.
    return reworded(failure, error.message)


def _finish(
    artifact: Artifact | None,
    prepared: PreparedJob,
    ui_for: UiFor,
    cancel: CancelToken,
    findings: Findings,
) -> PostProcessed:
    if artifact is None:
        return PostProcessed(cancelled=cancel.cancelled)
    findings.made(artifact, "builder", prepared.job.builder.name)
    if cancel.cancelled:
        # Nothing is destroyed any more: whoever pressed Ctrl-C wants to see what there is.
        return PostProcessed(artifacts=[artifact], cancelled=True)
    name = prepared.job.name
    return post_process(
        artifact, prepared.chains, lambda kind: ui_for(name, kind), cancel, findings
    )
