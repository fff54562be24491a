from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.breakpoint import BreakpointConfig, BreakpointProvisioner
from packer_sdk import Cancelled, ComponentError
from packer_sdk.communicators.none import NoneCommunicator
from packer_sdk.testing import RecordingUi

if TYPE_CHECKING:
    from packer_sdk import CancelToken


def provision(config: BreakpointConfig, ui: RecordingUi, cancel: CancelToken) -> None:
    BreakpointProvisioner().provision(config, ui, NoneCommunicator(), {}, cancel)


def test_breakpoint_asks_and_shows_its_note(cancel: CancelToken) -> None:
    ui = RecordingUi("")
    provision(BreakpointConfig(note="after install"), ui, cancel)
    assert ui.said == ["Paused at breakpoint: after install"]
    assert len(ui.asked) == 1


def test_breakpoint_that_is_disabled_does_not_ask(ui: RecordingUi, cancel: CancelToken) -> None:
    provision(BreakpointConfig(disable=True), ui, cancel)
    assert ui.said == ["Breakpoint is disabled"]
    assert not ui.asked


def test_breakpoint_without_a_terminal_says_what_to_do(
    ui: RecordingUi, cancel: CancelToken
) -> None:
    with pytest.raises(ComponentError, match="cannot stop at breakpoint: nobody can") as caught:
        provision(BreakpointConfig(), ui, cancel)
    assert "disable = true" in (caught.value.hint or "")


class SilentUi(RecordingUi):
    """A person who does not answer until ``gone``."""

    gone = threading.Event()

    def ask(self, query: str) -> str:
        self.gone.wait()
        return query


def test_breakpoint_ends_on_cancel_while_nobody_answers(cancel: CancelToken) -> None:
    ui = SilentUi()
    timer = threading.Timer(0.05, cancel.cancel)
    timer.start()
    try:
        with pytest.raises(Cancelled):
            provision(BreakpointConfig(), ui, cancel)
    finally:
        ui.gone.set()
        timer.join()
