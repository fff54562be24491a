from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from helpers.stores import NAME, put_plugin
from packer_core.errors import PluginStartError
from packer_core.paths import Paths
from packer_core.plugins.catalog import Component
from packer_core.plugins.install import in_use
from packer_core.plugins.install.receipts import read_receipt
from packer_core.plugins.install.store import RECEIPT, Slot
from packer_core.plugins.preflight import Preflight
from packer_sdk.cancel import CancelToken

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.from_environ(
        {"HOME": str(tmp_path / "home"), "PACKER_DATA_DIR": str(tmp_path / "store")}
    )


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def look(paths: Paths, said: list[str]) -> Iterator[Preflight]:
    with closing(Preflight(paths, said.append, os.environ, CancelToken())) as made:
        yield made


def note(paths: Paths) -> Component:
    shim = paths.shims / "packer-builder-note"
    return Component(kind="builder", name="note", argv=(str(shim),), source="installed", path=shim)


def free(folder: Path) -> bool:
    with in_use.alone(folder) as is_free:
        return is_free


def test_component_is_started_by_the_path_in_its_generation(paths: Paths, look: Preflight) -> None:
    receipt = put_plugin(paths)
    shim = receipt.folder / "packer-shims" / "packer-builder-note"
    assert look(note(paths)).argv == (str(shim),)


def test_generation_is_held_until_the_end(paths: Paths, look: Preflight) -> None:
    receipt = put_plugin(paths)
    look(note(paths))
    look(note(paths))
    assert not free(receipt.folder)
    look.close()
    assert free(receipt.folder)


def test_what_is_not_of_the_store_is_left_alone(paths: Paths, look: Preflight) -> None:
    other = paths.shims / "packer-builder-note"
    other.parent.mkdir(parents=True)
    other.touch()
    component = note(paths)
    assert look(component) is component


def test_link_that_leads_nowhere_is_no_reason_to_wait(paths: Paths, look: Preflight) -> None:
    put_plugin(paths)
    pointer = Slot(paths, NAME).pointer
    pointer.unlink()
    pointer.symlink_to("77")
    with pytest.raises(PluginStartError, match="its folder cannot be looked at"):
        look(note(paths))


def test_changed_file_is_named_with_what_helps(paths: Paths, look: Preflight) -> None:
    receipt = put_plugin(paths)
    module = receipt.folder / "lib" / "packer_plugin_note.py"
    module.write_text("class Evil: pass\n")
    with pytest.raises(PluginStartError, match=f"{module} was changed") as caught:
        look(note(paths))
    assert f"packer plugins verify -repair {NAME}" in (caught.value.hint or "")


def test_receipt_that_was_changed_leads_to_installing_again(paths: Paths, look: Preflight) -> None:
    path = put_plugin(paths).folder / RECEIPT
    path.write_text(path.read_text().replace("0.2.0", "0.9.0"))
    with pytest.raises(PluginStartError, match="cannot be read, or was changed") as caught:
        look(note(paths))
    assert caught.value.hint == f"packer plugins remove {NAME}, then install it again"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_folder_that_everybody_may_write_to_is_refused(paths: Paths, look: Preflight) -> None:
    receipt = put_plugin(paths)
    receipt.folder.chmod(0o777)
    with pytest.raises(PluginStartError, match="everybody may write to its folder") as caught:
        look(note(paths))
    assert "chmod o-w" in (caught.value.hint or "")


def test_interpreter_that_was_replaced_by_the_same_version_will_do(
    paths: Paths, look: Preflight, said: list[str]
) -> None:
    receipt = put_plugin(paths)
    sealed = seal_interpreter(receipt.folder, size=1)
    look(note(paths))
    assert said == []
    assert read_receipt(receipt.folder / RECEIPT) == sealed


def test_environment_that_cannot_be_made_again_says_what_to_type(
    paths: Paths, look: Preflight, said: list[str]
) -> None:
    receipt = put_plugin(paths, interpreter_version="2.7.18")
    seal_interpreter(receipt.folder, size=1)
    with pytest.raises(PluginStartError, match=r"its Python is 3\.\S+ now, not 2\.7\.18") as caught:
        look(note(paths))
    assert caught.value.hint == f"packer plugins install -force {NAME}==0.2.0"
    assert len(said) == 1
    assert free(receipt.folder)


def seal_interpreter(folder: Path, *, size: int) -> object:
    """As if the interpreter had had another size when the environment was made."""
    import hashlib
    import json

    listing = folder / "packer-files.json"
    raw = json.loads(listing.read_text())
    raw["interpreter"][1] = size
    listing.write_text(json.dumps(raw))
    receipt = read_receipt(folder / RECEIPT)
    assert receipt is not None
    sealed = replace(receipt, manifest=hashlib.sha256(listing.read_bytes()).hexdigest())
    (folder / RECEIPT).write_text(sealed.to_json())
    return sealed
