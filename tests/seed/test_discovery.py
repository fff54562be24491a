"""Section C of the plugin page: where plugins are found, and which one wins."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from helpers.seed import NULL, Place, script
from packer_core.paths import Paths

COOKIE: dict[str, Any] = {"PACKER_PLUGIN_MAGIC_COOKIE": "any"}


def winner(place: Place, name: str, **environ: Any) -> str:
    """The folder of the builder that is used under a name."""
    return str(Path(place.found(**environ)["builder", name]).parent)


def test_C1_plugins_are_discovered_without_configuration(place: Place) -> None:
    """MUST: Packer discovers plugins by itself."""
    place.builder(place.plugins, "packer-builder-x", "discovered")
    assert not place.config_file.exists()
    assert "x: discovered" in place.build(["x"]).stdout


def test_C2_the_folder_of_the_executable_is_searched(place: Place) -> None:
    """MUST: First directory: where `packer` is."""
    place.builder(place.exe, "packer-builder-x", "beside packer")
    assert "x: beside packer" in place.build(["x"]).stdout


def test_C3_the_folder_in_the_home_is_searched(place: Place) -> None:
    """MUST: Second directory on Unix: `~/.packer.d/plugins`."""
    place.builder(place.root / "home/.packer.d/plugins", "packer-builder-x", "at home")
    assert "x: at home" in place.build(["x"]).stdout


@pytest.mark.parametrize("exists", [True, False])
def test_C3_H7_the_folder_counts_beside_that_of_xdg(exists: bool, place: Place) -> None:
    """H: Packer 1.16 uses the XDG folder unless `~/.packer.d` exists.

    Decision: the folder of the page always counts. Where it is missing, XDG's is used as well.
    """
    xdg = place.root / "xdg"
    place.spy(xdg / "packer/plugins", "packer-builder-of-xdg")
    if exists:
        place.spy(place.plugins, "packer-builder-of-seed")
    found = place.found(XDG_CONFIG_HOME=str(xdg))
    assert (("builder", "of-seed") in found) == exists
    assert (("builder", "of-xdg") in found) != exists
    assert (place.root / "home/.packer.d").exists() == exists, "it is never made"


def test_C4_the_folder_on_windows_has_no_leading_dot() -> None:
    """MUST: Second directory on Windows: `%APPDATA%/packer.d/plugins`."""
    environ = {"APPDATA": "/users/me/roaming", "USERPROFILE": "/users/me"}
    paths = Paths.from_environ(environ, executable="/packer/packer.exe", platform="win32")
    assert paths.plugin_folders == (Path("/users/me/roaming/packer.d/plugins"),)


def test_C5_the_working_folder_is_searched_and_not_that_of_the_template(place: Place) -> None:
    """MUST: Third directory: the working folder of the packer process."""
    place.spy(place.elsewhere, "packer-builder-beside-the-template")
    place.builder(place.work, "packer-builder-x", "where I work")
    template = place.template(["x"], folder=place.elsewhere)
    assert "x: where I work" in place.run("build", str(template)).stdout
    template = place.template(["beside-the-template"], folder=place.elsewhere)
    done = place.run("build", str(template), status=1)
    assert "there is no builder: beside-the-template" in done.stdout


def test_C6_the_later_directory_wins(place: Place) -> None:
    """MUST: Directories are searched in that order, and a plugin found later takes precedence."""
    folders = {"1": place.exe, "2": place.plugins, "3": place.work}
    conflicts = ["1-2", "2-3", "1-3", "1-2-3"]
    for conflict in conflicts:
        for number in conflict.split("-"):
            name = f"packer-builder-in-{conflict}"
            place.builder(folders[number], name, f"from {number}")
    printed = place.build([f"in-{conflict}" for conflict in conflicts]).stdout
    said = dict(re.findall(r"==> in-(\S+): from (\d)", printed))
    assert said == {"1-2": "2", "2-3": "3", "1-3": "3", "1-2-3": "3"}


def test_C7_a_conflict_is_one_of_type_and_name(place: Place) -> None:
    """MUST: Only equal type and name are a conflict; others are not affected."""
    place.spy(place.exe, "packer-builder-x")
    place.spy(place.exe, "packer-provisioner-x")
    place.spy(place.exe, "packer-builder-y")
    place.spy(place.work, "packer-builder-x")
    place.spy(place.plugins, "packer-builder-y")
    found = place.found()
    assert found["builder", "x"] == str(place.work / "packer-builder-x")
    assert found["provisioner", "x"] == str(place.exe / "packer-provisioner-x")
    assert found["builder", "y"] == str(place.plugins / "packer-builder-y")


@pytest.mark.parametrize("folder", ["exe", "plugins", "work"])
def test_C8_H3_a_discovered_plugin_replaces_a_bundled_one(folder: str, place: Place) -> None:
    """H: For the page a discovered plugin beats a bundled one; in Packer 1.16 the bundled wins.

    Decision: as the page has it. From the working folder it is announced, not only logged.
    """
    path = place.builder(getattr(place, folder), "packer-builder-null", "not the real one")
    done = place.build(["null"])
    assert "null: not the real one" in done.stdout
    assert (f"{path} is used as the builder null" in done.stdout) == (folder == "work")


def test_C8_what_comes_with_core_is_lowest(place: Place) -> None:
    """CODE: Anything that is discovered takes the place of a bundled component of its name."""
    place.builder(place.exe, "packer-builder-null", "found beside packer")
    assert "null: found beside packer" in place.build(["null"]).stdout


def test_C9_only_direct_children_with_such_names_count(place: Place) -> None:
    """CODE: Folders are not searched deeper, and other files are ignored."""
    place.spy(place.work / "deeper", "packer-builder-deep")
    (place.work / "packer-builder-folder").mkdir()
    place.spy(place.work, "notes.txt")
    names = [name for _, name in place.found()]
    assert not {"deep", "folder", "notes"} & set(names)


def test_C10_a_file_that_cannot_be_executed_is_told_when_it_is_used(place: Place) -> None:
    """CODE: The name alone decides; a file without execute permission fails when it is started.

    Decision: it is found, and the error says `chmod +x`.
    """
    path = place.builder(place.work, "packer-builder-x")
    path.chmod(0o644)
    assert place.found()["builder", "x"] == str(path)
    done = place.build(["x"], status=1)
    assert f"packer-builder-x is not executable: {path}" in done.stdout
    assert f"hint: chmod +x {path}" in done.stdout
    place.build(NULL)


def test_C11_a_missing_or_unreadable_directory_is_no_error(place: Place) -> None:
    """CODE: A missing directory is nothing special; an unreadable one is logged."""
    assert not (place.root / "home/.packer.d").exists()
    place.build(NULL)
    # No mode keeps root out, but no file system takes a name as long as this.
    unreadable = str(place.root / ("x" * 300))
    log = place.build(NULL, PACKER_PLUGIN_PATH=unreadable, PACKER_LOG="1").stderr
    assert f"Cannot look for plugins in {unreadable}: File name too long" in log


def test_C12_the_executable_is_the_real_one_behind_a_link(place: Place) -> None:
    """CODE: The executable's directory is that of the file a link leads to."""
    place.builder(place.exe, "packer-builder-x", "beside the real packer")
    link = place.root / "usr-local-bin" / "packer"
    place.spy(link.parent, "packer-builder-beside-the-link")
    link.symlink_to(place.packer)
    template = str(place.template(["x"]))
    assert "beside the real packer" in place.run("build", template, program=[link]).stdout
    rows = json.loads(place.run("plugins", "list", "-json", program=[link]).stdout)["components"]
    assert "beside-the-link" not in {row["name"] for row in rows}


