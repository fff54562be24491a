from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from packer_plugin_bundled.variables import (
    FILE_FORMAT,
    INLINE_FORMAT,
    check_variables,
    script_variables,
    written,
)

VALUES = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))


def test_script_variables_are_sorted_and_the_users_win() -> None:
    found = script_variables(
        "web",
        "null",
        {},
        ["B=1", "A=x=y", "PACKER_BUILD_NAME=mine", "C=from pairs"],
        {"C": "from env", "PACKER_BUILDER_TYPE": "other"},
    )
    assert list(found.items()) == [
        ("A", "x=y"),
        ("B", "1"),
        ("C", "from env"),
        ("PACKER_BUILDER_TYPE", "other"),
        ("PACKER_BUILD_NAME", "mine"),
    ]


def test_script_variables_name_the_http_server_a_builder_has() -> None:
    data = {"PackerHTTPAddr": "10.0.2.2:8080", "PackerHTTPIP": "10.0.2.2", "PackerHTTPPort": 8080}
    found = script_variables("n", "t", data, [], {})
    assert found["PACKER_HTTP_ADDR"] == "10.0.2.2:8080"
    assert found["PACKER_HTTP_IP"] == "10.0.2.2"
    assert found["PACKER_HTTP_PORT"] == "8080"


def test_script_variables_leave_out_the_http_server_a_builder_has_not() -> None:
    data = {"PackerHTTPAddr": "ERR_HTTP_ADDR_NOT_IMPLEMENTED_BY_BUILDER", "PackerHTTPIP": ""}
    assert list(script_variables("n", "t", data, [], {})) == [
        "PACKER_BUILDER_TYPE",
        "PACKER_BUILD_NAME",
    ]


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (INLINE_FORMAT, """A='it'"'"'s' B='2' """),
        (FILE_FORMAT, """export A='it'"'"'s'\nexport B='2'\n"""),
        ("%[2]s<-%[1]s;", """it'"'"'s<-A;2<-B;"""),
        ("%v=%v %% 100%", """A=it'"'"'s % 100%B=2 % 100%"""),
    ],
)
def test_written_fills_the_pattern(pattern: str, text: str) -> None:
    assert written({"A": "it's", "B": "2"}, pattern) == text


def test_written_of_a_value_with_a_verb_is_left_alone() -> None:
    assert written({"A": "%s %[1]s"}, INLINE_FORMAT) == "A='%s %[1]s' "


@settings(max_examples=40, deadline=None)
@given(VALUES)
@pytest.mark.parametrize("pattern", [INLINE_FORMAT, FILE_FORMAT])
def test_written_gives_a_shell_the_very_value(pattern: str, value: str) -> None:
    joint = "" if pattern == INLINE_FORMAT else "\n"
    script = f"{written({'VALUE': value}, pattern)}{joint}printenv VALUE"
    done = subprocess.run(["/bin/sh", "-c", script], capture_output=True, check=True)
    assert done.stdout == f"{value}\n".encode()


def test_check_variables_accepts_good_ones() -> None:
    assert not list(check_variables(["A=1", "_b2="], {"C": "1"}, "%s=%s;"))


def test_check_variables_shows_no_value() -> None:
    problems = [str(p) for p in check_variables(["s3cret", "1A=s3cret"], {"a-b": "s3cret"}, "")]
    assert [problem.partition(":")[0] for problem in problems] == [
        "environment_vars[0]",
        "environment_vars[1]",
        "env",
    ]
    assert "s3cret" not in "".join(problems)


@pytest.mark.parametrize("pattern", ["%s", "nothing", "%[1]s=%[1]s", "%%s=%s"])
def test_check_variables_wants_a_place_for_both(pattern: str) -> None:
    (problem,) = check_variables([], {}, pattern)
    assert problem.path == "env_var_format"
    assert pattern in problem.message
