"""How a run ended, for people and for programs (UI-005, UI-008), and its exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.errors import worth_showing
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_sdk.interfaces import Artifact, Ui

    from .outcome import Outcome

UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


_CLEANED_UP = "what they had begun has been cleaned up"
_ABORTED = "their clean-up was not waited for: look whether something is left"


def report_job(outcome: Outcome, ui: Ui) -> None:
    """One line as a job ends."""
    took = spoken(outcome.duration_s)
    if outcome.cancelled:
        ui.error(f"Build '{outcome.job}' was cancelled after {took}.")
    elif outcome.errors:
        text = "; ".join(map(_indented, outcome.errors))
        ui.error(f"Build '{outcome.job}' errored after {took}: {text}")
    else:
        ui.say(f"Build '{outcome.job}' finished after {took}.")


def report(
    outcomes: Sequence[Outcome],
    ui: Ui,
    ui_for: Callable[[str], Ui],
    *,
    duration_s: float,
    ready: bool = True,
    aborted: bool = False,
) -> int:
    """Sum up and return the exit code.

    Args:
        outcomes: Of every job.
        ui: Where lines are shown that belong to no build.
        ui_for: Makes the Ui of a build by its name; its records for programs go there.
        duration_s: Of all jobs together, in seconds.
        ready: False if further jobs were refused before they could start.
        aborted: Whether a second interrupt has ended the clean-up of the builds.
    """
    ui.say(f"\n==> Wait completed after {spoken(duration_s)}")
    failed = [outcome for outcome in outcomes if outcome.errors]
    if failed:
        _report_errors(failed, ui, ui_for)
    if any(outcome.cancelled for outcome in outcomes):
        ui.say(f"\n==> The builds were interrupted; {_ABORTED if aborted else _CLEANED_UP}.")
    artifacts = [(o.job, artifact) for o in outcomes for artifact in o.artifacts]
    if artifacts:
        _report_artifacts(outcomes, ui, ui_for)
    else:
        ui.say("\n==> Builds finished but no artifacts were created.")
    return 0 if ready and all(outcome.succeeded for outcome in outcomes) else 1


def _report_errors(failed: Sequence[Outcome], ui: Ui, ui_for: Callable[[str], Ui]) -> None:
    ui.machine("error-count", str(len(failed)))
    ui.error("\n==> Some builds failed:")
    for outcome in failed:
        for error in outcome.errors:
            ui_for(outcome.job).machine("error", str(error))
            ui.error(f"--> {outcome.job}: {_indented(error)}")
            for line in worth_showing(error):
                ui.say(f"      {line}")
            if error.hint:
                hint = error.hint.replace("\n", "\n          ")
                ui.say(f"    hint: {hint}")


def _report_artifacts(outcomes: Sequence[Outcome], ui: Ui, ui_for: Callable[[str], Ui]) -> None:
    ui.say("\n==> Builds finished. Their artifacts are:")
    for outcome in outcomes:
        if not outcome.artifacts:
            continue
        records = ui_for(outcome.job)
        records.machine("artifact-count", str(len(outcome.artifacts)))
        for index, artifact in enumerate(outcome.artifacts):
            _report_artifact(outcome.job, index, artifact, ui, records)


def _report_artifact(job: str, index: int, artifact: Artifact, ui: Ui, targeted: Ui) -> None:
    try:
        records = _records(artifact)
        text = str(artifact)
    except PackerError as error:  # its process has died since: the build itself went well
        ui.error(f"--> {job}: an artifact that can no longer be described: {error}")
        return
    for record in records:
        targeted.machine("artifact", str(index), *record)
    ui.say(f"--> {job}: {text or '<nothing>'}")


def _records(artifact: Artifact) -> list[tuple[str, ...]]:
    files = list(artifact.files)
    return [
        ("builder-id", artifact.builder_id),
        ("id", artifact.id),
        ("string", str(artifact)),
        ("files-count", str(len(files))),
        *(("file", str(number), path) for number, path in enumerate(files)),
        ("end",),
    ]


def _indented(error: PackerError) -> str:
    """What it says; further lines so that they belong to the first."""
    return str(error).rstrip().replace("\n", "\n    ")


def spoken(seconds: float) -> str:
    """A duration in its two largest units: ``2 minutes 5 seconds``, ``340 milliseconds``."""
    left = round(seconds * 1000)
    words = []
    for size, name in (*((size * 1000, name) for size, name in UNITS), (1, "millisecond")):
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {name}{'s' if count != 1 else ''}")
    return " ".join(words[:2]) or "0 seconds"
