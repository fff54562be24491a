"""What runs the pages is worth a test of its own: a runner that sees nothing would please all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from helpers.console import Command, File, disagreements, read_page, run_page

if TYPE_CHECKING:
    from pathlib import Path

PAGE = """\
# A page

Put this into `folder/note.json`:

```json
{"a": 1}
```

Then:

```console
$ cat folder/note.json
{"a": 1}
$ for word in one two; do
>     echo "$word"
> done
one
two
```

This is no file:

```json
{}
```
"""


def judge(text: str, folder: Path) -> list[str]:
    return list(disagreements(run_page(read_page(text), folder, os.environ)))


def console(text: str) -> str:
    return f"```console\n{text}\n```\n"


def test_page_is_read_in_order_and_with_lines() -> None:
    assert read_page(PAGE) == [
        File(6, "folder/note.json", '{"a": 1}\n'),
        Command(12, "cat folder/note.json", '{"a": 1}'),
        Command(14, 'for word in one two; do\n    echo "$word"\ndone', "one\ntwo"),
    ]


def test_page_that_is_right_has_nothing_to_tell(tmp_path: Path) -> None:
    assert judge(PAGE, tmp_path) == []
    assert (tmp_path / "folder" / "note.json").read_text() == '{"a": 1}\n'


def test_output_that_differs_is_told_with_its_line(tmp_path: Path) -> None:
    [told] = judge(PAGE.replace("\none\n", "\neins\n"), tmp_path)
    assert told.startswith("line 14: for word in one two")
    assert "eins" in told
    assert "one\ntwo" in told


@pytest.mark.parametrize(
    ("shown", "printed", "is_right"),
    [
        ("a", "a", True),
        ("a", "a\n\n", True),
        ("a", "a ", True),
        ("a", "ab", False),
        ("a", "a\nb", False),
        ("…", "a\nb", True),
        ("a\n…", "a", True),
        ("a\n…\nd", "a\nd", True),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…\nd", "a\nb\nc", False),
        ("a…d", "abcd", True),
        ("a…d", "ab\ncd", False),
        ("a.c", "abc", False),
        ("", "whatever", True),
    ],
)
def test_output_matches(shown: str, printed: str, is_right: bool) -> None:
    assert Command(1, "x", shown).matches(printed) is is_right


def test_command_that_fails_is_told(tmp_path: Path) -> None:
    [told] = judge(console("$ echo why; false"), tmp_path)
    assert told.startswith("line 2: exit status 1: echo why; false\nwhy")


def test_command_may_fail_if_the_page_shows_its_status(tmp_path: Path) -> None:
    assert judge(console("$ (exit 3)\n$ echo $?\n3"), tmp_path) == []
    [told] = judge(console("$ (exit 3)\n$ echo $?\n4"), tmp_path)
    assert told.startswith("line 3: echo $?")


def test_commands_share_a_shell_across_blocks(tmp_path: Path) -> None:
    page = console("$ mkdir deeper && cd deeper\n$ export WORD=here") + console(
        '$ echo "$WORD $(basename "$PWD")"\nhere deeper'
    )
    assert judge(page, tmp_path) == []


def test_errors_are_output_too(tmp_path: Path) -> None:
    assert judge(console("$ echo bad >&2\nbad"), tmp_path) == []


def test_shell_that_ends_early_is_told(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="the shell ended early"):
        judge(console("$ exit 0\n$ echo never"), tmp_path)


def test_block_that_begins_with_output_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2: a console block starts with a command"):
        read_page(console("packer version"))
