from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_plugin_bundled.scripts import check_scripts, inline_script, is_settled, unix_lines

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("text", ["a.sh", "Build_scripts/a.sh", "", "a{b}.sh"])
def test_is_settled_is_true_for_plain_paths(text: str) -> None:
    assert is_settled(text)


@pytest.mark.parametrize(
    "text", ["<unknown>", "x/<unknown>.sh", "Build_ID. To set this", "{{.ID}}.sh"]
)
def test_is_settled_is_false_for_what_stands_in(text: str) -> None:
    assert not is_settled(text)


def test_check_scripts_wants_something() -> None:
    (problem,) = check_scripts({"inline": [], "script": [], "scripts": []})
    assert str(problem) == "nothing to run: set one of inline, script, scripts"


def test_check_scripts_wants_no_more_than_one(here: Path) -> None:
    (here / "a.sh").touch()
    (problem,) = check_scripts({"inline": ["true"], "script": ["a.sh"], "scripts": []})
    assert "these are set: inline, script" in problem.message


def test_check_scripts_finds_every_missing_file(here: Path) -> None:
    (here / "there.sh").touch()
    (here / "folder").mkdir()
    names = ["there.sh", "gone.sh", "folder", "<unknown>"]
    problems = list(check_scripts({"inline": [], "script": [], "scripts": names}))
    assert [str(problem) for problem in problems] == [
        f"scripts[1]: no such file: gone.sh (seen from {here})",
        f"scripts[2]: is a folder: folder (seen from {here})",
    ]


def test_check_scripts_names_the_single_script() -> None:
    (problem,) = check_scripts({"inline": [], "script": ["/no/such.sh"], "scripts": []})
    assert str(problem) == "script: no such file: /no/such.sh"


@pytest.mark.parametrize(
    ("lines", "shebang", "text"),
    [
        (["a", "b"], "", b"#!/bin/sh -e\na\nb\n"),
        (["a"], "/bin/bash", b"#!/bin/bash\na\n"),
        (["#!/usr/bin/env python3", "print()"], "", b"#!/usr/bin/env python3\nprint()\n"),
        (["#!/x", "a"], "/bin/y", b"#!/bin/y\n#!/x\na\n"),
        (["ä"], "", "#!/bin/sh -e\nä\n".encode()),
    ],
)
def test_inline_script_puts_the_right_first_line(
    lines: list[str], shebang: str, text: bytes
) -> None:
    assert inline_script(lines, shebang) == text


@given(st.lists(st.text("\r\nab", max_size=8).map(str.encode)))
def test_unix_lines_are_the_same_wherever_the_cuts_are(pieces: list[bytes]) -> None:
    assert b"".join(unix_lines(pieces)) == b"".join(pieces).replace(b"\r\n", b"\n")
