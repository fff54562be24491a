from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from packer_core.constraints import allows, parse_constraints
from packer_core.plugins.pep440 import specifier

NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=5).map(
    lambda numbers: ".".join(map(str, numbers))
)
CONDITIONS = st.lists(
    st.tuples(st.sampled_from(["", "=", "!=", ">", ">=", "<", "<=", "~>"]), NUMBERS).map(" ".join),
    min_size=1,
    max_size=3,
).map(", ".join)


@given(CONDITIONS, NUMBERS)
def test_pip_takes_exactly_the_releases_that_a_template_allows(text: str, version: str) -> None:
    constraints = parse_constraints(text)
    taken = SpecifierSet(specifier(constraints)).contains(version)
    assert taken == allows(constraints, version)


@given(CONDITIONS, NUMBERS, st.sampled_from(["a1", "b2", "rc3", ".dev4"]))
def test_no_condition_asks_for_a_pre_release(text: str, version: str, mark: str) -> None:
    conditions = SpecifierSet(specifier(parse_constraints(text)))
    assert not conditions.prereleases
    assert not conditions.contains(version + mark, prereleases=False)


@pytest.mark.parametrize(
    ("written", "for_pip"),
    [
        ("1.2", "==1.2"),
        (">= 1.2, < 2", ">=1.2,<2"),
        ("~> 1", ">=1"),
        ("~> 1.2", ">=1.2,==1.*"),
        ("~> 1.2.3", ">=1.2.3,==1.2.*"),
        ("!= 1.4.0", "!=1.4.0"),
    ],
)
def test_words_of_pip(written: str, for_pip: str) -> None:
    assert specifier(parse_constraints(written)) == for_pip
    assert list(SpecifierSet(for_pip))
