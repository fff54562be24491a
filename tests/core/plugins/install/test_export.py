from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.binaries import Binaries
from packer_core.plugins.binary_names import platform_suffix
from packer_core.plugins.install.export import export
from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from packer_core.paths import Paths
    from packer_core.plugins.install.receipts import Receipt

SUFFIX = platform_suffix()


@pytest.fixture
def receipt(make_receipt: Callable[..., Receipt]) -> Receipt:
    """A plugin that is really there: what comes with core, in the environment of the tests."""
    return make_receipt(
        distribution="packer-plugin-bundled",
        version=VERSION,
        interpreter=sys.executable,
        components=(InstalledComponent("builder", "null", "packer_plugin_bundled:Null"),),
        shims=(),
    )


def test_the_launcher_is_found_as_packer_finds_plugins(paths: Paths, receipt: Receipt) -> None:
    made = export(paths, receipt)
    looking = Binaries(paths.plugin_folders, paths.plugin_cache, os.environ)
    (found,) = looking.installed("localhost/python/bundled")
    assert looking.refused == []
    assert found.candidate.path == made.path
    assert made.path.name == f"packer-plugin-bundled_v{VERSION}_x5.0{SUFFIX}"
    assert ("builder", "null") in found.description.components
    assert found.description.protobuf


def test_the_seeds_folder_is_not_made(paths: Paths, receipt: Receipt) -> None:
    made = export(paths, receipt)
    assert not (paths.config_dir.parent.parent / ".packer.d").exists()
    assert ".config/packer/plugins" in str(made.path)


def test_the_launcher_goes_where_it_is_asked_to(
    paths: Paths, receipt: Receipt, tmp_path: Path
) -> None:
    made = export(paths, receipt, tmp_path / "a b")
    assert sorted(tmp_path.joinpath("a b").iterdir()) == [
        made.path,
        made.path.with_name(f"{made.path.name}_SHA256SUM"),
    ]
    again = export(paths, receipt, tmp_path / "a b")
    assert again == made


@pytest.mark.parametrize(
    ("version", "there"),
    [("1.2", "1.2.0"), ("1.2.3rc1", "1.2.3-dev"), ("0.3.dev4", "0.3.0-dev"), ("1!2.0", "2.0.0")],
)
def test_python_versions_become_semantic_ones(
    paths: Paths, make_receipt: Callable[..., Receipt], version: str, there: str, tmp_path: Path
) -> None:
    receipt = make_receipt(version=version, interpreter=sys.executable, shims=())
    made = export(paths, receipt, tmp_path)
    assert made.version == there
    assert made.path.name == f"packer-plugin-note_v{there}_x5.0{SUFFIX}"


def test_the_launcher_answers_all_alone(paths: Paths, receipt: Receipt, tmp_path: Path) -> None:
    made = export(paths, receipt, tmp_path)
    done = subprocess.run(
        [made.path, "describe"], capture_output=True, env={"PYTHONPATH": "/nowhere"}, check=True
    )
    assert json.loads(done.stdout)["api_version"] == "x5.0"


def test_components_with_other_names_there_are_told(
    paths: Paths, make_receipt: Callable[..., Receipt], tmp_path: Path
) -> None:
    names = ("note", "note-import", "memo")
    receipt = make_receipt(
        interpreter=sys.executable,
        shims=(),
        components=tuple(InstalledComponent("builder", name, "a:B") for name in names),
    )
    assert export(paths, receipt, tmp_path).names == (("builder", "memo", "note-memo"),)


def test_the_launcher_goes_through_the_pointer(
    paths: Paths, make_receipt: Callable[..., Receipt], tmp_path: Path
) -> None:
    slot = paths.environments / "packer-plugin-note"
    (slot / "1" / "bin").mkdir(parents=True)
    (slot / "1" / "bin" / "python").symlink_to(sys.executable)
    (slot / "current").symlink_to("1")
    receipt = make_receipt(
        environment=str(slot / "1"), interpreter=str(slot / "1" / "bin" / "python"), shims=()
    )
    made = export(paths, receipt, tmp_path)
    assert str(slot / "current" / "bin" / "python") in made.path.read_text()


def test_a_plugin_that_does_not_work_is_not_exported(
    paths: Paths, make_receipt: Callable[..., Receipt]
) -> None:
    with pytest.raises(InstallError, match="packer-plugin-note does not work: interpreter missing"):
        export(paths, make_receipt())


def test_a_folder_that_cannot_be_made_is_an_error(
    paths: Paths, receipt: Receipt, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InstallError, match="cannot export packer-plugin-bundled"):
        export(paths, receipt, tmp_path / "file")
