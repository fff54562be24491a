"""Numbers as Go's big.Float encodes itself: binary, with a precision (protocol section 8.5)."""

from __future__ import annotations

from decimal import (
    MAX_EMAX,
    MIN_EMIN,
    ROUND_DOWN,
    ROUND_HALF_EVEN,
    ROUND_UP,
    Context,
    Decimal,
)

from packer_sdk.cty.numbers import DIGITS_MAX
from packer_sdk.errors import RemoteProtocolError

PRECISION = 512
"""Bits of a number that needs no more; what cty gives every number it parses."""

_BITS_PER_DIGIT = 3.3220  # a little more than log2(10)
_BITS_MAX = int(DIGITS_MAX * _BITS_PER_DIGIT)
_EXACT = Context(prec=8 * DIGITS_MAX, Emax=MAX_EMAX, Emin=MIN_EMIN)

_VERSION = 1
_NEGATIVE, _FINITE, _INFINITE = 1, 1, 2
_BELOW, _SAME, _ABOVE = 0, 1, 2


def encode_number(number: int | Decimal) -> bytes:
    """Write a number: an integer exactly, a decimal so that its digits can be found again."""
    top, bottom = number.as_integer_ratio()
    precision = max(PRECISION, _bits_of(number))
    head = bytes([_VERSION])
    if not top:
        return head + bytes([_SAME << 3]) + precision.to_bytes(4, "big")
    mantissa, exponent, accuracy = _rounded(abs(top), bottom, precision)
    is_negative = number < 0
    if is_negative:
        accuracy = _ABOVE - accuracy
    flags = accuracy << 3 | _FINITE << 1 | (_NEGATIVE if is_negative else 0)
    words = (mantissa << (-precision % 64)).to_bytes((precision + 63) // 64 * 8, "big")
    while words.endswith(bytes(8)):
        words = words[:-8]
    scale = precision.to_bytes(4, "big") + exponent.to_bytes(4, "big", signed=True)
    return head + bytes([flags]) + scale + words


def decode_number(data: bytes) -> int | Decimal:
    """Read a number.

    An integer is exact. A fraction is the shortest decimal that is this number in its precision,
    which is what Go prints: a tenth is not told in the 500 digits of its nearest binary number.

    Raises:
        RemoteProtocolError: it is none, is infinite, or longer than anybody means.
    """
    if len(data) < 6 or data[0] != _VERSION:
        raise RemoteProtocolError("gob of a number: not of version 1")
    form, precision = data[1] >> 1 & 3, int.from_bytes(data[2:6], "big")
    if form == 0:
        return 0
    if form == _INFINITE or len(data) < 18:
        raise RemoteProtocolError("gob of a number: infinite, or cut")
    exponent, bits = int.from_bytes(data[6:10], "big", signed=True), 8 * (len(data) - 10)
    if max(precision, abs(exponent), bits) > _BITS_MAX:
        raise RemoteProtocolError(f"gob of a number: more than {DIGITS_MAX} digits")
    mantissa = int.from_bytes(data[10:], "big")
    # Go never writes a mantissa that begins with zeros; they would make the number smaller still.
    if mantissa and abs(exponent - bits + mantissa.bit_length()) > _BITS_MAX:
        raise RemoteProtocolError(f"gob of a number: more than {DIGITS_MAX} digits")
    size = _magnitude(mantissa, exponent - bits, precision)
    return _negated(size) if data[1] & _NEGATIVE else size


def _negated(size: int | Decimal) -> int | Decimal:
    # A minus in front of a decimal would round it to the 28 digits of the context.
    return size.copy_negate() if isinstance(size, Decimal) else -size


def _bits_of(number: int | Decimal) -> int:
    if isinstance(number, int):
        return number.bit_length()
    return int(len(number.as_tuple().digits) * _BITS_PER_DIGIT) + 3


def _rounded(top: int, bottom: int, precision: int) -> tuple[int, int, int]:
    """A fraction as so many bits, an exponent, and on which side of it they are."""
    # The mantissa lies between a half and one. Lengths in bits tell the exponent, or one less.
    exponent = top.bit_length() - bottom.bit_length()
    if _scaled(top, -exponent) >= _scaled(bottom, exponent):
        exponent += 1
    shift = precision - exponent
    bottom = _scaled(bottom, -shift)
    mantissa, rest = divmod(_scaled(top, shift), bottom)
    if rest * 2 > bottom or (rest * 2 == bottom and mantissa & 1):
        mantissa += 1
        accuracy = _ABOVE
    else:
        accuracy = _BELOW if rest else _SAME
    if mantissa.bit_length() > precision:  # a hair below a power of two
        return mantissa >> 1, exponent + 1, accuracy
    return mantissa, exponent, accuracy


def _scaled(number: int, scale: int) -> int:
    """The number times a power of two, unless that would make a fraction: the other one gets it."""
    return number << max(scale, 0)


def _magnitude(mantissa: int, scale: int, precision: int) -> int | Decimal:
    """Return mantissa · 2 to the power of scale, as an integer if it is one."""
    if not mantissa:
        return 0
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa, scale = mantissa >> zeros, scale + zeros
    if scale >= 0:
        return mantissa << scale
    # As many bits as the precision has, and two more: then neighbours are 4 apart, 2 half way.
    more = max(precision - mantissa.bit_length(), 0) + 2
    below = 1 if mantissa == 1 else 2  # under a power of two, neighbours are nearer
    middle, scale = mantissa << more, scale - more
    return _shortest(*(_decimal(one, scale) for one in (middle, middle - below, middle + 2)))


def _shortest(exact: Decimal, low: Decimal, high: Decimal) -> Decimal:
    """Return the decimal with the fewest digits that lies between the other two."""
    fewest, found = 1, exact
    most = len(exact.as_tuple().digits)
    while fewest < most:
        digits = (fewest + most) // 2
        shorter = _between(exact, low, high, digits)
        if shorter is None:
            fewest = digits + 1
        else:
            most, found = digits, shorter
    return found


def _between(exact: Decimal, low: Decimal, high: Decimal, digits: int) -> Decimal | None:
    """Return the decimal of so many digits nearest to the exact one, if one lies in between."""
    for rounding in (ROUND_HALF_EVEN, ROUND_UP, ROUND_DOWN):
        rounded = Context(digits, rounding, Emin=MIN_EMIN, Emax=MAX_EMAX).plus(exact)
        if low < rounded < high:
            return rounded
    return None


def _decimal(number: int, scale: int) -> Decimal:
    """Return number · 2 to the power of scale, which is negative: all its digits."""
    return Decimal(number * 5**-scale).scaleb(scale, context=_EXACT)
