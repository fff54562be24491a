"""What whole runs need: our distributions and the tiny plugins as wheels, made once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECTS = [
    ROOT / "sdk",
    ROOT / "core",
    *sorted((ROOT / "plugins").glob("packer-plugin-*")),
    *sorted((ROOT / "tests" / "data" / "plugins").glob("packer-plugin-*")),
]
# What the SDK depends on, and what pip builds a plugin's folder with.
NEEDED = ["msgpack", "hatchling", "editables"]


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of every distribution here, and of what it takes to build and run one.

    pip's own configuration says where the latter comes from.
    """
    folder = tmp_path_factory.mktemp("wheelhouse")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
    ours = [str(path) for path in PROJECTS]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", *ours], check=True)
    subprocess.run([*pip, "--find-links", str(folder), *NEEDED], check=True)
    return folder


@pytest.fixture
def offline_pip(wheelhouse: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment with pip looking into the wheelhouse, and asking no index."""
    links = f"{os.environ.get('PIP_FIND_LINKS', '')} {wheelhouse}".strip()
    monkeypatch.setenv("PIP_FIND_LINKS", links)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return dict(os.environ)
