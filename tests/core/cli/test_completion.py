from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.cli.completion.scripts import SHELLS

if TYPE_CHECKING:
    from pathlib import Path


def packer(*words: str, status: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "packer_core", *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed_as_it_is(shell: str) -> None:
    text = packer("completion", shell)
    assert f"packer completion {shell}" in text
    assert text.endswith("\n")


@pytest.mark.parametrize("words", [("completion", "install"), ("-autocomplete-install",)])
def test_install_says_what_it_did(
    words: tuple[str, ...], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", "/bin/bash")
    script = home / ".local/share/packer/completion/packer.bash"
    assert packer(*words) == (
        f"{script}: written\n{home}/.bashrc: written\n"
        "Completion works in every shell that is started from now on.\n"
    )
    assert packer(*words).count("unchanged") == 2


@pytest.mark.parametrize("words", [("completion", "uninstall"), ("--autocomplete-uninstall",)])
def test_uninstall_says_what_it_did(words: tuple[str, ...], home: Path) -> None:
    packer("completion", "install", "fish")
    assert packer(*words) == f"{home}/.config/fish/completions/packer.fish: removed\n"
    assert packer(*words) == "Completion was not installed.\n"


def test_without_any_shell_one_has_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/sh")
    assert "no shell found to install completion for" in packer("completion", "install", status=1)


def test_an_unknown_shell_is_told() -> None:
    assert "'ksh' is not one of" in packer("completion", "install", "ksh", status=1)
