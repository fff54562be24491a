from __future__ import annotations

import hashlib
import os
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.sources import Sources
from packer_core.plugins.install.with_pip import PipBackend, create_environment, install_editable

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.paths import Paths
    from packer_core.plugins.install.environments import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return create_environment(tmp_path / "env", app_data=tmp_path / "app-data", environ=os.environ)


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def wheel(folder: Path, python: str = "") -> Path:
    """A wheel by hand: it needs no build backend."""
    path = folder / "packer_plugin_tiny-1.0-py3-none-any.whl"
    requires = f"Requires-Python: {python}\n" if python else ""
    info = "packer_plugin_tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("packer_plugin_tiny.py", "")
        archive.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: packer-plugin-tiny\nVersion: 1.0\n{requires}",
        )
        archive.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def offline(**settings: str) -> dict[str, str]:
    return {**os.environ, "PIP_NO_INDEX": "1", **settings}


def collect(paths: Paths, into: Path, *wanted: str, **settings: str) -> list[str]:
    backend = PipBackend(paths, offline(**settings))
    backend.collect(wanted, into, Sources())
    return sorted(path.name for path in into.glob("*.whl"))


def test_wheels_are_collected_and_put_nowhere_else(
    paths: Paths, into: Path, tmp_path: Path
) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    found = collect(
        paths, into, str(wheel(tmp_path)), PIP_TARGET=elsewhere, PIP_USER="1", PYTHONPATH=elsewhere
    )
    assert found == ["packer_plugin_tiny-1.0-py3-none-any.whl"]
    assert not os.path.lexists(elsewhere)


def test_own_settings_of_pip_count(paths: Paths, into: Path, tmp_path: Path) -> None:
    wheel(tmp_path)
    found = collect(paths, into, "packer-plugin-tiny", PIP_FIND_LINKS=str(tmp_path))
    assert found == ["packer_plugin_tiny-1.0-py3-none-any.whl"]


def test_what_has_a_hash_must_have_it(paths: Paths, into: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(wheel(tmp_path).read_bytes()).hexdigest()
    pinned = f"packer-plugin-tiny==1.0 --hash=sha256:{digest}"
    assert collect(paths, into, pinned, PIP_FIND_LINKS=str(tmp_path))
    other = pinned.replace(digest, "0" * 64)
    with pytest.raises(InstallError, match="DO NOT MATCH THE HASHES"):
        collect(paths, into, other, PIP_FIND_LINKS=str(tmp_path))


def test_name_that_the_index_does_not_have_is_told_with_where_to_look(
    paths: Paths, into: Path, tmp_path: Path
) -> None:
    with pytest.raises(InstallError) as caught:
        collect(paths, into, "packer-plugin-gone", PIP_FIND_LINKS=str(tmp_path))
    assert "cannot install packer-plugin-gone: No matching distribution" in str(caught.value)
    assert "PIP_FIND_LINKS" in (caught.value.hint or "")
    assert "ERROR:" in caught.value.output


def test_plugin_for_another_python_is_told_with_ours(
    paths: Paths, into: Path, tmp_path: Path
) -> None:
    with pytest.raises(InstallError) as caught:
        collect(paths, into, str(wheel(tmp_path, "<3")))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert (caught.value.hint or "").endswith(f"Python {version}")


def test_folder_is_installed_into_the_environment_and_not_elsewhere(
    environment: Environment, tmp_path: Path
) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    environ = offline(PIP_TARGET=elsewhere, PIP_USER="1", PYTHONPATH=elsewhere)
    output = install_editable(environment, [str(wheel(tmp_path))], environ=environ)
    assert "Successfully installed packer-plugin-tiny-1.0" in output
    (site_packages,) = environment.site_packages
    assert (site_packages / "packer_plugin_tiny.py").exists()
    assert not os.path.lexists(elsewhere)
