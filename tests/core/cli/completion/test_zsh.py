from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from helpers.shells import completed

if TYPE_CHECKING:
    from pathlib import Path

ZSH = shutil.which("zsh") or ""
pytestmark = pytest.mark.skipif(not ZSH, reason="zsh is not installed")


class Zsh:
    """Types; what would be offered can only be seen by taking it."""

    def __init__(self, script: Path, folder: Path) -> None:
        self.script = script
        self.folder = folder

    def __call__(self, line: str) -> str:
        """What packer is given when a line is typed."""
        # Elsewhere than in a real home, zsh doubts whose its own functions are.
        setup = f"autoload -Uz compinit; compinit -u; source {self.script}"
        return completed([ZSH, "-f", "-i"], setup, line, self.folder)


@pytest.fixture
def zsh(scripts: dict[str, Path], folder: Path) -> Zsh:
    return Zsh(scripts["zsh"], folder)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("packer b\t-on-\tab\tweb\t", "build|-on-error=abort|web.json|"),
        ("packer build -on-error ab\tdb\t", "build|-on-error|abort|db.pkr.hcl|"),
        ("packer plug\tinstall -edi\tsub\t", "plugins|install|-editable|sub dir|"),
        ("packer plugins rem\tpacker\t", "plugins|remove|packer-plugin-note|"),
        ("packer build -var-file=no\tweb\t", "build|-var-file=notes.txt|web.json|"),
        (
            "packer build -var a=b -var c=d -onl\tx wi\t",
            "build|-var|a=b|-var|c=d|-only=x|with space.json|",
        ),
        ("packer -mach\tvers\t", "-machine-readable|version|"),
        ("packer completion inst\tfi\t", "completion|install|fish|"),
    ],
)
def test_typing(zsh: Zsh, line: str, words: str) -> None:
    assert zsh(line) == words


def test_the_script_works_from_a_folder_of_functions_too(
    scripts: dict[str, Path], folder: Path
) -> None:
    functions = folder / "functions"
    functions.mkdir()
    shutil.copy(scripts["zsh"], functions / "_packer")
    setup = f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u"
    line = "packer b\t-forc\tweb\t"
    assert completed([ZSH, "-f", "-i"], setup, line, folder) == "build|-force|web.json|"
