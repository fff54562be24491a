"""A machine for every test, and one that tests of a module share when they only look."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.seed import Place

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A machine with packer on it, and nothing else."""
    # A socket's path may be no longer than some hundred bytes, which pytest's folders exceed.
    with tempfile.TemporaryDirectory(prefix="seed", dir="/tmp") as temporary:
        yield Place.make(tmp_path, Path(temporary))


@pytest.fixture(scope="module")
def shared_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all tests of a module; what they look at is made once."""
    with tempfile.TemporaryDirectory(prefix="seed", dir="/tmp") as temporary:
        yield Place.make(tmp_path_factory.mktemp("shared"), Path(temporary))
