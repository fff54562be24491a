"""Builds in steps."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ComponentError, ConnectionLost, PackerError
from packer_sdk.steps import run_steps
from packer_sdk.testing.doubles import RecordingUi


@dataclass
class State:
    events: list[str] = field(default_factory=list)


class Note:
    """A step that notes what it is asked; its errors come one per run."""

    provisions = False

    def __init__(self, name: str, *errors: BaseException, cleanup: Exception | None = None) -> None:
        self.name = name
        self._errors = list(errors)
        self._cleanup = cleanup

    def run(self, state: State) -> None:
        state.events.append(f"run {self.name}")
        if self._errors:
            raise self._errors.pop(0)

    def cleanup(self, state: State) -> None:
        state.events.append(f"cleanup {self.name}")
        if self._cleanup:
            raise self._cleanup


class Provision(Note):
    provisions = True


BOOM = ComponentError("boom")


def run(
    *steps: Note | None, on_error: str = "", ui: RecordingUi | None = None, debug: bool = False
) -> list[str]:
    state = State()
    try:
        run_steps(steps, state, ui or RecordingUi(), CancelToken(), on_error=on_error, debug=debug)
    except (ComponentError, RuntimeError) as error:
        state.events.append(str(error))
    return state.events


def test_steps_run_in_order_and_are_cleaned_up_in_reverse() -> None:
    assert run(Note("a"), None, Note("b")) == ["run a", "run b", "cleanup b", "cleanup a"]


def test_failing_step_is_cleaned_up_too_and_later_ones_are_not_entered() -> None:
    assert run(Note("a"), Note("b", BOOM), Note("c")) == [
        "run a", "run b", "cleanup b", "cleanup a", "boom",
    ]  # fmt: skip


def test_bug_in_a_step_is_raised_after_the_cleanup() -> None:
    assert run(Note("a", RuntimeError("a bug"))) == ["run a", "cleanup a", "a bug"]


def test_failing_error_cleanup_provisioner_becomes_a_part_of_the_error() -> None:
    ui = RecordingUi()
    events = run(Provision("p", BOOM, cleanup=ComponentError("stuck")), ui=ui)
    assert events[-1] == "boom\nand then the error-cleanup-provisioner failed: stuck"
    assert ui.errors == []


def test_failing_error_cleanup_provisioner_does_not_hide_a_bug() -> None:
    step = Provision("p", RuntimeError("a bug"), cleanup=ComponentError("stuck"))
    assert run(step)[-1] == "a bug"


def test_failing_cleanup_of_the_provisioning_after_a_success_fails_the_build() -> None:
    assert run(Provision("p", cleanup=ComponentError("stuck")))[-1] == "stuck"


def test_interrupt_is_raised_after_the_cleanup() -> None:
    state = State()
    with pytest.raises(KeyboardInterrupt):
        run_steps([Note("a", KeyboardInterrupt())], state, RecordingUi(), CancelToken())
    assert state.events == ["run a", "cleanup a"]


def test_failing_cleanup_is_told_and_the_others_go_on() -> None:
    ui = RecordingUi()
    events = run(Note("a"), Note("b", BOOM, cleanup=RuntimeError("stuck")), ui=ui)
    assert events == ["run a", "run b", "cleanup b", "cleanup a", "boom"]
    assert ui.errors == ["Clean-up of step Note failed: stuck"]


def test_cleanup_goes_on_when_core_is_gone() -> None:
    class DeafUi(RecordingUi):
        def error(self, message: str) -> None:
            raise ConnectionLost("gone")

    events = run(Note("a"), Note("b", BOOM, cleanup=RuntimeError("stuck")), ui=DeafUi())
    assert events == ["run a", "run b", "cleanup b", "cleanup a", "boom"]


def test_abort_leaves_everything_and_says_so() -> None:
    ui = RecordingUi()
    assert run(Note("a"), Note("b", BOOM), on_error="abort", ui=ui) == ["run a", "run b", "boom"]
    assert ui.errors == ["Not cleaned up, by -on-error=abort: step Note"] * 2


def test_abort_cleans_up_what_went_well() -> None:
    assert run(Note("a"), on_error="abort") == ["run a", "cleanup a"]


def test_only_the_provisioning_step_is_cleaned_up_when_asked() -> None:
    ui = RecordingUi()
    events = run(
        Note("a"), Provision("p"), Note("b", BOOM), on_error="run-cleanup-provisioner", ui=ui
    )
    assert events == ["run a", "run p", "run b", "cleanup p", "boom"]
    assert len(ui.errors) == 2


@pytest.mark.parametrize(
    ("answers", "tail"),
    [
        (["c"], ["cleanup b", "cleanup a", "boom"]),
        ([""], ["cleanup b", "cleanup a", "boom"]),
        ([], ["cleanup b", "cleanup a", "boom"]),
        (["a"], ["boom"]),
        (["Abort"], ["boom"]),
        (["x", "r"], ["run b", "cleanup b", "cleanup a"]),
    ],
)
def test_ask(answers: list[str], tail: list[str]) -> None:
    ui = RecordingUi(*answers)
    assert run(Note("a"), Note("b", BOOM), on_error="ask", ui=ui) == ["run a", "run b", *tail]
    assert ui.errors[0] == "Step Note failed: boom"


def test_ask_again_after_a_retry_that_failed() -> None:
    ui = RecordingUi("r", "r", "c")
    events = run(Note("a", BOOM, BOOM, BOOM), on_error="ask", ui=ui)
    assert events == ["run a", "run a", "run a", "cleanup a", "boom"]
    assert len(ui.asked) == 3


def test_nobody_to_ask_is_told_and_all_is_cleaned_up() -> None:
    ui = RecordingUi()
    assert run(Note("a", BOOM), on_error="ask", ui=ui) == ["run a", "cleanup a", "boom"]
    assert ui.errors[-1].endswith("Cleaning up.")


def test_a_question_that_ends_with_the_build_is_not_worth_a_word() -> None:
    cancel = CancelToken()

    class Interrupted(RecordingUi):
        def ask(self, query: str) -> str:
            cancel.cancel()
            raise Cancelled

    state, ui = State(), Interrupted()
    with pytest.raises(PackerError, match="boom"):
        run_steps([Note("a", BOOM)], state, ui, cancel, "ask")
    assert state.events == ["run a", "cleanup a"]
    assert ui.errors == ["Step Note failed: boom"]


@pytest.mark.parametrize(("on_error", "cleanups"), [("cleanup", 1), ("ask", 1), ("abort", 0)])
def test_cancel_while_a_step_runs(on_error: str, cleanups: int) -> None:
    state, cancel, ui = State(), CancelToken(), RecordingUi()

    class Cancelling(Note):
        def run(self, state: State) -> None:
            super().run(state)
            cancel.cancel()
            cancel.check()

    with pytest.raises(Cancelled):
        run_steps([Cancelling("a"), Note("b")], state, ui, cancel, on_error)
    assert state.events == ["run a", *["cleanup a"] * cleanups]
    assert ui.asked == []


def test_cancel_between_steps_enters_no_further_one() -> None:
    state, cancel = State(), CancelToken()

    class Cancelling(Note):
        def run(self, state: State) -> None:
            super().run(state)
            cancel.cancel()

    with pytest.raises(Cancelled):
        run_steps([Cancelling("a"), Note("b")], state, RecordingUi(), cancel)
    assert state.events == ["run a", "cleanup a"]


def test_debug_pauses_after_each_step_and_before_each_cleanup() -> None:
    ui = RecordingUi("", "")
    assert run(Note("a"), debug=True, ui=ui) == ["run a", "cleanup a"]
    assert ui.asked == [
        "Pausing after step Note. Press enter to continue.",
        "Pausing before cleaning up step Note. Press enter to continue.",
    ]


def test_debug_goes_on_when_nobody_can_press_enter() -> None:
    assert run(Note("a"), debug=True) == ["run a", "cleanup a"]
