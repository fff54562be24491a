from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from helpers.binaries import DEFAULT, SUFFIX, Shelf, description
from packer_core.constraints import parse_constraints
from packer_core.errors import PluginNotFound
from packer_core.paths import Paths
from packer_core.plugins.binaries import Binaries
from packer_core.plugins.catalog import Catalog, Component
from packer_core.plugins.discovery import discover

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "plugins")


def binaries(shelf: Shelf, **options: bool) -> Binaries:
    return Binaries([shelf.root], shelf.root.with_name("cache"), os.environ, **options)


def catalog(shelf: Shelf, environ: dict[str, str] | None = None, **options: bool) -> Catalog:
    home = shelf.root.parent
    (home / "work").mkdir(exist_ok=True)
    here = {"HOME": str(home), "PACKER_PLUGIN_PATH": str(shelf.root), "PATH": os.environ["PATH"]}
    paths = Paths.from_environ(here, executable=home / "exe" / "packer")
    bundled = Component(
        kind="builder", name="null", argv=("packer",), source="bundled", path=shelf.root
    )
    return discover(
        paths,
        cwd=home / "work",
        environ=here | (environ or {}),
        bundled=[bundled],
        **options,
    )


def versions(found: Catalog) -> set[str]:
    return {one.version for one in found.components() if one.source == "plugin binary"}


def test_components_are_found_and_started_as_packer_starts_them(shelf: Shelf) -> None:
    says = description("1.0.0", provisioners=["a"], datasources=["b"], post_processors=["c"])
    path = shelf.put(says=says)
    found = catalog(shelf)
    assert found.find("builder", "cloud").command == (
        str(path),
        "start",
        "builder",
        "--protobuf",
        DEFAULT,
    )
    assert found.find("provisioner", "cloud-a").argv == (str(path), "start", "provisioner", "a")
    assert found.find("datasource", "cloud-b").source == "plugin binary"
    assert found.find("post-processor", "cloud-c").path == path


def test_gob_is_a_matter_of_each_plugin(shelf: Shelf) -> None:
    shelf.put("new", folder="a/b/new")
    shelf.put("old", folder="a/b/old", says=description("1.0.0", protocol_version=...))
    found = catalog(shelf)
    assert found.find("builder", "new").protobuf
    assert found.find("builder", "old").command[1:] == ("start", "builder", DEFAULT)


@pytest.mark.parametrize(("value", "protobuf"), [("1", False), ("0", True), ("", True)])
def test_gob_can_be_forced(shelf: Shelf, value: str, protobuf: bool) -> None:
    shelf.put()
    found = catalog(shelf, {"PACKER_FORCE_GOB": value})
    assert found.find("builder", "cloud").protobuf is protobuf


def test_a_second_look_starts_nothing(shelf: Shelf) -> None:
    shelf.put()
    shelf.put(version="0.9.0")
    for _ in range(2):
        catalog(shelf)
    assert shelf.questions == [f"packer-plugin-cloud_v1.0.0_x5.0{SUFFIX} describe"]


def test_the_highest_version_is_used_and_a_release_beats_its_pre_release(shelf: Shelf) -> None:
    for version in ("1.2.0", "1.10.0-dev", "1.10.0", "1.9.0"):
        shelf.put(version=version)
    assert versions(catalog(shelf)) == {"1.10.0"}


def test_the_highest_version_is_used_wherever_it_lies(shelf: Shelf) -> None:
    shelf.put(version="1.0.0", folder="z/z/cloud")
    shelf.put(version="1.1.0", folder="a")
    assert versions(catalog(shelf)) == {"1.1.0"}


@pytest.mark.parametrize(("ignored", "version"), [(False, "1.1.0-dev"), (True, "1.0.0")])
def test_pre_releases_count_unless_they_are_to_be_ignored(
    shelf: Shelf, ignored: bool, version: str
) -> None:
    shelf.put(version="1.0.0")
    shelf.put(version="1.1.0-dev")
    assert versions(catalog(shelf, ignore_prereleases=ignored)) == {version}


def test_metadata_of_the_answer_do_not_count(shelf: Shelf) -> None:
    shelf.put(says=description("1.0.0+meta"))
    assert versions(catalog(shelf)) == {"1.0.0+meta"}


def test_nothing_directly_in_the_folder_or_too_deep_counts(shelf: Shelf) -> None:
    shelf.put(folder=".")
    shelf.put(folder="/".join("abcdefghijklmnopq"))  # 17
    assert versions(catalog(shelf)) == set()
    shelf.put(folder="/".join("abcdefghijklmnop"))  # 16
    assert versions(catalog(shelf)) == {"1.0.0"}


