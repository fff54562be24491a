"""What programs read (UI-004, UI-005): ``time,target,type,data``."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path


def records(*words: str, status: int = 0) -> list[list[str]]:
    finished = subprocess.run(
        [sys.executable, "-m", "packer_core", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == status, finished.stdout + finished.stderr
    assert finished.stderr == ""
    lines = finished.stdout.split("\n")
    assert lines.pop() == ""
    assert all(re.match(r"\d+,[^,]*,[a-z-]+(,|$)", line) for line in lines), finished.stdout
    return [line.split(",")[1:] for line in lines]


@pytest.mark.parametrize("words", [["version", "-machine-readable"], ["-machine-readable", "-v"]])
def test_version(words: list[str]) -> None:
    assert records(*words) == [
        ["", "version", VERSION],
        ["", "version-prelease", ""],
        ["", "version-commit", ""],
        ["", "ui", "say", f"Packer for Python v{VERSION}"],
    ]


def test_errors_are_records() -> None:
    [record] = records("plugins", "remove", "nope", "-machine-readable", status=1)
    assert record == ["", "ui", "error", "Error: not installed: nope"]


def test_help_is_a_record() -> None:
    [record] = records("-machine-readable", "-h")
    assert record[:3] == ["", "ui", "say"]
    assert "\\n" in record[3]


def test_a_build_that_has_no_template_is_a_record() -> None:
    found = records("build", "-machine-readable", "no-such-file.json", status=1)
    assert {tuple(record[:3]) for record in found} == {("", "ui", "error")}


def test_a_build_tells_of_its_artifacts(tmp_path: Path) -> None:
    template = tmp_path / "t.json"
    target = tmp_path / "made"
    builder = {"type": "file", "name": "made", "content": "x", "target": str(target)}
    template.write_text(json.dumps({"builders": [builder]}))
    found = records("build", "-machine-readable", str(template))
    of_the_build = [record[1:] for record in found if record[0] == "file.made"]
    assert of_the_build[0] == ["artifact-count", "1"]
    assert [record[2] for record in of_the_build[1:]] == [
        "builder-id",
        "id",
        "string",
        "files-count",
        "file",
        "end",
    ]
    assert ["artifact", "0", "file", "0", str(target)] in of_the_build
    assert "\x1b" not in str(found)


def test_a_build_that_fails_counts_its_errors(tmp_path: Path) -> None:
    template = tmp_path / "t.json"
    steps = [{"type": "shell-local", "inline": ["exit 3"]}]
    template.write_text(
        json.dumps({"builders": [{"type": "null", "communicator": "none"}], "provisioners": steps})
    )
    found = records("build", "-machine-readable", str(template), status=1)
    assert ["", "error-count", "1"] in found
    assert [record[:2] for record in found if record[1] == "error"] == [["null", "error"]]
