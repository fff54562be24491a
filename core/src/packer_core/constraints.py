"""Version constraints as templates write them: ``>= 1.2, < 2.0`` (HCL-005, HCL-007)."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING

from packer_sdk.records import record

if TYPE_CHECKING:
    from collections.abc import Callable

    Numbers = tuple[int, ...]

EXAMPLE = '">= 1.2.0, < 2.0.0"'

_VERSION = re.compile(r"v?(\d{1,9}(?:\.\d{1,9})*)(?P<rest>[-+].+)?", re.ASCII)
_CONSTRAINT = re.compile(r"\s*(?P<operator>~>|[!<>]?=|<|>)?\s*(?P<version>\S+)\s*")
_SEGMENTS = 8


class NoConstraint(ValueError):
    """A text is no version constraint; says why."""


@record
class Constraint:
    """One condition on a version.

    Attributes:
        operator: ``=``, ``!=``, ``>``, ``>=``, ``<``, ``<=`` or ``~>``.
        numbers: As many as were written.
    """

    operator: str
    numbers: Numbers

    def allows(self, version: Numbers) -> bool:
        """Whether a version fulfils it."""
        if self.operator == "~>":
            # Only the last number that is written may grow: any version from 1 on is "~> 1".
            fixed = len(self.numbers) - 1
            head = _padded(version)[:fixed]
            return _padded(version) >= _padded(self.numbers) and head == self.numbers[:fixed]
        return _COMPARE[self.operator](_padded(version), _padded(self.numbers))

    def __str__(self) -> str:
        return f"{self.operator} {'.'.join(map(str, self.numbers))}"


def parse_constraints(text: str) -> tuple[Constraint, ...]:
    """Read conditions that are parted by commas; a version must fulfil all of them.

    Raises:
        NoConstraint: one of them is none, or asks for a pre-release.
    """
    return tuple(_parse(part) for part in text.split(","))


def parse_version(text: str) -> Numbers:
    """The numbers of a version, without what marks a pre-release or a build.

    Raises:
        NoConstraint: it is no version.
    """
    match = _VERSION.fullmatch(text.strip())
    if match is None:
        raise NoConstraint(f"not a version: {text.strip() or 'nothing'}")
    return tuple(int(number) for number in match[1].split("."))


def allows(constraints: tuple[Constraint, ...], version: str) -> bool:
    """Whether a version fulfils all of them; a pre-release counts as its release (HCL-005).

    Raises:
        NoConstraint: it is no version.
    """
    numbers = parse_version(version)
    return all(constraint.allows(numbers) for constraint in constraints)


def _parse(text: str) -> Constraint:
    match = _CONSTRAINT.fullmatch(text)
    if match is None:
        raise NoConstraint(f"not a version constraint: {text.strip() or 'nothing'}")
    numbers = parse_version(match["version"])
    if "-" in match["version"]:
        raise NoConstraint(f"a constraint cannot ask for a pre-release: {text.strip()}")
    return Constraint(match["operator"] or "=", numbers)


def _padded(numbers: Numbers) -> Numbers:
    return numbers + (0,) * (_SEGMENTS - len(numbers))


_COMPARE: dict[str, Callable[[Numbers, Numbers], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
