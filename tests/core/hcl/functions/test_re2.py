from __future__ import annotations

import pytest

from packer_core.hcl.functions.re2 import PatternError, compiled, group_names, matches


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"a.c", "abc a\nc", ["abc"]),
        (r"(?s)a.c", "abc a\nc", ["abc", "a\nc"]),
        (r"(?i)AB(?-i)c", "abc ABC", ["abc"]),
        (r"^x$", "x\n", []),
        (r"(?m)^x$", "y\nx\nz", ["x"]),
        (r"\d+", "12 ٣٤", ["12"]),
        (r"\w+", "naïve", ["na", "ve"]),
        (r"\s", "a\vb c", [" "]),
        (r"[[:alpha:]]+", "ab1", ["ab"]),
        (r"[^[:space:]]+", "a b", ["a", "b"]),
        (r"\pL+", "naïve 1", ["naïve"]),
        (r"[\p{Lu}1]+", "aÄB1", ["ÄB1"]),
        (r"\Qa.b\E+", "a.bb", ["a.bb"]),
        (r"\x41\x{42}", "AB", ["AB"]),
        (r"a{,2}", "a{,2}", ["a{,2}"]),
        (r"(?U)a+", "aaa", ["a", "a", "a"]),
        (r"(?U)a+?", "aaa", ["aaa"]),
        (r"a*", "baac", ["", "aa", ""]),
        (r"\bfoo\b", "foo föofoo", ["foo"]),
        (r"[]a]+", "]a", ["]a"]),
        (r"[a\]b-]+", "a]-b", ["a]-b"]),
        (r"(?:^)*a", "a", ["a"]),
        (r"x|(?i)y|z", "XYZ", ["Y", "Z"]),
    ],
)
def test_patterns_mean_what_they_mean_in_re2(pattern: str, text: str, found: list[str]) -> None:
    assert [match[0] for match in matches(compiled(pattern), text)] == found


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a)\1", r"(?=a)", r"(?!a)", r"(?<=a)", r"(?<!a)", r"(?P=x)", r"(?#x)", r"(?>a)", r"a++",
        r"a**", r"*a", r"(|*)", r"(a", r"a)", r"[a", r"[z-a]", r"a{1001}", r"a{2,1}", "\\", r"\Z",
        r"\y", r"[[:nope:]]", r"\p{Greek}", r"(?P<a>x)(?P<a>y)", r"a{2}{3}", r"\x{110000}", r"(?z)",
    ],
)  # fmt: skip
def test_what_re2_refuses_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError):
        compiled(pattern)


def test_groups_have_names_in_both_spellings() -> None:
    assert group_names(compiled(r"(?P<a>x)(?<b>y)(z)")) == ["a", "b", ""]
