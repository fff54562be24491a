from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.sleep import SleepConfig, SleepProvisioner
from packer_sdk import Cancelled, Duration
from packer_sdk.communicators.none import NoneCommunicator

if TYPE_CHECKING:
    from packer_sdk import CancelToken
    from packer_sdk.testing import RecordingUi


def provision(duration: str, ui: RecordingUi, cancel: CancelToken) -> None:
    config = SleepConfig(duration=Duration(duration))
    SleepProvisioner().provision(config, ui, NoneCommunicator(), {}, cancel)


def test_sleep_waits_that_long_and_says_nothing(ui: RecordingUi, cancel: CancelToken) -> None:
    start = time.monotonic()
    provision("30ms", ui, cancel)
    assert time.monotonic() - start >= 0.03
    assert not [*ui.said, *ui.errors]


def test_sleep_ends_on_cancel(ui: RecordingUi, cancel: CancelToken) -> None:
    timer = threading.Timer(0.02, cancel.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        provision("10h", ui, cancel)
    timer.join()


def test_check_refuses_a_negative_duration() -> None:
    (problem,) = SleepProvisioner().check(SleepConfig(duration=Duration("-1s")))
    assert str(problem) == "duration: is negative: -1s"
