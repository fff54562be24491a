from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from packer_plugin_bundled.transfer import SHOWN_FROM_BYTES, chunks, watched
from packer_sdk import Cancelled

if TYPE_CHECKING:
    from packer_sdk import CancelToken
    from packer_sdk.testing import RecordingUi


def test_watched_shows_a_bar_for_a_large_file(ui: RecordingUi, cancel: CancelToken) -> None:
    data = b"x" * (SHOWN_FROM_BYTES + 5)
    with watched(io.BytesIO(data), len(data), "disk.img", ui, cancel) as reader:
        assert b"".join(chunks(reader)) == data
    (bar,) = ui.bars
    assert (bar.label, bar.total, bar.current, bar.open) == (
        "disk.img",
        len(data),
        len(data),
        False,
    )


def test_watched_shows_none_for_a_small_one(ui: RecordingUi, cancel: CancelToken) -> None:
    with watched(io.BytesIO(b"abc"), 3, "small", ui, cancel) as reader:
        assert reader.read() == b"abc"
    assert not ui.bars


def test_watched_stops_reading_on_cancel(ui: RecordingUi, cancel: CancelToken) -> None:
    with watched(io.BytesIO(b"abc"), 3, "small", ui, cancel) as reader:
        assert reader.read(1) == b"a"
        cancel.cancel()
        with pytest.raises(Cancelled):
            reader.read(1)
