"""Types of options with a text form of their own: a template holds text, the author gets values."""

from __future__ import annotations

import re
from functools import total_ordering

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Generic, TypeVar

    from packer_sdk.interpolate import Context

    TextT = TypeVar("TextT", bound=str)
else:
    from packer_sdk.records import Generic

    TextT = object()

_UNITS_NS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,  # the micro sign
    "μs": 1_000,  # the Greek letter; Go reads both
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PART = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
_LIMIT_NS = 2**63
# Longer numbers are out of range anyway, and Python refuses to convert very long ones.
_DIGITS_MAX = 40


def _parse_duration(text: str) -> int:
    """Nanoseconds of a text such as ``1h5m30.5s``; fractions of a nanosecond are cut off."""
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    if rest == "0":
        return 0
    total, position = 0, 0
    while rest and position < len(rest):
        part = _PART.match(rest, position)
        if part is None or not (part[1] or part[2]) or len(part[1]) > _DIGITS_MAX:
            break
        unit, fraction = _UNITS_NS[part[3]], part[2] or ""
        total += int(part[1] or 0) * unit
        total += _part_of(fraction, unit)
        position = part.end()
    if not rest or position < len(rest) or total > _LIMIT_NS - (sign > 0):
        raise ValueError(f"not a duration: {text!r}")
    return sign * total


def _part_of(fraction: str, unit: int) -> int:
    """Nanoseconds behind the point: in floats, as Go has it, so that both round alike."""
    digits = fraction[:19]
    if digits and int(digits) >= _LIMIT_NS:
        digits = digits[:18]
    return int(float(digits or 0) * (unit / 10.0 ** len(digits)))


def _fraction(nanoseconds: int, unit: int, suffix: str) -> str:
    whole, rest = divmod(nanoseconds, unit)
    digits = f"{rest:0{len(str(unit)) - 1}d}".rstrip("0") if rest else ""
    return f"{whole}.{digits}{suffix}" if digits else f"{whole}{suffix}"


def _format_duration(nanoseconds: int) -> str:
    """The shortest text Go would print: ``5m0s``, ``1.5s``, ``300ms``, ``0s``."""
    if nanoseconds == 0:
        return "0s"
    sign, left = ("-" if nanoseconds < 0 else ""), abs(nanoseconds)
    for unit, suffix in ((1_000, "ns"), (1_000_000, "µs"), (1_000_000_000, "ms")):
        if left < unit:
            return sign + _fraction(left, unit // 1_000, suffix)
    minutes, rest = divmod(left, _UNITS_NS["m"])
    hours, minutes = divmod(minutes, 60)
    text = _fraction(rest, _UNITS_NS["s"], "s")
    if hours or minutes:
        text = f"{minutes}m{text}"
    return sign + (f"{hours}h{text}" if hours else text)


@total_ordering
class Duration:
    """A span of time, written as in Go: ``300ms``, ``5m30s``, ``1.5h``, ``-1s`` (STP-013).

    A bare number other than ``0`` is refused: Go would read it as nanoseconds, which nobody
    means.

    Args:
        text: One or more numbers with a unit of ns, us, ms, s, m or h.

    Raises:
        ValueError: the text is not of that form, or exceeds 290 years.
    """

    __slots__ = ("_nanoseconds",)

    def __init__(self, text: str) -> None:
        self._nanoseconds = _parse_duration(text)

    @classmethod
    def of(cls, seconds: float) -> Duration:
        """Return the duration of that many seconds, to the nearest nanosecond."""
        duration = cls("0")
        duration._nanoseconds = round(seconds * 1_000_000_000)
        return duration

    @property
    def seconds(self) -> float:
        """The span in seconds."""
        return self._nanoseconds / 1_000_000_000

    def __str__(self) -> str:
        return _format_duration(self._nanoseconds)

    def __repr__(self) -> str:
        return f"Duration({str(self)!r})"

    def __bool__(self) -> bool:
        return self._nanoseconds != 0

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Duration):
            return NotImplemented
        return self._nanoseconds == other._nanoseconds

    def __lt__(self, other: Duration) -> bool:
        if not isinstance(other, Duration):
            return NotImplemented
        return self._nanoseconds < other._nanoseconds

    def __hash__(self) -> int:
        return hash(self._nanoseconds)


class Secret(Generic[TextT]):
    """Text that is never shown: not in logs, tracebacks, problems or f-strings.

    Write ``Secret[str]`` in a config class and call :meth:`reveal` where the text is used.
    """

    __slots__ = ("_text",)

    def __init__(self, text: TextT) -> None:
        self._text = text

    def reveal(self) -> TextT:
        """The text itself; do not let it out of sight."""
        return self._text

    def __str__(self) -> str:
        return "<sensitive>"

    def __repr__(self) -> str:
        return "Secret(<sensitive>)"

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return bool(self._text == other._text)

    def __hash__(self) -> int:
        return hash(self._text)


class OctalMode:
    """Permission bits, written in base eight: ``0644``, ``755`` or ``0o600``.

    Args:
        text: One to five octal digits, at most ``7777``.

    Raises:
        ValueError: the text is not of that form.
    """

    __slots__ = ("value",)

    def __init__(self, text: str) -> None:
        if not re.fullmatch(r"(0o)?[0-7]{1,5}", text) or int(text, 8) > 0o7777:
            raise ValueError(f"not an octal file mode: {text!r}")
        self.value = int(text, 8)

    def __int__(self) -> int:
        return self.value

    def __index__(self) -> int:
        return self.value

    def __str__(self) -> str:
        return f"{self.value:04o}"

    def __repr__(self) -> str:
        return f"OctalMode({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, OctalMode):
            return NotImplemented
        return self.value == other.value

    def __hash__(self) -> int:
        return hash(self.value)


class Template:
    """Text with ``{{ … }}`` in it that is rendered when the values are there, not at prepare.

    Decoding gives it the user variables and the names of the build. A ``Template("…")`` made by
    hand, as in a test, has none of them but renders all the same.

    Args:
        text: The template.
    """

    __slots__ = ("_context", "text")

    def __init__(self, text: str, *, context: Context | None = None) -> None:
        self.text = text
        self._context = context

    def bind(self, context: Context) -> Template:
        """Return the same text with the functions and variables of ``context``."""
        return Template(self.text, context=context)

    def render(self, data: Mapping[str, object] | None = None) -> str:
        """Fill in the values.

        A user variable may itself hold template text (``execute_command`` often comes from
        one), so what ``{{user `…`}}`` gives is rendered too. Values of ``data`` never are.

        Args:
            data: What ``{{.Name}}`` and ``{{build `Name`}}`` find, before the values known when
                the configuration was decoded.

        Raises:
            TemplateSyntaxError: the text is not a template.
            RenderError: a function failed, or a value is of the wrong type.
        """
        from packer_sdk import interpolate  # noqa: PLC0415 - only who renders pays

        context = self._context or interpolate.Context()
        merged = {**(context.data or {}), **(data or {})}
        return interpolate.render(self.text, context.with_data(merged, nested_user=True))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Template({self.text!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Template):
            return NotImplemented
        return self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)
