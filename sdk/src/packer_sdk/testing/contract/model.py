"""What a check is, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from .bench import Bench

Verdict = Literal["holds", "fails", "skipped"]


class Target(NamedTuple):
    """One component of a plugin, under the name it is started by."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Failed(AssertionError):  # what a pytest shows as a failed test, not as a broken one
    """It does not hold; the text says what was there instead."""


class Skipped(Exception):
    """It cannot be tried with this plugin; the text says why."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is to hold.

    Attributes:
        id: How it is called, in tables and on the command line.
        sentence: What holds if it holds; its subject is the plugin.
        section: Where the protocol says so, as numbered in docs/reference/wire.md.
        run: Tries it. Returns a remark, or nothing; raises `Failed` or `Skipped`.
        of_component: Whether it is tried with every component, or once for the plugin.
        required: Whether a plugin without it is refused. Some things are done better than the
            SDK for Go does them, and a plugin written with that must pass.
        slow: Whether it takes more than a minute, and is tried on demand.
        kind: Of the components that it is for; every kind without.
    """

    id: str
    sentence: str
    section: str
    run: Callable[[Bench], str | None]
    of_component: bool = True
    required: bool = True
    slow: bool = False
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one check.

    Attributes:
        target: The component it was tried with; None for one of the whole plugin.
        detail: What was there instead, why it was skipped, or a remark.
        seconds: How long it took.
    """

    check: Check
    target: Target | None
    verdict: Verdict
    detail: str
    seconds: float

    @property
    def refuses(self) -> bool:
        """Whether the plugin is none because of it."""
        return self.verdict == "fails" and self.check.required
