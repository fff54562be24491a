"""A plugin that cannot be loaded is reported when a template needs it, and never before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

BROKEN = {
    "import": (f"#!{sys.executable}\nimport no_such_module\n", "No module named 'no_such_module'"),
    "interpreter": ("#!/nowhere/python\n", "the interpreter in its first line is gone"),
    "nothing": ("", "no program this system can run"),
    "silent": ("#!/bin/sh\nexit 3\n", "ended with exit status 3 before it said where it listens"),
    "chatty": ("#!/bin/sh\necho hello\n", "hello"),
    "crashing": ("#!/bin/sh\nkill -SEGV $$\n", "was killed by SIGSEGV before"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, (text, _) in BROKEN.items():
        path = tmp_path / f"packer-builder-{name}"
        path.write_text(text)
        path.chmod(0o755)
    (tmp_path / "packer-builder-dangling").symlink_to("nowhere")
    receipts = tmp_path / "data" / "receipts"
    receipts.mkdir(parents=True)
    (receipts / "packer-plugin-torn.json").write_text('{"format": 1, ')
    return tmp_path


def packer(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "packer_core", *words],
        cwd=folder,
        env={**os.environ, "PACKER_DATA_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def build(folder: Path, *types: str) -> subprocess.CompletedProcess[str]:
    builders = [{"type": one, "name": f"b-{one}"} for one in types]
    (folder / "t.json").write_text(json.dumps({"builders": builders}))
    return packer(folder, "build", "t.json")


@pytest.mark.parametrize(
    "words", [["-h"], ["build", "-h"], ["version"], ["plugins", "list"], ["gc"], ["-v"]]
)
def test_broken_plugins_break_no_other_command(folder: Path, words: list[str]) -> None:
    done = packer(folder, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Traceback" not in done.stdout


def test_broken_plugins_break_no_build_that_does_not_need_them(folder: Path) -> None:
    (folder / "t.json").write_text('{"builders": [{"type": "null", "communicator": "none"}]}')
    done = packer(folder, "build", "t.json")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_is_reported_when_it_is_needed(folder: Path, name: str) -> None:
    done = build(folder, name)
    assert done.returncode == 1
    assert BROKEN[name][1] in done.stdout
    assert f"packer-builder-{name}" in done.stdout


def test_the_traceback_of_an_import_is_shown_once(folder: Path) -> None:
    said = build(folder, "import").stdout
    assert said.count("Traceback (most recent call last):") == 1
    assert said.count("ModuleNotFoundError: No module named 'no_such_module'") == 1
