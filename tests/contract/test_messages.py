"""The whole text of a message for every mistake (style: what, where, what to do next).

The mistakes are in `helpers.mistakes`, the texts in ``tests/data/messages.txt``.
"""

from __future__ import annotations

import fcntl
import pickle
import re
from typing import TYPE_CHECKING

import pytest

from helpers.mistakes import MISTAKES, Made, make, read_expected

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def made(
    name: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> Made:
    """What came of a mistake; whichever worker needs it first makes it, for all tests of it."""
    base = tmp_path_factory.getbasetemp()
    kept = (base if worker_id == "master" else base.parent) / f"mistake{[*MISTAKES].index(name)}"
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make(MISTAKES[name], tmp_path)))
    result: Made = pickle.loads(kept.read_bytes())
    return result


@pytest.mark.parametrize("name", MISTAKES)
def test_message(name: str, made: Made) -> None:
    assert made.printed == read_expected()[name]


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_ends_with_its_exit_code_and_leaves_nothing_half_made(
    name: str, made: Made
) -> None:
    mistake, result = MISTAKES[name], made
    assert result.status == mistake.status, result.printed
    assert result.new_files == mistake.makes
    assert result.complaints == ""
    assert "Traceback" not in result.printed


@pytest.mark.parametrize("name", MISTAKES)
def test_a_message_has_one_form(name: str, made: Made) -> None:
    printed = made.printed
    assert not re.search(r"==> [^:]+: (Error|hint):", printed)
    assert "bug in Packer" not in printed
    for line in printed.splitlines():
        if line.startswith("Error: "):
            assert not line.endswith("."), line


def test_every_text_belongs_to_a_mistake() -> None:
    of_root = {"a plugin of another user"}
    assert set(read_expected()) | of_root == set(MISTAKES) | of_root
