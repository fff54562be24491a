"""Every command that the documentation shows is run, page by page."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.console import Command, File, disagreements, read_page, run_page

if TYPE_CHECKING:
    from e2e.conftest import Machine

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).parents[2]
CHECKOUT = ("core", "examples", "plugins", "sdk")
"""What a reader of the pages has in the working folder, as far as they need it."""

NOT_OURS = shutil.ignore_patterns("__pycache__", ".*", "build", "dist", "*.egg-info")


def pages() -> dict[str, list[Command | File]]:
    """Every page with a command on it, by its path."""
    paths = [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *ROOT.glob("docs/**/*.md")]
    steps = {
        str(path.relative_to(ROOT)): read_page(path.read_text(encoding="utf-8"))
        for path in sorted(paths)
        if "_build" not in path.parts
    }
    return {
        path: page
        for path, page in steps.items()
        if any(isinstance(step, Command) for step in page)
    }


PAGES = pages()
NEEDS = {"docs/explanation/processes-and-threads.md": "ps"}
"""Programs that not every machine has."""


def test_there_are_pages_with_commands() -> None:
    assert {"README.md", "docs/tutorial/first-build.md", "docs/reference/templates.md"} <= {*PAGES}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder like a fresh checkout."""
    folder = tmp_path / "work"
    for name in CHECKOUT:
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_OURS)
    return folder


@pytest.fixture
def environ(machine: Machine, page: str, tmp_path: Path) -> dict[str, str]:
    """A reader with a home of their own, who has installed what the page takes for granted.

    A page that installs plugins starts without any; the others find `oci` as the first tutorial
    has left it.
    """
    store = tmp_path / "store"
    if any(re.search("packer (plugins install|init)", step.text) for step in PAGES[page]):
        store.mkdir()
    else:
        shutil.copytree(machine.store, store, symlinks=True)
    (tmp_path / "home").mkdir()
    programs = f"{machine.environment / 'bin'}:{Path(sys.executable).parent}"
    return machine.environ | {
        "HOME": str(tmp_path / "home"),
        "PACKER_DATA_DIR": str(store),
        "PATH": f"{programs}:{machine.environ['PATH']}",
    }


@pytest.mark.parametrize("page", PAGES)
def test_page_is_true(page: str, folder: Path, environ: dict[str, str]) -> None:
    if (program := NEEDS.get(page)) and shutil.which(program) is None:
        pytest.skip(f"there is no {program}")
    told = list(disagreements(run_page(PAGES[page], folder, environ)))
    assert not told, f"{page}\n" + "\n".join(told)
