from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli.commands.console import COMMAND

if TYPE_CHECKING:
    from pathlib import Path

HCL = """
variable "word" { default = "hi" }
variable "token" {
  default   = "hunter2"
  sensitive = true
}
locals {
  shout = upper(var.word)
  leak  = "with ${var.token}"
}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.pkr.hcl").write_text(HCL)
    (tmp_path / "a.json").write_text(
        '{"variables": {"word": "hi"}, "builders": [{"type": "null"}]}'
    )
    return tmp_path


def console(monkeypatch: pytest.MonkeyPatch, text: str, *words: str, status: int = 0) -> str:
    """What is printed when this comes through a pipe."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    app = App({"HOME": "/nowhere", "PACKER_NO_COLOR": "1"}, stream=stream)
    assert COMMAND.start(app, words) == status
    return stream.getvalue()


@pytest.mark.parametrize(
    ("words", "text", "answer"),
    [
        (["a.pkr.hcl"], "1\n\nlocal.shout\n", "HI\n"),
        (["-var", "word=you", "a.pkr.hcl"], "local.shout", "YOU\n"),
        (["a.json"], "{{user `word`}}!", "hi!\n"),
        (["-var", "word=you", "a.json"], "{{user `word`}}!", "you!\n"),
        (["-config-type=hcl2"], '{ a = "b" }', '{\n  "a" = "b"\n}\n'),
        ([], "{{ `x` | upper }}", "X\n"),
        ([], "", ""),
        (["a.pkr.hcl"], "local.shout\nexit\n", "HI\n"),
        (["a.json"], "variables", "word: hi\n"),
        ([], "variables", "There is no template, and so there are no variables.\n"),
    ],
)
def test_last_line_is_answered(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], text: str, answer: str
) -> None:
    assert console(monkeypatch, text, *words) == answer


def test_what_is_wrong_is_told_and_is_the_exit_code(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = console(monkeypatch, "nope\n2\n", "a.pkr.hcl", status=1)
    assert 'unknown name "nope"' in printed
    assert printed.endswith("2\n")


def test_secrets_are_masked_whatever_they_are_made_into(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "hunter2" not in console(monkeypatch, 'replace(var.token, "x", "y")', "a.pkr.hcl")
    assert "hunter2" not in console(monkeypatch, "local.leak", "a.pkr.hcl")


def test_variables_and_help_are_shown(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = console(monkeypatch, "variables", "a.pkr.hcl")
    assert 'var.word: "hi"' in printed
    assert 'var.token: "<sensitive>"' in printed
    assert 'local.shout: "HI"' in printed
    assert "exit" in console(monkeypatch, "help")
