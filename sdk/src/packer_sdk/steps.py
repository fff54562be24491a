"""Builds in steps, each of which cleans up after itself (STP-001, STP-002).

A step is entered, and from then on its clean-up is owed: steps are cleaned up in reverse, the
failing one included, whether the build went well or not. What the user asked for with
``-on-error`` can change that for a build that failed or was cancelled (BLD-007):

==========================  ==============================================================
``cleanup``, or empty       clean up, then report
``abort``                   leave everything as it is, and say what was left
``ask``                     ask the user: clean up, abort, or run the failed step again
``run-cleanup-provisioner`` clean up only the steps that provision, leave the rest
==========================  ==============================================================
"""

from __future__ import annotations

import contextlib
import logging

from .errors import Cancelled, ComponentError, PackerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Generic, Literal, Protocol, TypeVar

    from .cancel import CancelToken
    from .interfaces import Ui

    OnError = Literal["", "cleanup", "abort", "ask", "run-cleanup-provisioner"]
    StateT_contra = TypeVar("StateT_contra", contravariant=True)
    SharedT = TypeVar("SharedT")
else:
    from .records import Generic

    Protocol = Generic
    StateT_contra = SharedT = object()

logger = logging.getLogger(__name__)


_ANSWERS = {"c": "cleanup", "a": "abort", "r": "retry"}


class Step(Protocol[StateT_contra]):
    """One step of a build. ``state`` is an object of the author's, often a dataclass.

    A class attribute ``provisions = True`` marks the step that runs the provisioners.
    """

    def run(self, state: StateT_contra, /) -> None:
        """Do the work; note in ``state`` what later steps and the clean-up need.

        Raises:
            PackerError: it failed; no further step runs.
        """

    def cleanup(self, state: StateT_contra, /) -> None:
        """Undo what `run` has done, as far as it came. Called even if it failed half-way."""


def run_steps(
    steps: Iterable[Step[SharedT] | None],
    state: SharedT,
    ui: Ui,
    cancel: CancelToken,
    on_error: OnError | str = "cleanup",
    *,
    debug: bool = False,
) -> None:
    """Run steps in their order, then clean up in reverse.

    Args:
        steps: What to do; None is skipped, so that a step may be left out in place.
        state: What the steps share.
        ui: Where failures are told, and where questions are put.
        cancel: Looked at before every step.
        on_error: `PackerKeys.packer_on_error`; see the module.
        debug: `PackerKeys.packer_debug`: wait for the user after each step and before each
            clean-up.

    Raises:
        Cancelled: the token went up.
        PackerError: a step failed; whatever a step raises is raised, after the clean-up. If the
            error-cleanup-provisioner failed as well, the error says both.
    """
    run = _Run([step for step in steps if step is not None], state, ui, cancel)
    run.on_error = on_error or "cleanup"
    run.debug = debug
    run.run()


def _both(error: BaseException, second: PackerError) -> BaseException:
    if isinstance(error, Cancelled) or not isinstance(error, PackerError):
        return error
    if isinstance(second, Cancelled):
        return second
    return ComponentError(
        f"{error}\nand then the error-cleanup-provisioner failed: {second}", hint=error.hint
    )


def step_name(step: object) -> str:
    """What messages call a step: the name of its class."""
    return type(step).__name__


class _Run(Generic[SharedT]):
    """One run: what has been entered, and how the user wants failures dealt with."""

    def __init__(
        self, steps: Sequence[Step[SharedT]], state: SharedT, ui: Ui, cancel: CancelToken
    ) -> None:
        self.on_error: str = "cleanup"
        self.debug = False
        self._steps = steps
        self._state = state
        self._ui = ui
        self._cancel = cancel
        self._entered: list[Step[SharedT]] = []

    def run(self) -> None:
        try:
            self._run_steps()
        except BaseException as error:
            second = self._unwind(self.on_error)
            raised = _both(error, second) if second else error
            if raised is error:
                raise
            raise raised from error
        if second := self._unwind("cleanup"):
            raise second

    def _run_steps(self) -> None:
        for step in self._steps:
            self._cancel.check()
            self._entered.append(step)
            self._run_step(step)
            self._pause("after", step)

    def _run_step(self, step: Step[SharedT]) -> None:
        while True:
            try:
                step.run(self._state)
            except Cancelled:
                raise
            except Exception as error:
                # A bug of the step is asked about like any other failure: a retry may do.
                if self.on_error != "ask" or self._cancel.cancelled or not self._retry(step, error):
                    raise
            else:
                return

    def _retry(self, step: Step[SharedT], error: Exception) -> bool:
        """Ask what is to become of a failure."""
        self._ui.error(f"Step {step_name(step)} failed: {error}")
        answer = ""
        while (answer := self._answer()) not in _ANSWERS:
            self._ui.error(f"Not one of c, a and r: {answer}")
        self.on_error = _ANSWERS[answer]
        if self.on_error != "retry":
            return False
        self.on_error = "ask"
        return True

    def _answer(self) -> str:
        try:
            answer = self._ui.ask("[c] clean up and exit, [a] abort without clean-up, [r] retry?")
        except PackerError as error:
            if not self._cancel.cancelled:  # nobody is there to ask
                self._tell(f"{error} Cleaning up.")
            return "c"
        return answer.strip().lower()[:1] or "c"

    # --- cleaning up ----------------------------------------------------------------------

    def _unwind(self, on_error: str) -> PackerError | None:
        """Clean up; returns what went wrong in the error-cleanup-provisioner (PRV-008)."""
        failure: PackerError | None = None
        for step in reversed(self._entered):
            if on_error in ("cleanup", "ask") or (
                on_error == "run-cleanup-provisioner" and getattr(step, "provisions", False)
            ):
                self._pause("before cleaning up", step)
                failure = self._clean_up(step) or failure
            else:
                self._tell(f"Not cleaned up, by -on-error={on_error}: step {step_name(step)}")
        return failure

    def _clean_up(self, step: Step[SharedT]) -> PackerError | None:
        try:
            step.cleanup(self._state)
        except Exception as error:
            if isinstance(error, PackerError) and getattr(step, "provisions", False):
                return error  # it becomes a part of what the build failed with
            # One failed clean-up must not keep the others from running, nor hide why the build
            # failed.
            logger.exception("clean-up of step %s failed", step_name(step))
            self._tell(f"Clean-up of step {step_name(step)} failed: {error}")
        return None

    def _tell(self, message: str) -> None:
        # Core may be gone by now; that is no reason to leave a machine running.
        with contextlib.suppress(PackerError):
            self._ui.error(message)

    def _pause(self, moment: str, step: Step[SharedT]) -> None:
        if not self.debug or self._cancel.cancelled:
            return
        with contextlib.suppress(PackerError):  # nobody is there to press enter
            self._ui.ask(f"Pausing {moment} step {step_name(step)}. Press enter to continue.")
