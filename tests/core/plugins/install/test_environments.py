from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.with_pip import create_environment

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
