from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.plugins.install.manifest import NAME, Manifest, take_stock

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = st.tuples(st.text(), st.integers(min_value=0), st.integers(min_value=0))
MANIFESTS = st.builds(
    Manifest,
    files=st.dictionaries(st.text(), ENTRIES),
    libraries=st.dictionaries(st.text(), st.lists(st.text()).map(tuple)),
    interpreter=ENTRIES,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "1"
    (folder / "lib" / "inner").mkdir(parents=True)
    (folder / "lib" / "a.py").write_text("a")
    (folder / "lib" / "inner" / "b.py").write_text("b")
    (folder / "link").symlink_to("lib")
    return folder


@pytest.fixture
def listing(folder: Path) -> Manifest:
    return take_stock(folder, (folder / "lib",), os.__file__)


@given(MANIFESTS)
def test_list_comes_back_from_its_file(listing: Manifest) -> None:
    assert Manifest.from_json(listing.to_json()) == listing


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 1}', '{"format": 2}', '{"format": 1, "files": {"a": 1}}']
)
def test_text_that_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Manifest.from_json(text)


def test_what_was_not_touched_is_as_it_was(folder: Path, listing: Manifest) -> None:
    (folder / NAME).write_text(listing.to_json())
    assert listing.changed(folder) is None
    assert listing.differences(folder) == []
    assert sorted(listing.files) == ["lib/a.py", "lib/inner/b.py", "link"]


def test_file_of_another_time_is_read_and_found_the_same(folder: Path, listing: Manifest) -> None:
    os.utime(folder / "lib" / "a.py", (1, 1))
    assert listing.changed(folder) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: (f / "lib" / "a.py").write_text("x"), "lib/a.py was changed"),
        (lambda f: (f / "lib" / "a.py").write_text("longer"), "lib/a.py was changed"),
        (lambda f: (f / "lib" / "inner" / "b.py").unlink(), "lib/inner/b.py is gone"),
        (lambda f: (f / "lib" / "new.pth").touch(), "lib/new.pth was added"),
    ],
)
def test_difference_is_named(change: object, told: str, folder: Path, listing: Manifest) -> None:
    assert callable(change)
    change(folder)
    assert listing.changed(folder) == f"{folder}/{told}"
    assert listing.differences(folder) == [f"{folder}/{told}"]


def test_link_that_leads_elsewhere_is_a_change(folder: Path, listing: Manifest) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to("lib/inner")
    assert listing.changed(folder) == f"{folder}/link was changed"


def test_file_deep_down_that_was_added_shows_when_all_is_read(
    folder: Path, listing: Manifest
) -> None:
    (folder / "lib" / "inner" / "c.py").touch()
    assert listing.changed(folder) is None
    assert listing.differences(folder) == [f"{folder}/lib/inner/c.py was added"]
