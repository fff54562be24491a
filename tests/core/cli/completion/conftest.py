from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_core.cli.completion.scripts import SHELLS, script
from packer_core.cli.completion.table import nodes

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def scripts(tmp_path: Path) -> dict[str, Path]:
    """The script of every shell, as a file."""
    made = {}
    for shell in SHELLS:
        made[shell] = tmp_path / f"packer.{shell}"
        made[shell].write_text(script(shell, nodes()), encoding="utf-8")
    return made


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to complete files in, and a store with two plugins."""
    place = tmp_path / "work"
    for name in ("sub dir", "store/environments/packer-plugin-note", "store/environments/other"):
        (place / name).mkdir(parents=True)
    for name in ("web.json", "db.pkr.hcl", "notes.txt", "with space.json"):
        (place / name).touch()
    monkeypatch.setenv("PACKER_DATA_DIR", str(place / "store"))
    return place
