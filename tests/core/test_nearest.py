from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.nearest import did_you_mean, join, nearest

WORDS = st.text("abcABC", max_size=8)


def edits(left: str, right: str) -> int:
    """The definition, slow and plain."""
    if not left or not right:
        return len(left) + len(right)
    return min(
        edits(left[1:], right) + 1,
        edits(left, right[1:]) + 1,
        edits(left[1:], right[1:]) + (left[0] != right[0]),
    )


@given(st.text("ab", max_size=5), st.text("ab", max_size=5))
def test_near_is_within_two_edits_by_definition(left: str, right: str) -> None:
    most = min(2, len(left) // 2)
    assert bool(nearest(left, [right])) == (edits(left, right) <= most)


@given(WORDS, st.lists(WORDS))
def test_result_is_a_selection_in_order(name: str, candidates: list[str]) -> None:
    found = nearest(name, candidates)
    assert len(found) <= 3
    assert len(set(found)) == len(found)
    distances = [edits(name.lower(), candidate.lower()) for candidate in found]
    assert distances == sorted(distances)
    assert set(found) <= set(candidates)


@pytest.mark.parametrize("name", ["biulders", "Builders", "BUILDERS", "builder", "buildes"])
def test_mistyped_name_is_recognised(name: str) -> None:
    assert did_you_mean(name, ["variables", "builders"]) == 'did you mean "builders"?'


def test_several_candidates_are_all_named() -> None:
    assert did_you_mean("host", ["hose", "most", "x"]) == 'did you mean "hose" or "most"?'


def test_nothing_near_is_none() -> None:
    assert did_you_mean("qemu", ["docker", "null"]) is None


def test_very_long_names_are_not_compared() -> None:
    assert nearest("x" * 1_000_000, ["x" * 1_000_000]) == ()


@pytest.mark.parametrize(
    ("words", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_join_reads_as_a_sentence(words: list[str], text: str) -> None:
    assert join(words) == text
