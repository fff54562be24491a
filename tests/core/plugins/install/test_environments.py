from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.environments import create_environment, fill_environment

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.plugins.install.environments import Environment


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return create_environment(tmp_path / "env", app_data=tmp_path / "app-data", environ=os.environ)


def test_environment_has_our_interpreter_and_nothing_else(environment: Environment) -> None:
    code = "import sys; print(*sys.version_info[:3], sep='.'); print(sys.prefix)"
    printed = subprocess.check_output([environment.python, "-I", "-c", code], text=True)
    assert printed.split() == [environment.version, str(environment.folder)]
    (site_packages,) = environment.site_packages
    assert not list(site_packages.glob("*.dist-info"))
    assert environment.script("pip").parent == environment.python.parent
    assert not environment.script("pip").exists()


def test_environment_ignores_settings_of_virtualenv(tmp_path: Path) -> None:
    environ = {**os.environ, "VIRTUALENV_SYSTEM_SITE_PACKAGES": "1", "VIRTUALENV_PYTHON": "/gone"}
    environment = create_environment(
        tmp_path / "env", app_data=tmp_path / "app-data", environ=environ
    )
    settings = (environment.folder / "pyvenv.cfg").read_text()
    assert "include-system-site-packages = false" in settings


def test_environment_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InstallError, match="cannot make a virtual environment"):
        create_environment(
            tmp_path / "file" / "env", app_data=tmp_path / "app-data", environ=os.environ
        )


def wheel(folder: Path, python: str = "") -> Path:
    """A wheel by hand: it needs no build backend."""
    import zipfile

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


def test_plugin_is_put_into_the_environment_and_not_elsewhere(
    environment: Environment, tmp_path: Path
) -> None:
    elsewhere = str(tmp_path / "elsewhere")
    environ = offline(PIP_TARGET=elsewhere, PIP_USER="1", PYTHONPATH=elsewhere)
    fill_environment(environment, [str(wheel(tmp_path))], environ=environ)
    (site_packages,) = environment.site_packages
    assert (site_packages / "packer_plugin_tiny.py").exists()
    assert not os.path.lexists(elsewhere)


def test_own_settings_of_pip_count(environment: Environment, tmp_path: Path) -> None:
    wheel(tmp_path)
    environ = offline(PIP_FIND_LINKS=str(tmp_path))
    output = fill_environment(environment, ["packer-plugin-tiny"], environ=environ)
    assert "Successfully installed packer-plugin-tiny-1.0" in output


def test_name_that_the_index_does_not_have_is_told_with_where_to_look(
    environment: Environment, tmp_path: Path
) -> None:
    with pytest.raises(InstallError) as caught:
        fill_environment(
            environment, ["packer-plugin-gone"], environ=offline(PIP_FIND_LINKS=str(tmp_path))
        )
    assert "cannot install packer-plugin-gone: No matching distribution" in str(caught.value)
    assert "PIP_FIND_LINKS" in (caught.value.hint or "")
    assert "ERROR:" in caught.value.output


def test_plugin_for_another_python_is_told_with_ours(
    environment: Environment, tmp_path: Path
) -> None:
    with pytest.raises(InstallError) as caught:
        fill_environment(environment, [str(wheel(tmp_path, "<3"))], environ=offline())
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert (caught.value.hint or "").endswith(f"Python {version}")
