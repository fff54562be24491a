"""The hook a builder calls when its machine is ready: run the provisioners, one after the other.

Around each provisioner, inside out (ENG-005): a limit of time, a pause before it, and retries. Two
places differ from Packer on purpose, because there they only hurt:

- a ``timeout`` counts even if there is a ``pause_before`` (PRV-005); the pause is not part of it;
- after the last retry the **last** error is told, with the number of attempts (PRV-006).
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from packer_core.errors import reworded
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, PackerError
from packer_sdk.interfaces import CLEANUP_HOOK, PROVISION_HOOK
from packer_sdk.records import record

from .telling import Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_core.template.model import Provision
    from packer_sdk.faces import ProvisionerFace
    from packer_sdk.interfaces import Communicator, Ui

logger = logging.getLogger(__name__)


@record
class PreparedProvision:
    """A provisioner that has taken its configuration.

    Attributes:
        provision: What the template says.
        face: The component.
        again: Gives it the configuration again, with the values of the build (PRV-009); None if
            it fills them in itself.
    """

    provision: Provision
    face: ProvisionerFace
    again: Callable[[Mapping[str, object]], None] | None = None


class ProvisionHook:
    """`packer_sdk.interfaces.Hook` for one job.

    Args:
        provisions: In the order they run.
        error_cleanup: Runs when the builder says that the build has failed (PRV-008).
        ui: The job's. It is used instead of the one a builder hands over, which is this one seen
            through the builder's process: the way round would cost two hops for every line.
        debug: Ask before each provisioner (BLD-005).
        telling: Told what happens.
        cancel: The job's. A builder is to hand a cancel on, and one that does not must not go on
            provisioning; only the clean-up runs all the same.

    Attributes:
        failure: What went wrong in a provisioner, if anything did. The builder tells of it as
            well, but only as text.
    """

    def __init__(
        self,
        provisions: tuple[PreparedProvision, ...],
        error_cleanup: PreparedProvision | None,
        ui: Ui,
        *,
        debug: bool = False,
        telling: Telling | None = None,
        cancel: CancelToken | None = None,
    ) -> None:
        self._cancel = cancel
        self._provisions = provisions
        self._error_cleanup = error_cleanup
        self._ui = ui
        self._debug = debug
        self._telling = telling or Telling()
        self.failure: PackerError | None = None

    def run(
        self,
        name: str,
        ui: Ui,  # noqa: ARG002 - see the class
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        """Run what waits for ``name``; names nobody waits for do nothing (ENG-004)."""
        either = CancelToken(self._cancel if name == PROVISION_HOOK else None)
        take_back = cancel.on_cancel(either.cancel)
        try:
            with self._telling.hook():
                self._run(name, communicator, data, either)
        finally:
            take_back()
            either.close()

    def _run(
        self,
        name: str,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        waiting: tuple[PreparedProvision, ...] = ()
        if name == PROVISION_HOOK:
            waiting = self._provisions
        elif name == CLEANUP_HOOK and self._error_cleanup:
            waiting = (self._error_cleanup,)
        if waiting and communicator is None:
            raise PackerError(
                f"the builder offers no way into its machine, which {_names(waiting)} would need",
                hint="remove the provisioners, or give the builder a communicator",
                reference="no-communicator",
            )
        if waiting and name == CLEANUP_HOOK:
            self._ui.say(f"The build failed: running {_names(waiting)} to clean up")
        for number, prepared in enumerate(waiting, start=int(name == PROVISION_HOOK)):
            cancel.check()
            self._pause_for_debug(prepared)
            run = _Run(prepared, number, self._ui, communicator, data, self._telling)
            try:
                run.with_retries(cancel)
            except PackerError as error:
                if _goes_on(error, prepared.provision, cancel):
                    self._ui.error(f"Going on, because of continue_on_error: {error}")
                    continue
                if name == PROVISION_HOOK or self.failure is None:
                    self.failure = error
                raise

    def _pause_for_debug(self, prepared: PreparedProvision) -> None:
        if not self._debug:
            return
        try:
            self._ui.ask(f"Press enter to run the provisioner {prepared.provision.type}.")
        except Cancelled:
            raise
        except PackerError as error:
            # Nobody can press enter; HashiCorp's Packer goes on as well.
            logger.info("not waiting before a provisioner: %s", error)


def _goes_on(error: PackerError, provision: Provision, cancel: CancelToken) -> bool:
    """Whether a failure is only a warning (PRV-007); a build that is cancelled always stops."""
    cancelled = isinstance(error, Cancelled) or cancel.cancelled
    return provision.continue_on_error and not cancelled


def _names(waiting: tuple[PreparedProvision, ...]) -> str:
    return ", ".join(prepared.provision.type for prepared in waiting)


@record
class _Run:
    """One provisioner and all it takes to run it."""

    prepared: PreparedProvision
    number: int
    ui: Ui
    communicator: Communicator | None
    data: Mapping[str, object]
    telling: Telling

    def with_retries(self, cancel: CancelToken) -> None:
        provision, ui = self.prepared.provision, self.ui
        attempts = provision.max_retries + 1
        for attempt in range(1, attempts + 1):
            self._pause(cancel)
            try:
                with self.telling.attempt(provision.type, self.number, attempt, attempts):
                    self._with_timeout(cancel)
            except Cancelled:
                raise
            except PackerError as error:
                cancel.check()
                if attempt == attempts:
                    raise _named(error, provision, attempts) from error
                ui.say(
                    f"Provisioner {provision.type} failed: {error}; "
                    f"trying again (attempt {attempt + 1} of {attempts})"
                )
            else:
                return

    def _pause(self, cancel: CancelToken) -> None:
        provision = self.prepared.provision
        if provision.pause_before_s <= 0:
            return
        self.telling.paused(provision.type, provision.pause_before_s)
        self.ui.say(
            f"Pausing {provision.pause_before_s:g}s before the provisioner {provision.type}…"
        )
        if cancel.wait(provision.pause_before_s):
            raise Cancelled

    def _with_timeout(self, cancel: CancelToken) -> None:
        provision = self.prepared.provision
        if provision.timeout_s is None:
            self._call(cancel)
            return
        limited = CancelToken(cancel)
        clock = threading.Timer(provision.timeout_s, limited.cancel)
        clock.daemon = True
        clock.start()
        try:
            self._call(limited)
        except PackerError as error:
            if limited.cancelled and not cancel.cancelled:
                raise PackerError(
                    f"provisioner {provision.type} took longer than {provision.timeout_s:g}s",
                    hint='give it more time with "timeout", or find out what it waits for',
                    reference="provisioner-timeout",
                ) from error
            raise
        finally:
            clock.cancel()
            limited.close()

    def _call(self, cancel: CancelToken) -> None:
        if self.prepared.again:
            self.prepared.again(self.data)
        self.prepared.face.provision(self.ui, self.communicator, self.data, cancel)


def _named(error: PackerError, provision: Provision, attempts: int) -> PackerError:
    """The same error, telling how often it was tried; with one attempt there is nothing to add."""
    if attempts == 1:
        return error
    return reworded(
        error, f"provisioner {provision.type} failed {attempts} times, last with: {error}"
    )
