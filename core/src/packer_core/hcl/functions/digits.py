"""Numbers as text, as Go's ``%f``, ``%e`` and ``%g`` write them."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_core.hcl.numbers import Number


def fixed(number: Number, places: int) -> str:
    """Write a number with so many digits behind the point."""
    wide = Context(prec=20_000, rounding=ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6))
    rounded = Decimal(number).quantize(Decimal(1).scaleb(-places), context=wide)
    return format(rounded, "f")


def scientific(number: Number, places: int) -> str:
    """Write a number as a digit, so many behind the point, and an exponent."""
    rounded = _to_digits(Decimal(number), places + 1)
    if not rounded:
        return f"{_dotted('0' * (places + 1))}e+00"
    digits = "".join(map(str, rounded.as_tuple().digits)).ljust(places + 1, "0")
    return _with_exponent(rounded, digits)


def general(number: Number, digits: int | None) -> str:
    """Write a number with at most so many digits, or with all it has, in the shorter way."""
    decimal = Decimal(number)
    if not decimal:
        return "0"
    rounded = decimal if digits is None else _to_digits(decimal, digits or 1)
    written = _significant(rounded)
    exponent = rounded.adjusted()
    most = 6 if digits is None else digits or 1
    if digits is not None and most > len(written) >= exponent + 1:
        most = len(written)
    if exponent < -4 or exponent >= most:
        return _with_exponent(rounded, written)
    text = format(rounded, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _significant(number: Decimal) -> str:
    return "".join(map(str, number.as_tuple().digits)).rstrip("0") or "0"


def _to_digits(number: Decimal, digits: int) -> Decimal:
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN, Emax=10**6, Emin=-(10**6))
    return context.plus(number)


def _with_exponent(number: Decimal, digits: str) -> str:
    exponent = number.adjusted()
    sign = "-" if number < 0 else ""
    return f"{sign}{_dotted(digits)}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"


def _dotted(digits: str) -> str:
    return f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
