"""The whole text of a message for every mistake (style: what, where, what to do next).

The mistakes are in `helpers.mistakes`, the texts in ``tests/data/messages.txt``.
"""

from __future__ import annotations

import re

import pytest

from helpers.mistakes import MISTAKES, Made, make_all, read_expected

# Every mistake is made once, in one worker.
pytestmark = pytest.mark.xdist_group("mistakes")


@pytest.fixture(scope="session")
def made() -> dict[str, Made]:
    return make_all()


@pytest.mark.parametrize("name", MISTAKES)
def test_message(name: str, made: dict[str, Made]) -> None:
    assert made[name].printed == read_expected()[name]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_ends_with_its_exit_code_and_leaves_nothing_half_made(
    name: str, made: dict[str, Made]
) -> None:
    mistake, result = MISTAKES[name], made[name]
    assert result.status == mistake.status, result.printed
    assert result.new_files == mistake.makes
    assert result.complaints == ""
    assert "Traceback" not in result.printed


@pytest.mark.parametrize("name", MISTAKES)
def test_a_message_has_one_form(name: str, made: dict[str, Made]) -> None:
    printed = made[name].printed
    assert not re.search(r"==> [^:]+: (Error|hint):", printed)
    assert "bug in Packer" not in printed
    for line in printed.splitlines():
        if line.startswith("Error: "):
            assert not line.endswith("."), line


def test_every_text_belongs_to_a_mistake() -> None:
    of_root = {"a plugin of another user"}
    assert set(read_expected()) | of_root == set(MISTAKES) | of_root
