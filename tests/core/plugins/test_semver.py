from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.plugins.semver import Version

NUMBERS = st.integers(min_value=0, max_value=10**9)
WORDS = st.from_regex(r"[0-9A-Za-z-]{1,5}(\.[0-9A-Za-z-]{1,5}){0,2}", fullmatch=True)


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), st.just("") | WORDS, st.just("") | WORDS)
def test_what_is_printed_is_read_again(numbers: tuple[int, int, int], pre: str, meta: str) -> None:
    version = Version(numbers, pre, meta)
    assert Version.read(str(version)) == version
    assert Version.read(version.plain) == Version(numbers, pre)


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "01.2.3", "1.02.3", "v1.2.3", "1.2.3-", "1.2.3+", "1.2.3.4", "1.2.x"]
)
def test_other_spellings_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a version"):
        Version.read(text)


def test_versions_in_their_order() -> None:
    texts = [
        "0.9.9",
        "1.0.0-1",
        "1.0.0-2",
        "1.0.0-11",
        "1.0.0-alpha",
        "1.0.0-dev",
        "1.0.0",
        "1.0.1-dev",
        "1.0.10",
        "1.10.0",
        "10.0.0",
    ]
    ranks = [Version.read(text).rank for text in texts]
    assert all(lower < higher for lower, higher in itertools.pairwise(ranks))
    assert Version.read("1.0.0+a").rank == Version.read("1.0.0+b").rank
