"""What whole runs need: our distributions and the tiny plugins as wheels, made once."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass
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
def wheelhouse(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with a wheel of every distribution here, and of what it takes to build and run one.

    pip's own configuration says where the latter comes from. Workers share the folder: the first
    makes it, and the others wait.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "wheelhouse"
    with (folder.parent / "wheelhouse.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = tmp_path_factory.mktemp("making")
            _make_wheels(making)
            making.rename(folder)
    return folder


def _make_wheels(folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
    ours = [str(path) for path in PROJECTS]
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", *ours], check=True)
    subprocess.run([*pip, "--find-links", str(folder), *NEEDED], check=True)


@pytest.fixture
def offline_pip(wheelhouse: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment with pip looking into the wheelhouse, and asking no index."""
    links = f"{os.environ.get('PIP_FIND_LINKS', '')} {wheelhouse}".strip()
    monkeypatch.setenv("PIP_FIND_LINKS", links)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return dict(os.environ)


@dataclass(frozen=True)
class Machine:
    """Core and what comes with it in one environment, and a store for plugins beside it.

    Attributes:
        environment: The virtual environment that core is in.
        store: Where `packer plugins install` puts things.
        environ: The environment for everything that is run.
    """

    environment: Path
    store: Path
    environ: dict[str, str]

    @property
    def packer_path(self) -> Path:
        """The executable."""
        return self.environment / "bin" / "packer"

    def packer(
        self, *words: str, cwd: Path, status: int | None = 0, **environ: str
    ) -> subprocess.CompletedProcess[str]:
        """Run packer; ``status`` is the exit status it must have, None for any."""
        done = subprocess.run(
            [self.packer_path, *words],
            cwd=cwd,
            env={**self.environ, **environ},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if status is not None:
            assert done.returncode == status, done.stdout + done.stderr
        return done


@pytest.fixture(scope="session")
def machine(wheelhouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine on which a user has installed packer-core and packer-plugin-oci."""
    root = tmp_path_factory.mktemp("machine")
    for folder in ("home", "store"):
        (root / folder).mkdir()
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PACKER_", "PYTHON", "COVERAGE", "VIRTUAL_ENV"))
    }
    environ |= {
        "HOME": str(root / "home"),
        "PACKER_DATA_DIR": str(root / "store"),
        "PATH": f"{root / 'core' / 'bin'}:{environ['PATH']}",
        "PIP_FIND_LINKS": f"{environ.get('PIP_FIND_LINKS', '')} {wheelhouse}".strip(),
    }
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / "core"], check=True)
    python = root / "core" / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    subprocess.run([*install, "packer-core"], check=True, env=environ)
    made = Machine(root / "core", root / "store", environ)
    made.packer("plugins", "install", str(ROOT / "plugins" / "packer-plugin-oci"), cwd=root)
    return made
