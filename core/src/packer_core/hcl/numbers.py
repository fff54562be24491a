"""Numbers as cty calculates with them: binary, with 512 bits.

What is kept is the shortest decimal that stands for such a number (`packer_sdk.cty.numbers`); no
two of them share one. So a number is read back for an operation, without a loss, and its result
is written as the shortest decimal again. Integers within 512 bits need none of that.
"""

from __future__ import annotations

from decimal import Context, Decimal

from packer_sdk.cty.numbers import number_of, parse_number
from packer_sdk.cty.types import Mismatch

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    Number = int | Decimal

BITS = 512
_DIGITS = 156
"""Decimals with so many digits tell any two such numbers apart."""

_LARGEST = 1 << BITS


def read(text: str) -> Number:
    """Read a number as `packer_sdk.cty.numbers.parse_number` does, to 512 bits.

    Raises:
        Mismatch: it is none, or too long.
    """
    return rounded(parse_number(text))


def rounded(number: Number) -> Number:
    """The nearest number that can be held."""
    if isinstance(number, int):
        return number if -_LARGEST <= number <= _LARGEST else nearest(_fraction(number))
    if len(number.as_tuple().digits) < _DIGITS - 3:  # 153 digits always come back as they were
        return number_of(number)
    return nearest(_fraction(number))


def added(left: Number, right: Number) -> Number:
    """The sum."""
    return _calculated(left, right, lambda one, other: one + other)


def subtracted(left: Number, right: Number) -> Number:
    """The difference."""
    return _calculated(left, right, lambda one, other: one - other)


def multiplied(left: Number, right: Number) -> Number:
    """The product."""
    return _calculated(left, right, lambda one, other: one * other)


def divided(left: Number, right: Number) -> Number:
    """The quotient.

    Raises:
        Mismatch: of a division by zero.
    """
    if right == 0:
        raise Mismatch("division by zero")
    if isinstance(left, int) and isinstance(right, int) and left % right == 0:
        return rounded(left // right)
    return nearest(exact(left) / exact(right))


def remainder(left: Number, right: Number) -> Number:
    """What is left of a division whose result is cut off: of the sign of the first.

    Raises:
        Mismatch: of a division by zero.
    """
    if right == 0:
        raise Mismatch("division by zero: there is no remainder")
    if isinstance(left, int) and isinstance(right, int):
        return left - right * _cut(_fraction(left, right))
    quotient = exact(nearest(exact(left) / exact(right)))
    return nearest(exact(left) - exact(nearest(exact(right) * _cut(quotient))))


def negated(number: Number) -> Number:
    """The number with the other sign."""
    return number.copy_negate() if isinstance(number, Decimal) else -number


def floor(number: Number) -> int:
    """The next integer below."""
    return exact(number).__floor__()


def ceiling(number: Number) -> int:
    """The next integer above."""
    return exact(number).__ceil__()


def cut(number: Number) -> int:
    """The number without its fraction."""
    return number if isinstance(number, int) else int(number)


def exact(number: Number) -> Fraction:
    """The binary number that a decimal stands for."""
    if isinstance(number, int) and -_LARGEST <= number <= _LARGEST:
        return _fraction(number)
    return _binary(_fraction(number))


def nearest(exactly: Fraction) -> Number:
    """The shortest decimal of the nearest number that can be held.

    Raises:
        Mismatch: it is too large to be written out.
    """
    held = _binary(exactly)
    if held.denominator == 1 and abs(held.numerator) <= _LARGEST:
        return held.numerator
    return number_of(_shortest(held))


def in_digits(number: Number, digits: int) -> str:
    """Write a number with at most some digits, with an exponent where it is shorter (%g)."""
    short = Context(prec=digits).create_decimal(number)
    exponent = short.adjusted()
    if short and (exponent < -4 or exponent >= digits):
        mantissa = format(short.scaleb(-exponent).normalize(), "f")
        return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    return format(short.normalize(), "f") if short else "0"


def _calculated(
    left: Number, right: Number, operation: Callable[[Fraction, Fraction], Fraction]
) -> Number:
    if isinstance(left, int) and isinstance(right, int):
        return rounded(int(operation(left, right)))  # type: ignore[arg-type] # ints do it, too
    return nearest(operation(exact(left), exact(right)))


def _cut(fraction: Fraction) -> int:
    return int(fraction)


def _binary(exactly: Fraction) -> Fraction:
    """Round to 512 bits, halves to even."""
    top, bottom = abs(exactly.numerator), exactly.denominator
    if not top:
        return exactly
    shift = top.bit_length() - bottom.bit_length() - BITS
    held = _scaled(top, bottom, shift)
    if held.bit_length() > BITS:  # the estimate is one too small for every other number
        shift += 1
        held = _scaled(top, bottom, shift)
    sign = -1 if exactly < 0 else 1
    return _fraction(
        sign * held * (1 << shift) if shift > 0 else _fraction(sign * held, 1 << -shift)
    )


def _scaled(top: int, bottom: int, shift: int) -> int:
    """``top / bottom / 2**shift`` to an integer, halves to even."""
    if shift > 0:
        bottom <<= shift
    else:
        top <<= -shift
    whole, rest = divmod(top, bottom)
    return whole + (2 * rest > bottom or (2 * rest == bottom and whole & 1))


def _shortest(held: Fraction) -> Decimal:
    """The fewest digits that read back as the same number."""
    low, high = 1, _DIGITS
    while low < high:
        middle = (low + high) // 2
        if _reads_back(held, middle):
            high = middle
        else:
            low = middle + 1
    return _with_digits(held, low)


def _reads_back(held: Fraction, digits: int) -> bool:
    return _binary(_fraction(_with_digits(held, digits))) == held


def _with_digits(held: Fraction, digits: int) -> Decimal:
    context = Context(prec=digits, Emax=10**6, Emin=-(10**6))
    return context.divide(Decimal(held.numerator), Decimal(held.denominator))


def _fraction(number: Number | Fraction, below: int = 1) -> Fraction:
    from fractions import Fraction  # noqa: PLC0415 - most templates calculate nothing

    return Fraction(number) / below
