"""Outcomes for people, as a table, and for programs, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Outcome
    from .program import Program

SCHEMA = "packer-conformance/1"
"""Of the JSON. A field may be added under the same number; none changes or goes."""

_MARKS = {"holds": "holds", "fails": "FAILS", "skipped": "-"}


def heading(program: Program) -> str:
    """What is examined."""
    said = program.description
    if not said:
        return str(program.path)
    names = {"version": "", "api_version": "api ", "sdk_version": "sdk "}
    facts = [f"{before}{said.get(name, '?')}" for name, before in names.items()]
    return f"{program.path} {', '.join(facts)}"


def table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Lines, each as soon as its outcome is there."""
    target: object = None
    for outcome in outcomes:
        if outcome.target != target:
            target = outcome.target
            yield f"\n{target}"
        yield from _row(outcome)


def _row(outcome: Outcome) -> Iterator[str]:
    check = outcome.check
    mark = _MARKS[outcome.verdict]
    if outcome.verdict == "fails" and not check.required:
        mark = "lacks"
    yield f"  {mark:6} {check.id:17} {check.section:4} {check.sentence}"
    if outcome.detail:
        yield f"         {outcome.detail}"


def summary(outcomes: list[Outcome]) -> str:
    """The last line."""
    counts = _counts(outcomes)
    words = [f"{counts['holds']} hold"]
    words += [f"{counts['fails']} fail"] if counts["fails"] else []
    words += [f"{counts['lacks']} would be well to have"] if counts["lacks"] else []
    words += [f"{counts['skipped']} do not apply"] if counts["skipped"] else []
    end = "this is no plugin yet" if counts["fails"] else "this is a plugin"
    return f"\n{', '.join(words)}: {end}"


def as_json(program: Program, outcomes: list[Outcome]) -> str:
    """The whole of it."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "plugin": str(program.path),
            "describe": program.description or None,
            "conforms": not any(outcome.refuses for outcome in outcomes),
            "counts": _counts(outcomes),
            "outcomes": [_entry(outcome) for outcome in outcomes],
        },
        indent=2,
    )


def _entry(outcome: Outcome) -> dict[str, object]:
    check, target = outcome.check, outcome.target
    return {
        "check": check.id,
        "component": {"kind": target.kind, "name": target.name} if target else None,
        "verdict": outcome.verdict,
        "required": check.required,
        "section": check.section,
        "sentence": check.sentence,
        "detail": outcome.detail,
        "seconds": round(outcome.seconds, 3),
    }


def _counts(outcomes: list[Outcome]) -> dict[str, int]:
    counts = dict.fromkeys(("holds", "fails", "lacks", "skipped"), 0)
    for outcome in outcomes:
        is_lack = outcome.verdict == "fails" and not outcome.check.required
        counts["lacks" if is_lack else outcome.verdict] += 1
    return counts
