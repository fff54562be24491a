"""How a job ended: a value, so that one failure never hides another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_sdk.records import named_record

if TYPE_CHECKING:
    from typing import Literal

    from packer_sdk.errors import PackerError
    from packer_sdk.interfaces import Artifact


@named_record
class Outcome:
    """The end of one job.

    Attributes:
        job: Its display name.
        artifacts: What exists now, also if something failed.
        errors: What went wrong; empty means success unless it was cancelled.
        cancelled: Stopped because somebody asked for it.
        started: Whether it ran at all.
        duration_s: Seconds of wall time.
    """

    job: str
    artifacts: tuple[Artifact, ...] = ()
    errors: tuple[PackerError, ...] = ()
    cancelled: bool = False
    started: bool = True
    duration_s: float = 0.0

    @property
    def succeeded(self) -> bool:
        """Whether everything that was asked for has been done."""
        return self.started and not self.errors and not self.cancelled

    @property
    def result(self) -> Literal["succeeded", "failed", "cancelled", "not-started"]:
        """The end in a word, as events have it."""
        if not self.started:
            return "not-started"
        if self.errors:
            return "failed"
        return "cancelled" if self.cancelled else "succeeded"
