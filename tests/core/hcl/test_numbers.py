from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from packer_core.hcl import numbers

if TYPE_CHECKING:
    from decimal import Decimal

NUMBERS = st.integers(-(10**40), 10**40) | st.decimals(
    -1_000_000, 1_000_000, allow_nan=False, places=9
).map(numbers.rounded)


@given(st.integers(-(10**40), 10**40), st.integers(-(10**40), 10**40))
def test_what_is_exact_in_binary_stays_exact(left: int, right: int) -> None:
    half, quarter = numbers.divided(left, 2), numbers.divided(right, 4)
    assert numbers.added(numbers.subtracted(half, quarter), quarter) == half
    assert numbers.multiplied(half, 2) == left


@given(NUMBERS)
def test_a_number_is_the_shortest_that_stands_for_it(number: int | Decimal) -> None:
    assert numbers.nearest(numbers.exact(number)) == number


def test_a_third_has_as_many_digits_as_in_go() -> None:
    third = numbers.divided(1, 3)
    assert str(third) == "0." + "3" * 154 + "5"
    assert numbers.multiplied(third, 3) == 1


def test_integers_above_512_bits_are_rounded() -> None:
    assert numbers.exact(numbers.rounded(2**600 + 1)) == 2**600
    assert numbers.rounded(10**400) == 10**400


def test_the_remainder_has_the_sign_of_the_first() -> None:
    assert [numbers.remainder(left, right) for left, right in ((7, 3), (-7, 3), (7, -3))] == [
        1,
        -1,
        1,
    ]
