"""Pages that run: commands and files in Markdown, and what the commands are said to print.

A fenced block that starts with ```` ```console ```` holds commands behind ``$ `` (continued behind
``> ``) and, below each, its output. In the output a line that is only ``…`` stands for any number
of lines, and ``…`` within a line for anything in that line. A command without output below it may
print what it likes. A command must succeed, unless the next one is ``echo $?`` and shows otherwise.

A block of any other language is a file if the line in front of it ends with its name and a colon,
like this: "Put this into `note.json`:". The file is written when the page gets there.

All commands of a page run in one shell, so ``cd``, ``export`` and ``$?`` work as they read.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

SHOW_STATUS = "echo $?"

_FENCE = re.compile(
    r"(?:`(?P<name>[^`\s]+)`:\n\n?)?^```(?P<language>[\w-]+)[^\n]*\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_TIMEOUT_S = 300


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a page.

    Attributes:
        line: Where it stands, from 1.
        text: What is typed, maybe several lines.
        output: What is shown below it; empty if nothing is.
    """

    line: int
    text: str
    output: str = ""

    def matches(self, printed: str) -> bool:
        """Whether what was printed is what the page shows."""
        if not self.output:
            return True
        pattern = "".join(map(_pattern_of, self.output.splitlines()))
        return re.fullmatch(pattern, f"{_bare(printed)}\n") is not None


@dataclass(frozen=True, slots=True)
class File:
    """A file that a page tells its reader to write."""

    line: int
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a command."""

    command: Command
    printed: str
    status: int


def read_page(text: str) -> list[Command | File]:
    """Every command and file of a page, in order."""
    found: list[Command | File] = []
    for block in _FENCE.finditer(text):
        line = text.count("\n", 0, block.start("body")) + 1
        if block["language"] == "console":
            found += _commands(block["body"].splitlines(), line)
        elif block["name"]:
            found.append(File(line, block["name"], block["body"]))
    return found


def run_page(
    steps: Sequence[Command | File], folder: Path, environ: Mapping[str, str]
) -> list[Ran]:
    """Run the commands in one shell, and write the files on the way.

    Raises:
        subprocess.TimeoutExpired: it took more than five minutes.
    """
    mark = f"--{os.urandom(8).hex()}--"
    script = "".join(_script(step, mark) for step in steps)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=_TIMEOUT_S,
        check=False,
    )
    commands = [step for step in steps if isinstance(step, Command)]
    results = re.findall(rf"(.*?){mark}(\d+)\n", done.stdout, re.DOTALL)
    assert len(results) == len(commands), f"the shell ended early: {done.stdout[-2000:]}"
    return [
        Ran(command, printed, int(status))
        for command, (printed, status) in zip(commands, results, strict=True)
    ]


def disagreements(runs: Sequence[Ran]) -> Iterator[str]:
    """What a page says that is not so, each with the line it stands in."""
    shows_status = [run.command.text == SHOW_STATUS for run in runs]
    for run, is_judged in zip(runs, [*shows_status[1:], False], strict=True):
        command = run.command
        if run.status and not is_judged:
            yield (f"line {command.line}: exit status {run.status}: {command.text}\n{run.printed}")
        elif not command.matches(run.printed):
            yield (
                f"line {command.line}: {command.text}\n"
                f"--- the page shows\n{command.output}\n--- it printed\n{_bare(run.printed)}\n"
            )


def _commands(rows: Iterable[str], line: int) -> Iterator[Command]:
    command: list[str] = []
    output: list[str] = []
    start = line
    for number, row in enumerate(rows, start=line):
        if row.startswith("$ "):
            if command:
                yield Command(start, "\n".join(command), _bare("\n".join(output)))
            command, output, start = [row[2:]], [], number
        elif row.startswith("> ") and command and not output:
            command.append(row[2:])
        elif command:
            output.append(row)
        else:
            raise ValueError(f"line {number}: a console block starts with a command: {row}")
    if command:
        yield Command(start, "\n".join(command), _bare("\n".join(output)))


def _script(step: Command | File, mark: str) -> str:
    if isinstance(step, File):
        name = shlex.quote(step.name)
        text = shlex.quote(step.text)
        return f'mkdir -p "$(dirname {name})" && printf %s {text} > {name}; (exit 0)\n'
    # The status of a command is what the next one finds in $?.
    return f"{step.text}\n__status=$?; echo {mark}$__status; (exit $__status)\n"


def _pattern_of(line: str) -> str:
    if line.strip() == "…":
        return r"(?:[^\n]*\n)*?"
    return "[^\n]*?".join(map(re.escape, line.split("…"))) + "\n"


def _bare(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())
