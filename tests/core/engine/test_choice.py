from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.engine.choice import Choice, matches_glob, matching


@pytest.mark.parametrize(
    ("pattern", "name", "is_match"),
    [
        ("null.foo", "null.foo", True),
        ("null.foo", "b.null.foo", False),
        ("*.foo", "b.null.foo", True),
        ("b.*", "b.null.foo", True),
        ("*", "b.null.foo", True),
        ("null.fo?", "null.foo", True),
        ("null.fo?", "null.fo", False),
        ("null.{foo,bar}", "null.bar", True),
        ("null.{foo,b*}", "null.bat", True),
        ("null.{foo,bar}", "null.baz", False),
        ("null.[a-c]", "null.b", True),
        ("null.[!a-c]", "null.b", False),
        ("null.[!a-c]", "null.d", True),
        (r"null.\*", "null.*", True),
        (r"null.\*", "null.x", False),
        ("a.b", "axb", False),
        ("a,b", "a,b", True),
        ("{a", "{a", True),
        ("a}", "a}", True),
        ("[z-a]", "[z-a]", True),
    ],
)
def test_glob_matches(pattern: str, name: str, is_match: bool) -> None:
    assert matches_glob(pattern, name) is is_match


@given(st.text(), st.text())
def test_no_pattern_is_too_much(pattern: str, name: str) -> None:
    assert matches_glob(pattern, name) in (True, False)


@given(st.text(alphabet="abcxyz.-_0", min_size=1))
def test_name_without_special_characters_means_itself(name: str) -> None:
    assert matches_glob(name, name)
    assert matches_glob("*", name)


def test_json_names_are_exact_and_those_of_hcl_are_globs() -> None:
    choice = Choice(only=("a*",), except_=("ab",))
    assert not choice.takes("ac", matching("json"))
    assert choice.takes("ac", matching("hcl2"))
    assert not choice.takes("ab", matching("hcl2"))
    assert choice.cuts("ab", matching("json"))
