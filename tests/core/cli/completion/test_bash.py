from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from helpers.shells import completed
from packer_core.cli.help import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

BASH = shutil.which("bash") or ""
pytestmark = pytest.mark.skipif(not BASH, reason="bash is not installed")

CALL = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_packer
for reply in "${COMPREPLY[@]}"; do printf '%s\\n' "$reply"; done
"""


class Bash:
    """Calls the function as readline does, with the words that it makes."""

    def __init__(self, script: Path, folder: Path) -> None:
        self.script = script
        self.folder = folder

    def __call__(self, *words: str) -> list[str]:
        shell = [BASH, "--norc", "--noprofile", "-c", CALL, "bash"]
        done = subprocess.run(
            [*shell, str(self.script), "packer", *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.splitlines()

    def typed(self, line: str) -> str:
        """What packer is given when a line is typed."""
        shell = [BASH, "--norc", "--noprofile", "-i"]
        return completed(shell, f"source {self.script}", line, self.folder)


@pytest.fixture
def bash(scripts: dict[str, Path], folder: Path) -> Bash:
    return Bash(scripts["bash"], folder)


def test_commands(bash: Bash) -> None:
    assert bash("") == list(COMMANDS)
    assert bash("val") == ["validate"]


def test_commands_behind_a_flag(bash: Bash) -> None:
    assert bash("-machine-readable", "val") == ["validate"]
    assert bash("-m") == ["-machine-readable"]


def test_commands_of_a_group(bash: Bash) -> None:
    assert bash("plugins", "in") == ["install", "installed"]


def test_flags(bash: Bash) -> None:
    assert bash("build", "-on") == ["-on-error", "-only"]
    assert bash("build", "-force", "-on-") == ["-on-error"]
    assert bash("build", "--on") == ["--on-error", "--only"]


@pytest.mark.parametrize(
    "words", [("-on-error", "a"), ("--on-error", "a"), ("-on-error", "=", "a")]
)
def test_values(bash: Bash, words: tuple[str, ...]) -> None:
    assert bash("build", *words) == ["abort", "ask"]


def test_values_behind_an_equals_sign_alone(bash: Bash) -> None:
    assert len(bash("build", "-on-error", "=")) == 4


def test_values_where_the_equals_sign_parts_no_words(bash: Bash) -> None:
    assert bash("build", "-on-error=a") == ["-on-error=abort", "-on-error=ask"]


def test_what_only_the_user_knows_is_left_to_them(bash: Bash) -> None:
    assert bash("build", "-var", "") == []
    assert bash("build", "-only", "w") == []


def test_templates_and_folders(bash: Bash) -> None:
    found = bash("build", "-force", "")
    assert sorted(found) == ["db.pkr.hcl", "store", "sub dir", "web.json", "with space.json"]


def test_files(bash: Bash) -> None:
    assert bash("build", "-var-file", "no") == ["notes.txt"]
    assert bash("plugins", "install", "no") == ["notes.txt"]


def test_installed_plugins(bash: Bash) -> None:
    assert bash("plugins", "remove", "") == ["other", "packer-plugin-note"]


def test_installed_plugins_where_there_are_none(
    bash: Bash, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACKER_DATA_DIR", "/nowhere")
    assert bash("plugins", "remove", "") == []


def test_a_template_may_be_called_like_a_command(bash: Bash) -> None:
    assert bash("build", "plugins", "-on-") == ["-on-error"]


def test_typing(bash: Bash) -> None:
    assert bash.typed("packer b\t-on-\tab\tweb\t") == "build|-on-error|abort|web.json|"


def test_typing_names_with_spaces_and_equals_signs(bash: Bash) -> None:
    typed = bash.typed("packer b\t-on-error=cl\twith\t")
    assert typed == "build|-on-error=cleanup|with space.json|"
