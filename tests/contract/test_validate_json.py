"""What ``packer validate -json`` prints: one document, whatever is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

NULL = 'source "null" "x" {\n  communicator = "none"\n}\nbuild {\n  sources = ["null.x"]\n}\n'


def verdict(folder: Path, name: str, text: str, *flags: str, status: int) -> dict[str, Any]:
    (folder / name).write_text(text)
    finished = subprocess.run(
        [sys.executable, "-m", "packer_core", "validate", "-json", *flags, name],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == status, finished.stdout + finished.stderr
    assert finished.stderr == ""
    told: dict[str, Any] = json.loads(finished.stdout)
    assert list(told) == [
        *("format_version", "valid", "error_count", "warning_count", "diagnostics"),
    ]
    assert told["format_version"] == "1.0"
    return told


def test_a_template_that_is_right_is_valid(tmp_path: Path) -> None:
    told = verdict(tmp_path, "x.pkr.hcl", NULL, status=0)
    assert (told["valid"], told["diagnostics"]) == (True, [])


def test_a_warning_leaves_it_valid(tmp_path: Path) -> None:
    flags = ("-syntax-only", "-var-file=v.json")
    (tmp_path / "v.json").write_text('{"nobody": "x"}')
    builder = '{"builders": [{"type": "null", "communicator": "none"}]}'
    told = verdict(tmp_path, "x.json", builder, *flags, status=0)
    assert (told["valid"], told["error_count"], told["warning_count"]) == (True, 0, 1)
    assert '"nobody"' in told["diagnostics"][0]["summary"]


@pytest.mark.parametrize(
    ("name", "text", "line", "column"),
    [
        ("x.pkr.hcl", NULL.replace('"none"', '"none" 2'), 2, 25),
        ("x.json", '{\n "builders": [1,]\n}', 2, 16),
        ("x.json", '{"builders": [\n {"type": "null", "comunicator": "none"}]}', 2, 19),
    ],
)
def test_mistakes_have_places(tmp_path: Path, name: str, text: str, line: int, column: int) -> None:
    told = verdict(tmp_path, name, text, status=1)
    (first,) = told["diagnostics"]
    assert first["severity"] == "error"
    assert first["range"]["filename"] == name
    assert first["range"]["start"] == {"line": line, "column": column}
    assert first["snippet"] == text.split("\n")[line - 1]


def test_a_file_that_is_not_there_is_a_diagnostic_without_a_place(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "packer_core", "validate", "-json", "gone.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == 1
    assert json.loads(finished.stdout)["diagnostics"][0]["range"] is None
