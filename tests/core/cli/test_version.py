from __future__ import annotations

import io

from packer_core.app import App
from packer_core.cli.commands.version import COMMAND, run
from packer_core.version import VERSION


def test_people_read_one_line() -> None:
    stream = io.StringIO()
    assert run(App({}, stream=stream), None) == 0
    assert stream.getvalue() == f"Packer for Python v{VERSION}\n"


def test_programs_read_three_records() -> None:
    stream = io.StringIO()
    assert run(App({}, stream=stream, machine_readable=True), None) == 0
    records = [line.split(",", 2)[2] for line in stream.getvalue().splitlines()]
    assert records == [
        f"version,{VERSION}",
        "version-prelease,",
        "version-commit,",
        f"ui,say,Packer for Python v{VERSION}",
    ]


def test_it_takes_no_arguments() -> None:
    assert COMMAND.parse([]) == {}
