"""What the engine tells of the provisioners of a build."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from packer_core.events.model import ProvisionerFinished, ProvisionerPaused, ProvisionerStarted
from packer_core.events.monitor import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from packer_core.events.monitor import Monitor


class Telling:
    """The provisioning of one build, as events.

    Args:
        build: Name of the build.
        builder: Type of its builder, which calls the hook.
        monitor: Told.
    """

    def __init__(self, build: str = "", builder: str = "", monitor: Monitor = SILENT) -> None:
        self._build = build
        self._builder = builder
        self._monitor = monitor

    def hook(self) -> AbstractContextManager[None]:
        """Tell that the builder has called, and how that ended."""
        return self._monitor.calling(self._build, "builder", self._builder, "Hook")

    def paused(self, name: str, duration_s: float) -> None:
        """Tell of a pause before a provisioner."""
        self._monitor.tell(ProvisionerPaused(build=self._build, name=name, duration_s=duration_s))

    @contextlib.contextmanager
    def attempt(self, name: str, number: int, attempt: int, attempts: int) -> Iterator[None]:
        """Tell that a provisioner begins, and, when the context ends, how it ended."""
        about = {"number": number, "attempt": attempt, "attempts": attempts}
        self._monitor.tell(ProvisionerStarted(build=self._build, name=name, **about))
        started = time.monotonic()
        text: str | None = None
        try:
            yield
        except BaseException as error:
            text = str(error) or type(error).__name__
            raise
        finally:
            self._monitor.tell(
                ProvisionerFinished(
                    build=self._build,
                    name=name,
                    **about,
                    duration_s=round(time.monotonic() - started, 6),
                    error=text,
                )
            )
