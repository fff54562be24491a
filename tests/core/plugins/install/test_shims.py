from __future__ import annotations

import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from packer_core.errors import InstallError
from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.plugins.install.shims import (
    is_free,
    link_shims,
    owner_of,
    remove_shims,
    stage_shims,
)

if TYPE_CHECKING:
    from pathlib import Path

    from packer_core.paths import Paths

NAME = "packer-plugin-note"
NOTE = InstalledComponent("builder", "note", "packer_plugin_note.builder:NoteBuilder")
LIST = InstalledComponent("post-processor", "note-list", "packer_plugin_note.list:Lister")


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Stands in for an environment's interpreter and tells how it is started."""
    path = tmp_path / "env" / "bin" / "python"
    return telling_python(path)


def telling_python(path: Path) -> Path:
    path.parent.mkdir(parents=True)
    # `start` is given as a module of the same name, so that the shim runs whole.
    path.write_text(
        f"#!/bin/sh\nexec {sys.executable} -S -c '"
        "import sys, types\n"
        'plugin = types.ModuleType("packer_sdk.plugin")\n'
        "plugin.start = lambda *a: print(sys.argv[1], *a) or 7\n"
        "plugin.main = lambda *a: print(sys.argv[1], *a) or 8\n"
        'sys.modules["packer_sdk"] = types.ModuleType("packer_sdk")\n'
        'sys.modules["packer_sdk.plugin"] = plugin\n'
        'exec(compile(open(sys.argv[2]).read(), sys.argv[2], "exec"), {"__name__": "__main__"})'
        '\' "$@"\n'
    )
    path.chmod(0o755)
    return path


def install(paths: Paths, python: Path, *components: InstalledComponent) -> tuple[Path, ...]:
    generation = paths.environments / NAME / "1"
    staged = stage_shims(generation / "packer-shims", python, NAME, components)
    pointer = paths.environments / NAME / "current"
    if not pointer.is_symlink():
        pointer.symlink_to("1")
    return link_shims([path.name for path in staged], paths.shims, NAME)


def run(shim: Path) -> tuple[int, str]:
    finished = subprocess.run([shim], capture_output=True, text=True, check=False)
    return finished.returncode, finished.stdout


def test_shim_starts_its_component_cut_off_from_python_settings(paths: Paths, python: Path) -> None:
    first, second = install(paths, python, NOTE, LIST)
    assert (first.name, second.name) == (
        "packer-builder-note",
        "packer-post-processor-note-list",
    )
    assert run(first) == (7, "-I builder note packer_plugin_note.builder:NoteBuilder\n")
    assert run(second) == (7, "-I post-processor note-list packer_plugin_note.list:Lister\n")


@pytest.mark.parametrize("folder", ["with a space", "x" * 150])
def test_shim_starts_from_a_folder_that_no_first_line_can_hold(
    folder: str, paths: Paths, tmp_path: Path
) -> None:
    (shim,) = install(paths, telling_python(tmp_path / folder / "python"), NOTE)
    assert run(shim)[1].startswith("-I builder note")


def test_shim_can_be_run_and_is_writable_by_its_owner_only(paths: Paths, python: Path) -> None:
    (shim,) = install(paths, python, NOTE)
    assert stat.S_IMODE(shim.stat().st_mode) == 0o755


def test_link_stays_the_same_when_another_generation_counts(paths: Paths, python: Path) -> None:
    (link,) = install(paths, python, NOTE)
    before = link.lstat()
    install(paths, python, NOTE)
    assert link.is_symlink()
    assert link.lstat().st_ino == before.st_ino


def test_link_that_leads_nowhere_still_says_whose_it_is(paths: Paths) -> None:
    (link,) = link_shims(["packer-builder-note"], paths.shims, NAME)
    assert not link.exists()
    assert owner_of(link) == NAME


def test_shim_says_whose_it_is(paths: Paths, python: Path) -> None:
    (shim,) = install(paths, python, NOTE)
    assert owner_of(shim) == NAME
    assert is_free(shim, NAME)
    assert not is_free(shim, "packer-plugin-not")


def test_shim_of_the_same_plugin_is_replaced(paths: Paths, python: Path) -> None:
    install(paths, python, NOTE)
    changed = InstalledComponent("builder", "note", "packer_plugin_note.other:Builder")
    (shim,) = install(paths, python, changed)
    assert run(shim)[1] == "-I builder note packer_plugin_note.other:Builder\n"


def test_shim_of_another_plugin_is_never_replaced(paths: Paths, python: Path) -> None:
    (shim,) = install(paths, python, NOTE)
    with pytest.raises(InstallError, match="another file in the way") as caught:
        link_shims([shim.name], paths.shims, "packer-plugin-other")
    assert caught.value.hint == f"packer plugins remove {NAME}"
    assert owner_of(shim) == NAME


@pytest.mark.parametrize("link", [False, True])
def test_file_of_somebody_else_is_never_replaced(link: bool, paths: Paths, python: Path) -> None:
    paths.shims.mkdir(parents=True)
    foreign = paths.shims / "packer-builder-note"
    if link:
        foreign.symlink_to("/gone")
    else:
        foreign.write_text("mine")
    with pytest.raises(InstallError, match="another file in the way") as caught:
        link_shims([LIST.executable, NOTE.executable], paths.shims, NAME)
    assert "move it away" in (caught.value.hint or "")
    assert [path.name for path in paths.shims.iterdir()] == [foreign.name]


def test_shims_are_removed_but_for_those_to_keep_and_those_of_others(
    paths: Paths, python: Path
) -> None:
    note, listing = install(paths, python, NOTE, LIST)
    foreign = paths.shims / "packer-builder-mine"
    foreign.write_text("mine")
    remove_shims(paths.shims, NAME, keep=[note])
    assert set(paths.shims.iterdir()) == {note, foreign}
    assert not listing.exists()
    remove_shims(paths.shims, NAME)
    assert list(paths.shims.iterdir()) == [foreign]


def test_shims_of_an_empty_store_are_removed_in_peace(paths: Paths) -> None:
    remove_shims(paths.shims, NAME)
    assert not paths.shims.exists()
