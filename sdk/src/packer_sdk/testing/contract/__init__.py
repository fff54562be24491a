"""The contract of a plugin process, for a plugin in whatever language (``conformance``).

`checks_of` says what is to hold, `Bench` is where it is tried, `judge` tries one; `examine` does
all of it. `python -m packer_sdk conformance PLUGIN` prints what comes of it.
"""

from __future__ import annotations

from .bench import Bench
from .checks import CHECKS, checks_of
from .examine import examine, judge
from .model import Check, Failed, Outcome, Skipped, Target
from .program import Program

__all__ = [
    "CHECKS",
    "Bench",
    "Check",
    "Failed",
    "Outcome",
    "Program",
    "Skipped",
    "Target",
    "checks_of",
    "examine",
    "judge",
]
