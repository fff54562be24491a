"""Numbers as cty holds them: exact, of any size a schema could mean.

In Python an integer is an ``int`` and everything else a ``Decimal``; equal numbers are equal
whatever digits they were written with.
"""

from __future__ import annotations

from decimal import Decimal

from .types import Mismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .types import Path

DIGITS_MAX = 4000
"""Digits of a number, written out: Python converts no longer ones, and nobody means them."""

_BITS_MAX = 13_288  # of an integer with that many digits


def number_of(value: object, path: Path = ()) -> int | Decimal:
    """Return a number of Python in its normal form.

    A float is the shortest decimal that reads back as the same float, which is what Go prints;
    an integral one is exact.

    Raises:
        Mismatch: it is no number, is not finite, or too long.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        if value.bit_length() > _BITS_MAX:
            raise Mismatch(f"a number of more than {DIGITS_MAX} digits", path)
        return value
    if isinstance(value, float):
        value = Decimal(int(value)) if value.is_integer() else Decimal(repr(value))
    if not isinstance(value, Decimal):
        raise TypeError(f"no number: {value!r}")
    if not value.is_finite():
        raise Mismatch(f"not a finite number: {value}", path)
    return _shortened(value, path)


def parse_number(text: str, path: Path = ()) -> int | Decimal:
    """Read a number in decimal digits, with a point or an exponent.

    Raises:
        Mismatch: it is none, or too long.
    """
    # Python would also take underscores, blanks around it and digits of other scripts.
    if not text.isascii() or text.strip("+-.eE0123456789"):
        raise Mismatch(f"not a number: {text[:40]!r}", path)
    try:
        return number_of(Decimal(text), path)
    except ArithmeticError as error:
        raise Mismatch(f"not a number: {text[:40]!r}", path) from error


def text_of(number: int | Decimal) -> str:
    """Write a number out, never with an exponent."""
    text = format(number, "f") if isinstance(number, Decimal) else str(number)
    return text.rstrip("0") if isinstance(number, Decimal) else text


def _shortened(value: Decimal, path: Path) -> int | Decimal:
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "the others are not finite"
    if max(len(digits), len(digits) + exponent, -exponent) > DIGITS_MAX:
        raise Mismatch(f"a number of more than {DIGITS_MAX} digits", path)
    return int(value) if value == value.to_integral_value() else value