def test_C13_a_plugin_process_discovers_nothing(place: Place) -> None:
    """CODE: Within a plugin's process nothing is discovered."""
    place.spy(place.work, "packer-builder-spy")
    nested = [str(place.packer), "plugins", "list"]
    body = f"ui.say(subprocess.run({nested!r}, capture_output=True, text=True).stdout)"
    place.put(place.work, "packer-builder-x", script("builder", body))
    printed = place.build(["x"]).stdout
    assert re.search(r"x: builder +null .*bundled", printed)
    assert not re.search(r"x: builder +spy", printed)
    assert "no plugins are looked for" in place.build(NULL, PACKER_LOG="1", **COOKIE).stderr


def test_C14_discovery_is_logged(place: Place) -> None:
    """CODE: The log has a line for every plugin that was found, with name and path."""
    first = place.spy(place.exe, "packer-builder-x")
    second = place.spy(place.work, "packer-builder-x")
    log = place.build(NULL, PACKER_LOG="1").log
    lines = [line.split(" ", 2)[2] for line in log if "builder x" in line]
    assert lines == [
        f"Found builder x: {first} (executable folder)",
        f"Found builder x: {second} (working folder)",
    ]


def test_C15_discovery_runs_no_candidate(place: Place) -> None:
    """CODE: What is found is not run to find out more."""
    for folder in (place.exe, place.plugins, place.work):
        place.spy(folder, "packer-builder-spy")
    place.configure({"builders": {"spy": str(place.spy(place.elsewhere, "packer-builder-spy"))}})
    place.found()
    place.run("plugins", "list")
    place.build(NULL)
    assert not place.was_run


def test_H1_executables_by_name_and_installed_plugins_are_both_found(place: Place) -> None:
    """H: The page knows executables in three directories; 1.16 only versioned, installed plugins.

    Decision: both. What `packer plugins install` made is a source of its own, above the bundled
    components and below the three directories.
    """
    store = place.root / "store" / "bin"
    place.spy(store, "packer-builder-x")
    place.spy(store, "packer-builder-null")
    environ: dict[str, Any] = {"PACKER_DATA_DIR": str(store.parent)}
    assert winner(place, "x", **environ) == winner(place, "null", **environ) == str(store)
    place.spy(place.exe, "packer-builder-x")
    assert winner(place, "x", **environ) == str(place.exe)


def test_H2_the_working_folder_is_searched_unless_that_is_turned_off(place: Place) -> None:
    """H: For the page the working folder comes last and wins; 1.16 never searches it.

    Decision: as the page has it; `PACKER_NO_CWD_PLUGINS=1` turns it off. A file that somebody
    else could have written is refused by name.
    """
    place.spy(place.plugins, "packer-builder-x")
    path = place.spy(place.work, "packer-builder-x")
    assert winner(place, "x") == str(place.work)
    assert winner(place, "x", PACKER_NO_CWD_PLUGINS="0") == str(place.work)
    assert winner(place, "x", PACKER_NO_CWD_PLUGINS="1") == str(place.plugins)
    path.chmod(0o757)
    assert winner(place, "x") == str(place.plugins)
    assert f"not used: {path}: everybody may write to it" in place.run("plugins", "list").stdout
