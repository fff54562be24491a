from __future__ import annotations

import itertools
import json
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import PluginNotFound
from packer_core.paths import Paths
from packer_core.plugins.catalog import Component
from packer_core.plugins.discovery import bundled_components, discover
from packer_sdk.errors import PackerError
from packer_sdk.records import replaced

if TYPE_CHECKING:
    from packer_core.plugins.catalog import Catalog

FOLDERS = ("bin", "exe", "plugins", "work")
SOURCES = ("installed", "executable folder", "plugin folder", "working folder")


class Machine:
    """Folders of every source, and a look through them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ: dict[str, str] = {}
        self.bundled: list[Component] = []
        for name in FOLDERS:
            (root / name).mkdir()
        environ = {
            "HOME": str(root),
            "PACKER_DATA_DIR": str(root),
            "PACKER_PLUGIN_PATH": str(root / "plugins"),
        }
        self.paths = Paths.from_environ(environ, executable=root / "exe" / "packer")

    def put(self, folder: str, name: str, mode: int = 0o755) -> Path:
        path = self.root / folder / name
        # Whoever runs a candidate leaves a trace.
        path.write_text(f"#!/bin/sh\ntouch {self.root}/was-run\n")
        path.chmod(mode)
        return path

    def bundle(self, kind: str, name: str) -> None:
        argv = ("packer", "plugin", f"packer-{kind}-{name}")
        self.bundled.append(
            Component(kind=kind, name=name, argv=argv, source="bundled", path=Path("/list"))
        )

    def configure(self, content: object) -> None:
        self.paths.config_file.write_text(json.dumps(content))

    def discover(self) -> Catalog:
        return discover(
            self.paths, cwd=self.root / "work", environ=self.environ, bundled=self.bundled
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(("folder", "source"), list(zip(FOLDERS, SOURCES, strict=True)))
def test_executable_in_a_folder_is_found(folder: str, source: str, machine: Machine) -> None:
    path = machine.put(folder, "packer-builder-custom-cloud")
    found = machine.discover().find("builder", "custom-cloud")
    assert (found.source, found.path, found.argv) == (source, path, (str(path),))


@pytest.mark.parametrize(("earlier", "later"), list(itertools.combinations(range(4), 2)))
def test_later_folder_wins(earlier: int, later: int, machine: Machine) -> None:
    machine.put(FOLDERS[earlier], "packer-builder-x")
    machine.put(FOLDERS[later], "packer-builder-x")
    found = machine.discover().find("builder", "x")
    assert found.source == SOURCES[later]
    assert [one.source for one in found.shadowed()] == [SOURCES[earlier]]


def test_every_source_is_shadowed_by_the_next(machine: Machine) -> None:
    machine.bundle("builder", "null")
    for folder in FOLDERS:
        machine.put(folder, "packer-builder-null")
    machine.configure({"builders": {"null": str(machine.put(".", "elsewhere"))}})
    found = machine.discover().find("builder", "null")
    assert found.source == "config file"
    assert [one.source for one in found.shadowed()] == [*reversed(SOURCES), "bundled"]


def test_plugin_folder_of_the_seed_document_wins_over_that_of_xdg(machine: Machine) -> None:
    machine.put("exe", "packer-builder-x")
    machine.put("plugins", "packer-builder-x")
    folders = (machine.root / "exe", machine.root / "plugins")
    machine.paths = replaced(machine.paths, plugin_folders=folders)
    assert machine.discover().find("builder", "x").path.parent == machine.root / "plugins"


def test_other_components_are_unaffected_by_a_conflict(machine: Machine) -> None:
    machine.put("exe", "packer-builder-x")
    machine.put("exe", "packer-provisioner-x")
    machine.put("work", "packer-builder-x")
    catalog = machine.discover()
    assert catalog.find("builder", "x").source == "working folder"
    assert catalog.find("provisioner", "x").source == "executable folder"


def test_only_direct_children_with_the_right_name_are_found(machine: Machine) -> None:
    (machine.root / "plugins" / "sub").mkdir()
    (machine.root / "plugins" / "packer-builder-folder").mkdir()
    machine.put("plugins/sub", "packer-builder-deep")
    for name in ("packer-command-x", "packer-builder-", "Packer-builder-x", "packer-plugin-x"):
        machine.put("plugins", name)
    assert machine.discover().components() == ()


def test_candidate_is_never_run(machine: Machine) -> None:
    machine.put("work", "packer-builder-spy")
    machine.discover()
    assert not (machine.root / "was-run").exists()


def test_file_that_cannot_be_executed_is_found(machine: Machine) -> None:
    path = machine.put("plugins", "packer-builder-x", 0o644)
    assert machine.discover().find("builder", "x").path == path


def test_link_to_a_file_is_found(machine: Machine) -> None:
    target = machine.put(".", "tool")
    (machine.root / "plugins" / "packer-builder-x").symlink_to(target)
    assert machine.discover().find("builder", "x").path.name == "packer-builder-x"


def test_missing_folder_is_fine(machine: Machine) -> None:
    for name in FOLDERS[:3]:
        (machine.root / name).rmdir()
    assert machine.discover().components() == ()


def test_folder_that_cannot_be_read_is_logged(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    # A path longer than any file system takes fails for root as well, as no mode does.
    machine.paths = replaced(machine.paths, plugin_folders=(machine.root / ("x" * 300),))
    machine.put("work", "packer-builder-x")
    assert machine.discover().find("builder", "x").source == "working folder"
    assert "Cannot look for plugins in" in caplog.text


def test_each_plugin_gives_one_log_line(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    first = machine.put("exe", "packer-builder-x")
    second = machine.put("work", "packer-builder-x")
    machine.discover()
    assert caplog.messages == [
        f"Found builder x: {first} (executable folder)",
        f"Found builder x: {second} (working folder)",
    ]


def test_working_folder_can_be_turned_off(machine: Machine) -> None:
    machine.put("work", "packer-builder-x")
    machine.environ["PACKER_NO_CWD_PLUGINS"] = "1"
    assert machine.discover().components() == ()
    machine.environ["PACKER_NO_CWD_PLUGINS"] = "0"
    assert len(machine.discover().components()) == 1


def test_working_folder_that_shadows_a_bundled_component_is_announced(machine: Machine) -> None:
    machine.bundle("builder", "null")
    path = machine.put("work", "packer-builder-null")
    (text,) = machine.discover().announcements
    assert text.startswith(f"{path} is used as the builder null")


def test_plugin_process_looks_for_nothing(machine: Machine) -> None:
    machine.bundle("builder", "null")
    machine.put("work", "packer-builder-x")
    machine.configure({"builders": 1})
    machine.environ["PACKER_PLUGIN_MAGIC_COOKIE"] = "abc"
    assert [one.name for one in machine.discover().components()] == ["null"]


def test_file_that_everybody_may_write_is_refused_by_name(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    path = machine.put("work", "packer-builder-x", 0o757)
    catalog = machine.discover()
    assert [refusal.path for refusal in catalog.refused] == [path]
    assert f"Refused {path}: everybody may write to it" in caplog.text
    with pytest.raises(PluginNotFound, match="refused"):
        catalog.find("builder", "x")


def test_folder_that_everybody_may_write_is_refused_with_all_that_is_in_it(
    machine: Machine,
) -> None:
    machine.put("work", "packer-builder-x")
    machine.put("work", "packer-builder-y")
    (machine.root / "work").chmod(0o777)
    catalog = machine.discover()
    assert catalog.components() == ()
    assert [refusal.path.name for refusal in catalog.refused] == [
        "packer-builder-x",
        "packer-builder-y",
    ]


def test_refused_file_does_not_hide_a_good_one(machine: Machine) -> None:
    machine.put("plugins", "packer-builder-x")
    machine.put("work", "packer-builder-x", 0o757)
    assert machine.discover().find("builder", "x").source == "plugin folder"


def test_folder_without_plugins_is_not_judged(machine: Machine) -> None:
    (machine.root / "work").chmod(0o777)
    assert machine.discover().refused == ()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_file_of_another_user_is_refused(machine: Machine) -> None:
    os.chown(machine.put("work", "packer-builder-x"), 4711, -1)
    (refusal,) = machine.discover().refused
    assert "another user" in refusal.reason


def test_config_file_names_an_executable_outside_every_folder(machine: Machine) -> None:
    path = machine.put(".", "packer-builder-y")
    machine.configure({"builders": {"x": str(path)}, "post-processors": {"x": str(path)}})
    catalog = machine.discover()
    assert catalog.find("builder", "x").argv == (str(path),)
    assert catalog.find("post-processor", "x").source == "config file"


def test_config_file_with_a_bare_name_is_looked_up_on_the_path(machine: Machine) -> None:
    (machine.root / "path").mkdir()
    path = machine.put("path", "my-builder")
    machine.environ["PATH"] = str(path.parent)
    machine.configure({"builders": {"x": "my-builder"}})
    assert machine.discover().find("builder", "x").path == path


@pytest.mark.parametrize("value", ["my-builder", "/gone/my-builder", "./my-builder"])
def test_config_file_falls_back_to_the_executables_folder(value: str, machine: Machine) -> None:
    path = machine.put("exe", "my-builder")
    machine.environ["PATH"] = "/nowhere"
    machine.configure({"builders": {"x": value}})
    assert machine.discover().find("builder", "x").path == path


def test_config_file_with_a_relative_path_means_the_working_folder(machine: Machine) -> None:
    path = machine.put("work", "my-builder")
    machine.configure({"builders": {"x": "./my-builder"}})
    assert machine.discover().find("builder", "x").path == path


def test_config_file_with_a_missing_path_matters_only_when_it_is_used(machine: Machine) -> None:
    machine.configure({"builders": {"x": "/gone/packer-builder-x"}})
    assert machine.discover().find("builder", "x").argv == ("/gone/packer-builder-x",)


def test_config_file_that_was_asked_for_and_is_missing_is_logged(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    machine.discover()
    assert not caplog.messages
    machine.environ["PACKER_CONFIG"] = str(machine.paths.config_file)
    machine.discover()
    assert str(machine.paths.config_file) in caplog.text


def test_config_file_that_is_not_json_is_an_error(machine: Machine) -> None:
    machine.paths.config_file.write_text("{")
    with pytest.raises(PackerError, match="not JSON"):
        machine.discover()


def test_bundled_components_are_read_from_the_list_of_the_distribution(tmp_path: Path) -> None:
    listing = tmp_path / "packer_plugin_bundled-9.9.dist-info" / "entry_points.txt"
    listing.parent.mkdir()
    listing.write_text(
        "[console_scripts]\npacker-plugin-bundled = m:main\n\n[packer.builders]\nnull = m:N\n"
        "# a comment = no\n\n[packer.post_processors]\nmanifest=m:M\n"
    )
    found = bundled_components(("/bin/packer",), ["/nowhere", "", str(tmp_path)])
    assert [(str(one), one.argv) for one in found] == [
        ("builder null", ("/bin/packer", "plugin", "packer-builder-null")),
        ("post-processor manifest", ("/bin/packer", "plugin", "packer-post-processor-manifest")),
    ]
    assert {one.path for one in found} == {Path("/bin/packer")}


def test_bundled_components_without_their_distribution_are_none() -> None:
    assert bundled_components(("packer",), ["/nowhere"]) == ()


def test_bundled_components_of_this_very_installation_are_found(machine: Machine) -> None:
    catalog = discover(machine.paths, cwd=machine.root / "work", environ={})
    assert catalog.find("builder", "null").source == "bundled"
    assert catalog.find("post-processor", "shell-local").argv[-2:] == (
        "plugin",
        "packer-post-processor-shell-local",
    )
