from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from packer_core.cli.help import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

FISH = shutil.which("fish") or ""
pytestmark = pytest.mark.skipif(not FISH, reason="fish is not installed")


class Fish:
    """Asks what fish would offer for a line."""

    def __init__(self, script: Path, folder: Path) -> None:
        self.script = script
        self.folder = folder

    def __call__(self, line: str) -> list[str]:
        program = f"source {self.script}; complete -C {line!r}"
        done = subprocess.run(
            [FISH, "--no-config", "-c", program],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return [one.partition("\t")[0] for one in done.stdout.splitlines()]


@pytest.fixture
def fish(scripts: dict[str, Path], folder: Path) -> Fish:
    return Fish(scripts["fish"], folder)


def test_commands(fish: Fish) -> None:
    assert sorted(fish("packer ")) == sorted(COMMANDS)
    assert fish("packer -machine-readable val") == ["validate"]


def test_commands_of_a_group(fish: Fish) -> None:
    assert "install" in fish("packer plugins ")
    assert "validate" not in fish("packer plugins ")


def test_flags(fish: Fish) -> None:
    assert sorted(fish("packer build -on")) == ["-on-error", "-only"]
    assert fish("packer plugins install -ed") == ["-editable"]


@pytest.mark.parametrize("start", ["packer build -on-error ", "packer build -force -on-error "])
def test_values(fish: Fish, start: str) -> None:
    assert fish(f"{start}a") == ["abort", "ask"]


def test_values_behind_an_equals_sign(fish: Fish) -> None:
    assert fish("packer build -on-error=a") == ["-on-error=abort", "-on-error=ask"]


def test_what_only_the_user_knows_is_left_to_them(fish: Fish) -> None:
    assert fish("packer build -only w") == []


def test_templates_first(fish: Fish) -> None:
    assert fish("packer build w")[:2] == ["web.json", "with space.json"]
    assert "db.pkr.hcl" in fish("packer build ")


def test_files(fish: Fish) -> None:
    assert fish("packer build -var-file no") == ["notes.txt"]
    assert fish("packer plugins install no") == ["notes.txt"]


def test_installed_plugins(fish: Fish) -> None:
    assert fish("packer plugins remove ") == ["other", "packer-plugin-note"]


def test_a_template_may_be_called_like_a_command(fish: Fish) -> None:
    assert fish("packer build plugins -on-") == ["-on-error"]
