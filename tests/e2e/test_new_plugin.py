"""From nothing to a passing build with a plugin of one's own, with the commands of the page."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Machine

CHECKS = [["mypy", "src", "tests"], ["pytest", "-q", "-p", "no:cacheprovider"]]


def test_from_new_to_a_build_in_two_commands(machine: Machine, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    told = machine.packer("plugins", "new", "note", cwd=tmp_path).stdout
    install, build = [line.split()[1:] for line in told.splitlines()[1:]]
    machine.packer(*install, cwd=tmp_path, PACKER_DATA_DIR=store)
    built = machine.packer(*build, cwd=tmp_path, PACKER_DATA_DIR=store).stdout
    assert "note.example: PACKER" in built
    assert (tmp_path / "image").read_text() == "PACKER"
    assert (tmp_path / "files").read_text() == "image\n"


@pytest.mark.parametrize("kinds", [(), ("provisioner", "datasource")], ids=["all", "two"])
def test_what_is_written_passes_its_own_tests(
    kinds: tuple[str, ...], machine: Machine, wheelhouse: Path, tmp_path: Path
) -> None:
    flags = [word for kind in kinds for word in ("-kind", kind)]
    machine.packer("plugins", "new", *flags, "note", cwd=tmp_path)
    folder = tmp_path / "packer-plugin-note"
    python = tmp_path / "venv" / "bin" / "python"
    # pytest and mypy are those of these tests; the plugin and the SDK are of its environment.
    making = [sys.executable, "-m", "venv", "--system-site-packages", "--without-pip"]
    subprocess.run([*making, str(tmp_path / "venv")], check=True)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index"]
    links = ["--find-links", str(wheelhouse), "--ignore-installed"]
    subprocess.run([*pip, *links, "packer-sdk", "-e", str(folder)], check=True)
    environ = {**machine.environ, "PYTHONPATH": os.pathsep.join(_packages())}
    for words in CHECKS:
        done = subprocess.run(
            [str(python), "-m", *words],
            cwd=folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def _packages() -> list[str]:
    """Where the tools of these tests are."""
    return [path for path in sys.path if path.endswith("site-packages")]
