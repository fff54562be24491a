"""Times as text, beyond what Go's answers cover."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.interpolate.clock import format_c, format_go


def test_times_are_in_utc() -> None:
    assert format_go(0, "2006-01-02T15:04:05Z07:00") == "1970-01-01T00:00:00Z"
    assert format_c(0, "%Y-%m-%dT%H:%M:%S") == "1970-01-01T00:00:00"
    assert format_go(12 * 3600, "3PM") == "12PM"
    assert format_go(0, "3pm") == "12am"


@given(st.integers(0, 4_000_000_000), st.text())
def test_any_layout_formats(seconds: int, layout: str) -> None:
    assert isinstance(format_go(seconds, layout), str)
