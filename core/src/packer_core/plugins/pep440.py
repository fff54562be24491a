"""What a template demands of a version, in the words of pip (HCL-007, PEP 440).

Both compare release numbers, padded with zeros. ``~> 1.2`` is ``>=1.2,==1.*``; it is not written
as ``~=1.2``, since ``~> 1``, any version from 1 on, has no such form. Pre-releases meet a
constraint as their release does, which pip has no words for: nobody gets one unasked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packer_core.constraints import Constraint

_OPERATORS = {"=": "==", "!=": "!=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}


def specifier(constraints: Iterable[Constraint]) -> str:
    """The same conditions as pip takes them, ``>=1.2,<2.0``; empty if there are none."""
    return ",".join(_one(constraint) for constraint in constraints)


def _one(constraint: Constraint) -> str:
    version = ".".join(map(str, constraint.numbers))
    if constraint.operator != "~>":
        return f"{_OPERATORS[constraint.operator]}{version}"
    fixed = ".".join(map(str, constraint.numbers[:-1]))
    return f">={version},=={fixed}.*" if fixed else f">={version}"