def test_links_to_files_count_and_links_to_folders_do_not(shelf: Shelf) -> None:
    elsewhere = Shelf(shelf.root.with_name("elsewhere"))
    elsewhere.put()
    (shelf.root / "linked").symlink_to(elsewhere.root / "github.com")
    assert versions(catalog(shelf)) == set()
    (shelf.root / "real").mkdir()
    for file in (elsewhere.root / "github.com/maker/cloud").iterdir():
        (shelf.root / "real" / file.name).symlink_to(file)
    assert versions(catalog(shelf)) == {"1.0.0"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"checksum": None}, "there is no checksum beside it: packer-plugin-cloud_"),
        ({"checksum": "0" * 64}, "it has another checksum than the one in"),
        ({"checksum": "short"}, "it has another checksum than the one in"),
        ({"says": "no"}, "does not describe itself with a JSON object"),
        ({"status": 4}, "exit status 4: why not"),
        ({"says": description("2.0.0")}, "says that it is version 2.0.0, and its name"),
        ({"says": description("1.0.0-dev")}, "says that it is version 1.0.0-dev"),
        ({"says": description("1.0.0", api_version="x5.1")}, "it speaks x5.1, and its name"),
        ({"api": "x5.1"}, "needs the plugin API x5.1, and this packer speaks x5.0"),
        ({"api": "x4.0"}, "needs the plugin API x4.0"),
        ({"name": f"packer-plugin-cloud_v01.0.0_x5.0{SUFFIX}"}, "not a version: 01.0.0"),
    ],
)
def test_one_that_does_not_count_is_named_when_it_is_missed(
    shelf: Shelf, options: dict[str, object], reason: str
) -> None:
    path = shelf.put(**options)  # type: ignore[arg-type]
    shelf.put("other", folder="a/b/other")
    found = catalog(shelf)
    assert found.find("builder", "other").version == "1.0.0"
    assert found.announcements == ()
    for name in ("cloud", "cloud-disk"):
        with pytest.raises(PluginNotFound) as caught:
            found.find("builder", name)
        assert f"the builder {name} was found and refused: {path}: " in str(caught.value)
        assert reason in str(caught.value)
        assert caught.value.hint
    with pytest.raises(PluginNotFound, match="there is no builder: clouds"):
        found.find("builder", "clouds")


def test_the_next_version_stands_in_for_one_that_does_not_count(shelf: Shelf) -> None:
    shelf.put(version="1.0.0")
    shelf.put(version="1.1.0", checksum=None)
    found = catalog(shelf)
    assert versions(found) == {"1.0.0"}
    assert [str(one.path) for one in found.refused if "1.1.0" in one.path.name]


def test_what_everybody_may_write_is_not_even_asked(shelf: Shelf) -> None:
    shelf.put().chmod(0o777)
    (shelf.put("open", folder="a/open").parents[1]).chmod(0o777)
    found = catalog(shelf)
    assert versions(found) == set()
    assert {one.plugin: one.reason for one in found.refused} == {
        "cloud": "everybody may write to it",
        "open": "everybody may write to its folder",
    }
    assert shelf.questions == []


def test_a_checksum_with_a_file_name_behind_it_is_as_good(shelf: Shelf) -> None:
    path = shelf.put()
    beside = path.with_name(f"{path.name}_SHA256SUM")
    beside.write_text(f"{beside.read_text().upper()}  {path.name}\n")
    assert versions(catalog(shelf)) == {"1.0.0"}


def test_every_other_source_beats_a_binary(shelf: Shelf) -> None:
    shelf.put("null", folder="a/b/null")
    found = catalog(shelf).find("builder", "null")
    assert found.source == "bundled"
    assert [one.source for one in found.shadowed()] == ["plugin binary"]


def test_installed_lists_every_version_that_counts_lowest_first(shelf: Shelf) -> None:
    paths = [shelf.put(version=version) for version in ("1.0.0", "1.2.0-dev", "1.10.0")]
    shelf.put(version="2.0.0", checksum=None)
    other = shelf.put("other", folder="github.com/maker/other")
    looking = binaries(shelf)
    assert [one.candidate.path for one in looking.installed()] == [*paths, other]
    assert len(looking.refused) == 1
    address = "github.com/maker/cloud"
    assert [
        one.candidate.path for one in looking.installed(address, parse_constraints(">= 1.2, < 1.5"))
    ] == [paths[1]]
    assert looking.installed("github.com/maker") == []


def test_a_plugin_process_looks_for_none(shelf: Shelf) -> None:
    shelf.put()
    found = catalog(shelf, {"PACKER_PLUGIN_MAGIC_COOKIE": "x"})
    assert versions(found) == set()
    assert shelf.questions == []
