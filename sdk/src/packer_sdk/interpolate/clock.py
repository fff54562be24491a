"""Times as text: Go's layouts, which show how 2 January 2006, 15:04:05 would look, and C's."""

from __future__ import annotations

import re
from datetime import UTC, datetime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

# The order is that in which Go looks; a name must not run on in lower case ("Janet").
_CHUNKS = re.compile(
    r"January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|01|02|03|04|05|06|15|1|2006|__2|_2(?!006)"
    r"|2|3|4|5|PM|pm|(?:-|Z)07(?:00(?:00)?|:00(?::00)?)?|[.,](?P<zeros>0+)(?![0-9])"
    r"|[.,](?P<nines>9+)(?![0-9])"
)


def format_go(seconds: float, layout: str) -> str:
    """Format a time, in UTC, by a Go layout."""
    time = _utc(seconds)
    return _CHUNKS.sub(lambda match: _chunk(time, match), layout)


def format_c(seconds: float, form: str) -> str:
    """Format a time, in UTC, by strftime's codes."""
    return _utc(seconds).strftime(form)


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _hour12(time: datetime) -> int:
    return time.hour % 12 or 12


_FORMATS: dict[str, Callable[[datetime], str]] = {
    "January": lambda time: _MONTHS[time.month - 1],
    "Jan": lambda time: _MONTHS[time.month - 1][:3],
    "Monday": lambda time: _DAYS[time.weekday()],
    "Mon": lambda time: _DAYS[time.weekday()][:3],
    "MST": lambda _time: "UTC",
    "002": lambda time: f"{time.timetuple().tm_yday:03}",
    "__2": lambda time: f"{time.timetuple().tm_yday:3}",
    "01": lambda time: f"{time.month:02}",
    "1": lambda time: str(time.month),
    "02": lambda time: f"{time.day:02}",
    "_2": lambda time: f"{time.day:2}",
    "2": lambda time: str(time.day),
    "2006": lambda time: f"{time.year:04}",
    "06": lambda time: f"{time.year % 100:02}",
    "15": lambda time: f"{time.hour:02}",
    "03": lambda time: f"{_hour12(time):02}",
    "3": lambda time: str(_hour12(time)),
    "04": lambda time: f"{time.minute:02}",
    "4": lambda time: str(time.minute),
    "05": lambda time: f"{time.second:02}",
    "5": lambda time: str(time.second),
    "PM": lambda time: "PM" if time.hour >= 12 else "AM",
    "pm": lambda time: "pm" if time.hour >= 12 else "am",
}


def _chunk(time: datetime, match: re.Match[str]) -> str:
    chunk = match[0]
    if chunk in _FORMATS:
        return _FORMATS[chunk](time)
    if match["zeros"] or match["nines"]:
        return _fraction(time, chunk, trims=match["nines"] is not None)
    if chunk.startswith("Z"):
        return "Z"
    return "+" + "".join(sign if sign == ":" else "0" for sign in chunk[1:])


def _fraction(time: datetime, chunk: str, *, trims: bool) -> str:
    digits = f"{time.microsecond:06}000"[: len(chunk) - 1].ljust(len(chunk) - 1, "0")
    if trims:
        digits = digits.rstrip("0")
    return chunk[0] + digits if digits else ""
