"""Pieces that the tests of the store share: distributions made by hand, and a receipt of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from packer_core.paths import Paths
from packer_core.plugins.install.inspect import InstalledComponent, InstalledDistribution
from packer_core.plugins.install.receipts import Receipt

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

MakeDistribution = Callable[..., None]
MakeReceipt = Callable[..., Receipt]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environ(
        {"HOME": str(tmp_path / "home"), "PACKER_DATA_DIR": str(tmp_path / "store")}
    )


@pytest.fixture
def make_distribution(tmp_path: Path) -> MakeDistribution:
    """Write the metadata of a distribution as pip would have left it in ``site-packages``."""

    def make(
        name: str, version: str = "0.1.0", *, entry_points: str = "", record: str = ""
    ) -> None:
        folder = tmp_path / "site-packages" / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        (folder / "entry_points.txt").write_text(entry_points)
        (folder / "RECORD").write_text(record)

    return make


@pytest.fixture
def make_receipt(paths: Paths) -> MakeReceipt:
    """A receipt of ``packer-plugin-note``, any field of it replaced."""

    def make(**fields: Any) -> Receipt:
        name = fields.get("distribution", "packer-plugin-note")
        usual: dict[str, Any] = {
            "distribution": name,
            "version": "0.2.0",
            "requirement": name,
            "origin": "index",
            "environment": str(paths.environments / name),
            "interpreter": str(paths.environments / name / "bin" / "python"),
            "interpreter_version": "3.11.7",
            "components": (InstalledComponent("builder", "note", "packer_plugin_note:Note"),),
            "shims": (str(paths.shims / "packer-builder-note"),),
            "distributions": (InstalledDistribution(name, "0.2.0", "aa"),),
            "description": {"version": "0.2.0", "builders": ["note"]},
            "fingerprint": "ff",
            "installed_at": "2026-01-02T03:04:05+00:00",
        }
        return Receipt(**{**usual, **fields})

    return make
