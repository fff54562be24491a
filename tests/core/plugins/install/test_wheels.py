from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.wheels import StoredWheel, WheelCache, fits_here, read_name

if TYPE_CHECKING:
    from pathlib import Path

NAME = "Packer_Plugin_Note-1.0-py3-none-any.whl"


@pytest.fixture
def cache(tmp_path: Path) -> WheelCache:
    return WheelCache(tmp_path / "wheels")


def keep(cache: WheelCache, content: str = "wheel") -> StoredWheel:
    with cache.incoming() as folder:
        (folder / NAME).write_text(content)
        [wheel] = cache.keep(folder)
    return wheel


def test_wheel_is_kept_by_its_content(cache: WheelCache, tmp_path: Path) -> None:
    wheel = keep(cache)
    assert (wheel.name, wheel.version, wheel.filename) == ("packer-plugin-note", "1.0", NAME)
    assert cache.path(wheel).read_text() == "wheel"
    assert keep(cache) == wheel
    assert keep(cache, "another").sha256 != wheel.sha256
    assert not [path for path in (tmp_path / "wheels").iterdir() if path.name.startswith(".")]


def test_wheel_that_is_gone_or_torn_is_missing(cache: WheelCache) -> None:
    wheel = keep(cache)
    assert cache.missing([wheel]) == []
    cache.path(wheel).write_text("torn")
    assert cache.missing([wheel]) == [wheel]
    keep(cache)
    assert cache.missing([wheel]) == []
    cache.path(wheel).unlink()
    assert cache.missing([wheel]) == [wheel]


def test_pruning_leaves_what_is_named_and_what_has_just_come(cache: WheelCache) -> None:
    named, old, new = keep(cache, "named"), keep(cache, "old"), keep(cache, "new")
    for wheel in (named, old):
        os.utime(cache.home(wheel), (0, 0))
    assert cache.prune({named.sha256}) == len("old")
    assert cache.missing([named, old, new]) == [old]


def test_nothing_is_pruned_where_nothing_is(cache: WheelCache) -> None:
    assert cache.prune(set()) == 0


def test_file_that_is_not_called_like_a_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InstallError, match=r"not the name of a wheel: x\.whl"):
        read_name(tmp_path / "x.whl")


@pytest.mark.parametrize(
    ("filename", "fits"),
    [("a-1-py3-none-any.whl", True), ("a-1-cp27-cp27m-win32.whl", False)],
)
def test_wheel_for_another_python_does_not_fit(filename: str, fits: bool) -> None:
    assert fits_here(StoredWheel("a", "1", filename, "")) is fits
