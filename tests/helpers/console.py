"""Console sessions in Markdown: commands, and what they are said to print.

A fenced block that starts with ```` ```console ```` holds commands behind ``$ `` and, below each,
its output. In the output ``…`` stands for anything, also for whole lines. Output that is not shown
at all is not looked at. A block whose first line is ``# exit N`` holds one command that ends like
that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FENCE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXIT = re.compile(r"# exit (\d+)")


@dataclass(frozen=True)
class Step:
    """A command of a page."""

    page: str
    line: int
    command: str
    output: str
    status: int

    def matches(self, printed: str) -> bool:
        """Whether what was printed is what the page shows."""
        if not self.output:
            return True
        pattern = ".*?".join(re.escape(part) for part in self.output.split("…"))
        return re.fullmatch(pattern, _bare(printed), re.DOTALL) is not None


def steps(page: Path) -> Iterator[Step]:
    """Every command of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.finditer(text):
        line = text.count("\n", 0, block.start()) + 2
        status, command, at = 0, "", line
        output: list[str] = []
        for offset, row in enumerate(block[1].splitlines()):
            if found := EXIT.fullmatch(row):
                status = int(found[1])
            elif row.startswith("$ "):
                if command:
                    yield Step(page.name, at, command, _bare("\n".join(output)), status)
                command, output, at = row[2:], [], line + offset
            elif command.endswith("\\"):
                command = f"{command}\n{row.removeprefix('> ')}"
            else:
                output.append(row)
        if command:
            yield Step(page.name, at, command, _bare("\n".join(output)), status)


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
