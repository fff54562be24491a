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
from typing import Generic, Protocol, TypeVar

from .errors import Cancelled, PackerError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Literal

    from .cancel import CancelToken
    from .interfaces import Ui

    OnError = Literal["", "cleanup", "abort", "ask", "run-cleanup-provisioner"]

logger = logging.getLogger(__name__)

StateT_contra = TypeVar("StateT_contra", contravariant=True)
SharedT = TypeVar("SharedT")

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
        PackerError: a step failed; whatever a step raises is raised, after the clean-up.
    """
    run = _Run([step for step in steps if step is not None], state, ui, cancel)
    run.on_error = on_error or "cleanup"
    run.debug = debug
    run.run()


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
        is_done = False
        try:
            for step in self._steps:
                self._cancel.check()
                self._entered.append(step)
                self._run_step(step)
                self._pause("after", step)
            is_done = True
        finally:
            self._unwind("cleanup" if is_done else self.on_error)

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
        except PackerError:
            return "c"  # nobody is there to ask
        return answer.strip().lower()[:1] or "c"

    # --- cleaning up ----------------------------------------------------------------------

    def _unwind(self, on_error: str) -> None:
        for step in reversed(self._entered):
            if on_error in ("cleanup", "ask") or (
                on_error == "run-cleanup-provisioner" and getattr(step, "provisions", False)
            ):
                self._pause("before cleaning up", step)
                self._clean_up(step)
            else:
                self._tell(f"Not cleaned up, by -on-error={on_error}: step {step_name(step)}")

    def _clean_up(self, step: Step[SharedT]) -> None:
        try:
            step.cleanup(self._state)
        except Exception as error:
            # One failed clean-up must not keep the others from running, nor hide why the build
            # failed.
            logger.exception("clean-up of step %s failed", step_name(step))
            self._tell(f"Clean-up of step {step_name(step)} failed: {error}")

    def _tell(self, message: str) -> None:
        # Core may be gone by now; that is no reason to leave a machine running.
        with contextlib.suppress(PackerError):
            self._ui.error(message)

    def _pause(self, moment: str, step: Step[SharedT]) -> None:
        if not self.debug or self._cancel.cancelled:
            return
        with contextlib.suppress(PackerError):  # nobody is there to press enter
            self._ui.ask(f"Pausing {moment} step {step_name(step)}. Press enter to continue.")
