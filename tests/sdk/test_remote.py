"""Commands in the machine being built."""

from __future__ import annotations

import io
import threading

import pytest

from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled, ComponentError
from packer_sdk.remote import run_remote
from packer_sdk.testing.doubles import RecordingUi, Reply, ScriptedCommunicator
from packer_sdk.threads import spawn


def test_run_remote_shows_lines_and_returns_the_status() -> None:
    ui = RecordingUi()
    communicator = ScriptedCommunicator(
        {"make": Reply(status=3, stdout=b"1%\r100%\nno end", stderr=b"warning\n")}
    )
    assert run_remote(ui, communicator, "make") == 3
    assert (ui.said, ui.errors) == (["100%", "no end"], ["warning"])
    assert communicator.commands == ["make"]


def test_run_remote_feeds_its_input() -> None:
    ui = RecordingUi()
    communicator = ScriptedCommunicator({"cat": Reply(echo=True)})
    assert run_remote(ui, communicator, "cat", stdin=io.BytesIO(b"a\nb\n")) == 0
    assert ui.said == ["a", "b"]


def test_run_remote_stops_waiting_when_cancelled() -> None:
    hold, cancel = threading.Event(), CancelToken()
    communicator = ScriptedCommunicator({"sleep": Reply(hold=hold, stdout=b"late\n")})
    canceller = spawn("canceller", cancel.cancel)
    with pytest.raises(Cancelled):
        run_remote(RecordingUi(), communicator, "sleep", cancel=cancel)
    canceller.join(10)
    hold.set()


def test_run_remote_starts_nothing_when_cancelled_before() -> None:
    cancel, communicator = CancelToken(), ScriptedCommunicator()
    cancel.cancel()
    with pytest.raises(Cancelled):
        run_remote(RecordingUi(), communicator, "make", cancel=cancel)
    assert communicator.commands == []


def test_run_remote_waits_on_with_a_token_that_stays_down() -> None:
    hold = threading.Event()
    timer = threading.Timer(0.5, hold.set)
    timer.start()
    communicator = ScriptedCommunicator({"sleep": Reply(status=7, hold=hold)})
    assert run_remote(RecordingUi(), communicator, "sleep", cancel=CancelToken()) == 7
    timer.join()


def test_run_remote_that_cannot_start() -> None:
    communicator = ScriptedCommunicator({"make": Reply(error=ComponentError("no shell"))})
    with pytest.raises(ComponentError, match="no shell"):
        run_remote(RecordingUi(), communicator, "make")
