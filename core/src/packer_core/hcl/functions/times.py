"""Dates and times: ``timestamp``, ``formatdate``, ``timeadd`` and others."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING

from packer_core.hcl import values
from packer_core.hcl.function import Function, FunctionError, Parameter
from packer_sdk.cty.types import ObjectType
from packer_sdk.interpolate import clock

from .simple import simple, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from packer_core.hcl.numbers import Number
    from packer_sdk.cty.values import Value

    from .table import Surroundings


def functions(surroundings: Surroundings) -> Mapping[str, Function]:
    """The functions of this group."""
    started = surroundings.started
    return {
        "formatdate": simple("string", _formatdate, format="string", time="string"),
        "legacy_isotime": _legacy(lambda form: clock.format_go(started, form), started),
        "legacy_strftime": _legacy(lambda form: _strftime(started, form), started),
        "rfc3339_parse": Function(
            [Parameter("timestamp", "string")],
            _type_of_parts("unix"),
            lambda text: _parts(_parsed(values.text_in(text).replace(" ", "T", 1), 0), "unix"),
        ),
        "timeadd": simple("string", _timeadd, timestamp="string", duration="string"),
        "timestamp": Function((), "string", lambda: values.string(_now(surroundings.clock()))),
        "unix_timestamp_parse": Function(
            [Parameter("unix_timestamp", "number")],
            _type_of_parts("rfc3339"),
            lambda number: _parts(_of_unix(values.number_in(number)), "rfc3339"),
        ),
    }


def _now(seconds: float) -> str:
    return clock.format_go(seconds, "2006-01-02T15:04:05Z07:00")


def _legacy(write: Callable[[str], str], started: float) -> Function:
    def body(*forms: Value) -> Value:
        if len(forms) > 1:
            raise FunctionError(f"one format at most, got {len(forms)}", 1)
        if not forms:
            return values.string(_now(started))
        return values.string(write(values.text_in(forms[0])))

    return Function((), "string", body, rest=Parameter("format", "string"))


_STRFTIME = {
    "B": "January", "b": "Jan", "m": "01", "A": "Monday", "a": "Mon", "d": "02", "H": "15",
    "I": "03", "M": "04", "S": "05", "Y": "2006", "y": "06", "p": "PM", "Z": "MST", "z": "-0700",
    "L": ".000",
}  # fmt: skip


def _strftime(seconds: float, form: str) -> str:
    """The codes that Packer knows; others stand for themselves."""

    def code(match: re.Match[str]) -> str:
        if match[1] == "%":
            return "%"
        layout = _STRFTIME.get(match[1])
        return clock.format_go(seconds, layout) if layout else match[0]

    return re.sub(r"%(.)", code, form, flags=re.DOTALL)


_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)


def _parsed(text: str, argument: int) -> datetime:
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise FunctionError(f'no time of RFC 3339, like 2006-01-02T15:04:05Z: "{text}"', argument)
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    microsecond = int((found[7] or "").ljust(6, "0")[:6])
    offset = timedelta(hours=int(found[9] or 0), minutes=int(found[10] or 0))
    try:
        if int(found[10] or 0) >= 60:
            raise ValueError("minutes of the offset")
        zone = timezone(-offset if found[8] == "-" else offset)
        return datetime(year, month, day, hour, minute, second, microsecond, zone)
    except (ValueError, OverflowError) as error:
        raise FunctionError(f'there is no such time: "{text}"', argument) from error


def _rfc3339(time: datetime) -> str:
    shown = f"{time:%m-%dT%H:%M:%S}"
    return f"{time.year:04}-{shown}{_offset(time, ':') if time.utcoffset() else 'Z'}"


def _offset(time: datetime, colon: str) -> str:
    minutes = int((time.utcoffset() or timedelta()).total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"


_DATE_PARTS = re.compile(r"'(?:[^']|'')*'|'|([A-Za-z])\1*|[^A-Za-z']+")


def _formatdate(form: str, text: str) -> str:
    time = _parsed(text, 1)
    written: list[str] = []
    for match in _DATE_PARTS.finditer(form):
        part = match[0]
        if part == "'" or (part[0] == "'" and part[-1] != "'"):
            raise FunctionError("a quote ' that does not end", 0)
        if part[0] == "'":
            written.append(part[1:-1].replace("''", "'") if len(part) > 2 else "'")
        elif match[1]:
            written.append(_date_verb(part, time))
        else:
            written.append(part)
    return "".join(written)


def _date_verb(verb: str, time: datetime) -> str:
    layout = _DATE_VERBS.get(verb)
    if layout is None:
        known = [one for one in _DATE_VERBS if one[0] == verb[0]]
        detail = f"; with {verb[0]} there is {' '.join(known)}" if known else ""
        quoted = "" if known else f"; text stands in quotes: '{verb}'"
        raise FunctionError(f'no part of a date: "{verb}"{detail}{quoted}', 0)
    return layout(time)


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_DATE_VERBS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda time: f"{time.year:04}",
    "YY": lambda time: f"{time.year % 100:02}",
    "MMMM": lambda time: _MONTHS[time.month - 1],
    "MMM": lambda time: _MONTHS[time.month - 1][:3],
    "MM": lambda time: f"{time.month:02}",
    "M": lambda time: str(time.month),
    "DD": lambda time: f"{time.day:02}",
    "D": lambda time: str(time.day),
    "EEEE": lambda time: _DAYS[time.weekday()],
    "EEE": lambda time: _DAYS[time.weekday()][:3],
    "hh": lambda time: f"{time.hour:02}",
    "h": lambda time: str(time.hour),
    "HH": lambda time: f"{time.hour % 12 or 12:02}",
    "H": lambda time: str(time.hour % 12 or 12),
    "AA": lambda time: "PM" if time.hour >= 12 else "AM",
    "aa": lambda time: "pm" if time.hour >= 12 else "am",
    "mm": lambda time: f"{time.minute:02}",
    "m": lambda time: str(time.minute),
    "ss": lambda time: f"{time.second:02}",
    "s": lambda time: str(time.second),
    "ZZZZZ": lambda time: _offset(time, ":"),
    "ZZZZ": lambda time: _offset(time, ""),
    "ZZZ": lambda time: _offset(time, "") if time.utcoffset() else "UTC",
    "Z": lambda time: _offset(time, ":") if time.utcoffset() else "Z",
}

_DURATION = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_UNITS = {
    "ns": Decimal("0.001"),
    "us": Decimal(1),
    "µs": Decimal(1),
    "μs": Decimal(1),
    "ms": Decimal(1000),
    "s": Decimal(1_000_000),
    "m": Decimal(60_000_000),
    "h": Decimal(3_600_000_000),
}
_LONGEST = Decimal(2**63) / 1000
"""Microseconds that Go can count in nanoseconds."""


def _microseconds(text: str) -> Decimal:
    unsigned = text[1:] if text[:1] in {"+", "-"} else text
    found = _DURATION.findall(unsigned)
    if unsigned != "0" and (not found or "".join(map("".join, found)) != unsigned):
        raise FunctionError(f'no duration, like 1h30m: "{text}"', 1)
    total = sum((Decimal(number) * _UNITS[unit] for number, unit in found), Decimal(0))
    if total >= _LONGEST:
        raise FunctionError(f'too long: "{text}"', 1)
    return -total if text.startswith("-") else total


def _timeadd(timestamp: str, duration: str) -> str:
    time = _parsed(timestamp, 0)
    try:
        return _rfc3339(time + timedelta(microseconds=int(_microseconds(duration).__floor__())))
    except OverflowError as error:
        raise FunctionError("the result is no year between 1 and 9999", 1) from error


def _of_unix(number: Number) -> datetime:
    seconds = whole(number, 0)
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError as error:
        raise FunctionError("it is no year between 1 and 9999", 0) from error


_NUMBERS = ("year", "year_day", "month", "day", "weekday", "hour", "minute", "second")


def _type_of_parts(other: str) -> ObjectType:
    types = dict.fromkeys((*_NUMBERS, "iso_year", "iso_week"), "number")
    types |= dict.fromkeys(("month_name", "weekday_name"), "string")
    types[other] = "number" if other == "unix" else "string"
    return ObjectType(dict(sorted(types.items())))  # type: ignore[arg-type] # they are all primitive


def _parts(time: datetime, other: str) -> Value:
    """What a time is made of; `other` is the form that it is not given in."""
    iso = time.isocalendar()
    numbers = (
        time.year, time.timetuple().tm_yday, time.month, time.day, time.isoweekday() % 7,
        time.hour, time.minute, time.second,
    )  # fmt: skip
    named = {name: values.number(one) for name, one in zip(_NUMBERS, numbers, strict=True)}
    named["iso_year"], named["iso_week"] = values.number(iso.year), values.number(iso.week)
    named["month_name"] = values.string(_MONTHS[time.month - 1])
    named["weekday_name"] = values.string(_DAYS[time.weekday()])
    seconds = (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    named[other] = values.number(seconds) if other == "unix" else values.string(_rfc3339(time))
    return values.object_of(named)
