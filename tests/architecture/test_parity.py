"""`docs/reference/parity.md`: every row is decided, and every test it names is there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reference" / "parity.md"
GROUPS = {
    "CLI": 14, "ENV": 24, "UI": 11, "BLD": 18, "VAL": 4, "INS": 1, "FMT": 2, "PRV": 9, "PP": 2,
    "INI": 2, "JSN": 13, "PLC": 5, "PLG": 12,
    "ENG": 17, "BUI": 2, "PVS": 11, "PPM": 6, "STP": 2, "HCL": 10, "VAR": 10, "LOC": 2, "DAT": 2,
    "SRC": 3, "BLK": 2, "HCP": 1, "CTX": 7, "CON": 1, "FIX": 1, "H2U": 1,
}  # fmt: skip
"""Rows of each group of the feature map that the page decides."""


def rows() -> list[list[str]]:
    lines = PAGE.read_text("utf-8").split("\n## Seen side by side")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return [row for row in cells if row[0] not in ("row", "---")]


def test_every_row_is_there_once() -> None:
    wanted = [f"{group}-{n:03}" for group, most in GROUPS.items() for n in range(1, most + 1)]
    assert sorted(row[0] for row in rows()) == sorted(wanted)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row_is_decided_and_its_test_exists(row: list[str]) -> None:
    name, _, verdict, how, test = row
    assert verdict in ("same", "better", "not yet"), name
    assert how or verdict != "better", "say what is better"
    assert test or verdict == "not yet" or how.startswith(("there are none", "nothing is ever")), (
        name
    )
    if not test:
        return
    path, _, function = test.strip("`").partition("::")
    tree = ast.parse((TESTS / path).read_text("utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert not function or function in defined
