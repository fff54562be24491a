"""Findings as values."""

from __future__ import annotations

import pytest

from packer_sdk.problems import Problem


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("is a folder", path="target"), "target: is a folder"),
        (Problem("is empty"), "is empty"),
        (Problem("is wrong", path="a", hint="try b"), "a: is wrong (try b)"),
    ],
)
def test_problem_as_text(problem: Problem, text: str) -> None:
    assert str(problem) == text


@pytest.mark.parametrize(
    ("path", "seen"), [("size", "disks.size"), ("[0].size", "disks[0].size"), ("", "disks")]
)
def test_problem_seen_from_further_out(path: str, seen: str) -> None:
    problem = Problem("is wrong", path=path, hint="a hint", severity="warning")
    assert problem.under("disks") == Problem("is wrong", seen, "a hint", "warning")
