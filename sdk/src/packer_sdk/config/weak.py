"""Weak typing (JSN-013): what a template may write for a value of each type.

JSON templates send every number as a float and everything that went through ``{{user …}}`` as
text, so ``"5"`` must do for a number and ``"true"`` for a switch. The rules are those of Packer's
own plugins, with three differences that only ever refuse what makes no sense: a number with a
fraction is no integer, only 0 and 1 are switches, and a bare number is no duration.
"""

from __future__ import annotations

from .kinds import Duration, OctalMode, Secret

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
_FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})
_SHOWN_MAX = 60


class Mismatch(Exception):
    """A value does not fit; ``expected`` says what would. Becomes a Problem."""

    def __init__(self, expected: str, hint: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint


def describe(value: object) -> str:
    """Name a value in a message: text and numbers as they are, the rest by what they are."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        shown = value if len(value) <= _SHOWN_MAX else value[:_SHOWN_MAX] + "…"
        return '"' + shown.replace("\n", "\\n") + '"'
    if isinstance(value, dict):
        return "a map"
    if isinstance(value, (list, tuple)):
        return "a list"
    return _number_text(value) or f"a value of type {type(value).__name__}"


def _is_number(value: object) -> bool:
    # Decimal comes from cty JSON; naming it by its protocol saves the import.
    return not isinstance(value, bool) and hasattr(value, "__float__")


def _number_text(value: object) -> str | None:
    if not _is_number(value):
        return None
    if isinstance(value, int):
        return _decimal_digits(value)
    if isinstance(value, float) and value.is_integer():
        return _decimal_digits(int(value))
    if isinstance(value, float):
        # Packer never writes an exponent, Python's repr may.
        return f"{value:.{_places(value)}f}" if "e" in repr(value) else repr(value)
    return _decimal_text(value)


def _decimal_text(value: object) -> str:
    if value == 0:
        return "0"
    # Written out, a number beyond what a float holds could fill the memory.
    is_near = _is_finite(value) and float(value) != 0  # type: ignore[arg-type]  # as above
    return format(value, "f") if is_near else str(value)


def _decimal_digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to print thousands of digits
        return hex(value)


def _places(value: float) -> int:
    mantissa, _, exponent = repr(value).partition("e")
    return len(mantissa.partition(".")[2]) + max(0, -int(exponent))


def _is_finite(value: object) -> bool:
    try:
        number = float(value)  # type: ignore[arg-type]  # _is_number has looked
    except (ValueError, OverflowError):
        return False
    return number - number == 0


def to_text(value: object) -> str:
    """Text; numbers in plain decimals, and true and false as 1 and 0, as Packer has it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, bytes):
        return value.decode(errors="surrogateescape")
    text = _number_text(value)
    if text is None:
        raise Mismatch("text")
    return text


def to_bool(value: object) -> bool:
    """A switch: true, false, 0, 1 or one of Go's spellings."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _TRUE | _FALSE:
        return value in _TRUE
    if _is_number(value) and value in (0, 1):
        return value == 1
    raise Mismatch("true or false")


def to_int(value: object) -> int:
    """A whole number, or text of one; ``0x``, ``0o``, ``0b`` and a leading 0 choose the base."""
    if isinstance(value, (bool, int)):
        return int(value)
    if isinstance(value, str):
        return _int_of_text(value)
    if _is_number(value) and _is_finite(value) and int(value) == value:  # type: ignore[call-overload]
        return int(value)  # type: ignore[call-overload, no-any-return]
    raise Mismatch("a whole number")


def _int_of_text(text: str) -> int:
    digits = text.lstrip("+-")
    is_old_octal = len(digits) > 1 and digits.isdigit() and digits.startswith("0")
    try:
        return int(text, 8 if is_old_octal else 0)
    except ValueError as error:
        raise Mismatch("a whole number") from error


def to_float(value: object) -> float:
    """A number, or text of one."""
    if isinstance(value, str) or _is_number(value) or isinstance(value, bool):
        try:
            return float(value)  # type: ignore[arg-type]  # one of the three
        except (ValueError, OverflowError) as error:
            raise Mismatch("a number") from error
    raise Mismatch("a number")


def to_duration(value: object) -> Duration:
    """A duration; of bare numbers only 0, since Go would read them as nanoseconds."""
    text = to_text(value)
    try:
        return Duration(text)
    except ValueError as error:
        looks_like_seconds = text.replace(".", "", 1).isdigit()
        hint = f'with a unit: "{text}s"?' if looks_like_seconds else None
        raise Mismatch('a duration such as "5m30s"', hint) from error


def to_mode(value: object) -> OctalMode:
    """A file mode; the digits of a number are read as octal ones."""
    try:
        return OctalMode(to_text(value))
    except ValueError as error:
        raise Mismatch('an octal file mode such as "0644"') from error


def to_secret(value: object) -> Secret[str]:
    """Text that is not shown."""
    return Secret(to_text(value))


def to_path_with(path_class: type) -> Callable[[object], object]:
    """A path of that class."""

    def to_path(value: object) -> object:
        text = to_text(value)
        if "\0" in text:
            raise Mismatch("a path")
        return path_class(text)

    return to_path


def to_choice_of(members: Mapping[str, object]) -> Callable[[object], object]:
    """One of a closed set, by its text."""

    def to_choice(value: object) -> object:
        text = to_text(value)
        if text not in members:
            raise Mismatch("one of " + ", ".join(f'"{name}"' for name in members))
        return members[text]

    return to_choice
