"""The page docs/reference/seed.md, made from the tests that prove its rows.

    python tests/seed/table.py

writes it; a test compares. A test carries the rows it proves in its name, ``test_C8_H3_…``. Its
docstring says what is promised, for the first of its rows or, after ``H:``, for the conflict; a
paragraph may name its row, ``F5 MUST: …``. A paragraph ``Decision: …`` tells what was decided
where the page leaves room. Every row is told by exactly one test.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "reference" / "seed.md"
FILES = (*sorted(FOLDER.glob("test_*.py")), FOLDER.parent / "e2e" / "test_seed.py")

SECTIONS = {
    "A": ("What plugins are", 14),
    "B": ("Names and types", 11),
    "C": ("Discovery and precedence", 15),
    "D": ("The config file", 9),
    "E": ("Writing and serving", 10),
    "F": ("Logs", 16),
    "G": ("Distribution", 2),
    "H": ("Where the page and today's Packer differ", 10),
}
"""Title of each section, and how many rows it has."""

_HEAD = """\
# The plugin page, promise by promise

<!-- Made by `python tests/seed/table.py` from the tests: change their docstrings instead. -->

Packer's plugin system began with one page of documentation, that of 2013. This project keeps what
that page promises. Here is every promise in a few words, with the tests that fail when it is
broken; they are in `tests/seed`, those marked *e2e* in `tests/e2e/test_seed.py`.

MUST
: The page says so.

CODE
: The page is silent, and the Packer of its time decided.

DOC
: A promise about documentation.

OWN
: Ours, where the page cannot apply."""

_ROWS = re.compile(r"test_((?:[A-H]\d+_)+)")
_PARAGRAPH = re.compile(
    r"(?:(?P<row>[A-H]\d+) )?(?P<word>MUST|CODE|DOC|OWN|H|Decision): (?P<text>.+)"
)


@dataclass
class Row:
    """One promise.

    Attributes:
        levels: One of MUST, CODE, DOC, OWN or H; more than one is a mistake.
        statement: What is promised.
        decision: What was decided about it.
        tests: Names of those that prove it.
    """

    levels: list[str] = field(default_factory=list)
    statement: str = ""
    decision: str = ""
    tests: list[str] = field(default_factory=list)


def expected() -> list[str]:
    """Every row there is, in order."""
    return [
        f"{letter}{number}"
        for letter, (_, count) in SECTIONS.items()
        for number in range(1, count + 1)
    ]


def rows() -> dict[str, Row]:
    """What the tests tell of each row."""
    found: dict[str, Row] = defaultdict(Row)
    for path in FILES:
        mark = " (e2e)" if path.parent.name == "e2e" else ""
        for function, names in _tests(path):
            for name in names:
                found[name].tests.append(f"`{function.name}`{mark}")
            _tell(found, names, ast.get_docstring(function) or "")
    return found


def _tests(path: Path) -> Iterator[tuple[ast.FunctionDef, list[str]]]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and (match := _ROWS.match(node.name)):
            yield node, match[1].strip("_").split("_")


def _tell(found: dict[str, Row], names: list[str], docstring: str) -> None:
    told = names[0]
    for paragraph in docstring.split("\n\n"):
        match = _PARAGRAPH.fullmatch(" ".join(paragraph.split()))
        if match is None:
            continue
        if match["word"] == "Decision":
            found[told].decision = match["text"]
            continue
        conflict = [name for name in names if name.startswith("H")]
        told = match["row"] or (conflict[0] if match["word"] == "H" else names[0])
        found[told].levels.append(match["word"])
        found[told].statement = match["text"]


def page() -> str:
    """The text of the page."""
    found = rows()
    return "\n\n".join([_HEAD, *(_section(letter, found) for letter in SECTIONS)]) + "\n"


def _section(letter: str, found: dict[str, Row]) -> str:
    title, count = SECTIONS[letter]
    lines = [f"## {letter}. {title}", "", *_header(letter)]
    for number in range(1, count + 1):
        name = f"{letter}{number}"
        row = found[name]
        level = [] if letter == "H" else [", ".join(row.levels)]
        cells = [name, *level, row.statement, row.decision, "<br>".join(row.tests)]
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _header(letter: str) -> list[str]:
    names = ["row", "level", "promise", "decision", "tests"]
    if letter == "H":
        names[1:3] = ["the page, and today's Packer"]
    return [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
