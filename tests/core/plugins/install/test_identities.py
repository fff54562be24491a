"""An installed plugin is what its receipt says it is (`packer_core.plugins.identity`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.plugins.catalog import Component
from packer_core.plugins.identity import identity_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.paths import Paths
    from packer_core.plugins.install.receipts import Receipt


@pytest.fixture
def note(paths: Paths) -> Component:
    path = paths.shims / "packer-builder-note"
    return Component(
        kind="builder", name="note", argv=(str(path),), source="installed", path=Path(path)
    )


def written(paths: Paths, receipt: Receipt) -> None:
    paths.receipts.mkdir(parents=True, exist_ok=True)
    (paths.receipts / "packer-plugin-note.json").write_text(receipt.to_json())


def test_another_receipt_is_another_plugin(
    paths: Paths, make_receipt: Callable[..., Receipt], note: Component
) -> None:
    assert identity_of(note, paths) is None
    seen = []
    for version in ("0.2.0", "0.3.0", "0.2.0"):
        written(paths, make_receipt(version=version))
        seen.append(identity_of(note, paths))
    assert seen[0] == seen[2] != seen[1]
    assert None not in seen


def test_sources_that_are_edited_in_place_count_as_well(
    paths: Paths, make_receipt: Callable[..., Receipt], note: Component, tmp_path: Path
) -> None:
    source = tmp_path / "note" / "builder.py"
    source.parent.mkdir()
    source.write_text("a = 1")
    written(paths, make_receipt(origin="editable", requirement=str(source.parent)))
    before = identity_of(note, paths)
    assert identity_of(note, paths) == before
    source.write_text("a = 12")
    assert identity_of(note, paths) not in {before, None}
