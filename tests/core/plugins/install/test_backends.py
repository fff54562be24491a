from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.backends import choose_backend

if TYPE_CHECKING:
    from packer_core.paths import Paths


@pytest.mark.parametrize(
    ("wanted", "configured", "chosen"),
    [("", "", "pip"), ("", "uv", "uv"), ("pip", "uv", "pip"), ("uv", "", "uv")],
)
def test_command_line_beats_environment_beats_pip(
    wanted: str, configured: str, chosen: str, paths: Paths
) -> None:
    environ = {**os.environ, "PACKER_INSTALLER": configured}
    assert choose_backend(paths, environ, wanted=wanted).name == chosen


def test_installer_that_nobody_has_is_told_with_those_there_are(paths: Paths) -> None:
    with pytest.raises(InstallError, match="no such installer: conda") as caught:
        choose_backend(paths, {}, wanted="conda")
    assert caught.value.hint == "one of pip, uv"
