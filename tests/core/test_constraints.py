from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.constraints import NoConstraint, allows, parse_constraints, parse_version

VERSIONS = st.tuples(*[st.integers(0, 20)] * 3)


@pytest.mark.parametrize(
    ("constraint", "yes", "no"),
    [
        ("1.2.3", ["1.2.3", "v1.2.3", "1.2.3-dev", "1.2.3+x"], ["1.2.4", "1.2"]),
        ("= 1.2", ["1.2.0", "1.2"], ["1.2.1"]),
        ("!= 1.2", ["1.2.1"], ["1.2.0"]),
        ("> 1.2", ["1.2.1"], ["1.2.0", "1.1.9"]),
        (">=1.2", ["1.2.0", "2"], ["1.1.9"]),
        ("< 1.2", ["1.1.9"], ["1.2.0"]),
        ("<= 1.2", ["1.2.0"], ["1.2.1"]),
        ("~> 1.2", ["1.2.0", "1.9.9"], ["2.0.0", "1.1.9"]),
        ("~> 1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
        ("~> 1", ["1.0.0", "2.0.0"], ["0.9.9"]),
        (">= 1.2, < 2.0, != 1.5.0", ["1.2", "1.5.1"], ["1.5.0", "2.0.0"]),
    ],
)
def test_constraint_allows(constraint: str, yes: list[str], no: list[str]) -> None:
    parsed = parse_constraints(constraint)
    assert all(allows(parsed, version) for version in yes)
    assert not any(allows(parsed, version) for version in no)


@pytest.mark.parametrize("text", ["", " ", "x", ">=", "=> 1", ">= 1.2,", "1..2", "~>", "> 1 2"])
def test_what_is_no_constraint_is_refused(text: str) -> None:
    with pytest.raises(NoConstraint):
        parse_constraints(text)


def test_pre_releases_cannot_be_asked_for() -> None:
    with pytest.raises(NoConstraint, match="pre-release"):
        parse_constraints(">= 1.2.0-rc1")


@given(VERSIONS, VERSIONS)
def test_comparisons_agree_with_those_of_numbers(
    wanted: tuple[int, ...], given_: tuple[int, ...]
) -> None:
    text, version = (".".join(map(str, one)) for one in (wanted, given_))
    assert allows(parse_constraints(f">= {text}"), version) == (given_ >= wanted)
    assert allows(parse_constraints(f"< {text}"), version) == (given_ < wanted)
    assert allows(parse_constraints(f"~> {text}"), version) == (
        given_ >= wanted and given_[:2] == wanted[:2]
    )
    assert parse_version(text) == wanted


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(NoConstraint):
        assert parse_constraints(text)
