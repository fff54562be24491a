"""Which of several types is the most general: the order in which one is tried for all."""

from __future__ import annotations

from packer_sdk.cty.types import ListType, MapType, ObjectType, SetType, TupleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packer_sdk.cty.types import Type


def most_general_first(types: Sequence[Type]) -> list[int]:
    """Positions of types, those that others can become first; otherwise as they stand."""
    above: list[list[int]] = [[] for _ in types]
    waiting = [0] * len(types)
    for left in range(len(types)):
        for right in range(left + 1, len(types)):
            order = _compare(types[left], types[right])
            if order:
                first, second = (left, right) if order < 0 else (right, left)
                above[first].append(second)
                waiting[second] += 1
    order_found = [index for index, count in enumerate(waiting) if not count]
    for index in order_found:  # it grows on the way
        for other in above[index]:
            waiting[other] -= 1
            if not waiting[other]:
                order_found.append(other)
    return order_found


def _compare(left: Type, right: Type) -> int:  # noqa: PLR0911 - a case each
    """Below zero if the left one is more general, above if the right one is, else zero."""
    match left, right:
        case "dynamic", _:
            return 1 if right != "dynamic" else 0
        case _, "dynamic":
            return -1
        case str(), str():
            # What everything can be written as is more general than anything.
            return (left != "string") - (right != "string")
        case (
            (ListType(one), ListType(other))
            | (SetType(one), SetType(other))
            | (MapType(one), MapType(other))
        ):
            return _compare(one, other)
        case ObjectType(ones), ObjectType(others) if ones.keys() == others.keys():
            return _together(_compare(ones[name], others[name]) for name in ones)
        case TupleType(ones), TupleType(others) if len(ones) == len(others):
            return _together(_compare(*pair) for pair in zip(ones, others, strict=True))
    return (_RANKS.get((type(left), type(right)), 0)) - _RANKS.get((type(right), type(left)), 0)


_RANKS = {
    (ListType, SetType): -1,
    (TupleType, SetType): -1,
    (ListType, TupleType): -1,
    (MapType, ObjectType): -1,
}


def _together(orders: Iterable[int]) -> int:
    found = {order for order in orders if order}
    return found.pop() if len(found) == 1 else 0
