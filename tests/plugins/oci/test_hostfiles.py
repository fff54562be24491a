from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from packer_plugin_oci.hostfiles import HostCopier, find_program
from packer_sdk import ComponentError

if TYPE_CHECKING:
    from pathlib import Path

    from packer_plugin_oci.inside import Root


def copier(root: Root, *search: object) -> HostCopier:
    return HostCopier(root, [str(folder) for folder in search], lambda: None)


def program(path: Path, text: str, mode: int = 0o755) -> Path:
    path.write_text(text)
    path.chmod(mode)
    return path


def test_lay_out_makes_what_programs_expect(root: Root) -> None:
    copier(root).lay_out()
    assert os.stat(f"{root.path}/tmp").st_mode & 0o7777 == 0o1777
    with root.open_to_read("/etc/passwd") as file:
        assert file.read().startswith(b"root:x:0:0:")
    assert os.path.islink(f"{root.path}/bin") == os.path.islink("/bin")


def test_copy_program_brings_links_loader_and_libraries(root: Root) -> None:
    copier(root).copy_program("sh")
    real = os.path.realpath("/bin/sh")
    assert os.path.isfile(root.path + real)
    assert os.path.exists(f"{root.path}/bin")
    with root.open_to_read("/bin/sh") as inside, open(real, "rb") as here:
        assert inside.read() == here.read()


def test_copy_program_of_a_script_brings_its_interpreter(root: Root, tmp_path: Path) -> None:
    program(tmp_path / "inner", "#!/bin/sh\n")
    program(tmp_path / "tool", "#!/usr/bin/env -S inner --x\n")
    copier(root, tmp_path).copy_program("tool")
    for path in (str(tmp_path / "tool"), str(tmp_path / "inner"), "/usr/bin/env", "/bin/sh"):
        root.open_to_read(path).close()


def test_copy_program_twice_is_fine_and_drops_set_user_id(root: Root, tmp_path: Path) -> None:
    path = program(tmp_path / "tool", "data", 0o4755)
    one = copier(root)
    one.copy_program(str(path))
    one.copy_program(str(path))
    assert os.stat(root.path + str(path)).st_mode & 0o7777 == 0o755
    assert os.stat(root.path + str(path)).st_mtime_ns == path.stat().st_mtime_ns


def test_copy_program_follows_a_chain_of_links(root: Root, tmp_path: Path) -> None:
    program(tmp_path / "real", "data")
    (tmp_path / "d").symlink_to(".")
    (tmp_path / "one").symlink_to("d/two")
    (tmp_path / "two").symlink_to(tmp_path / "real")
    copier(root).copy_program(str(tmp_path / "one"))
    assert os.readlink(f"{root.path}{tmp_path}/one") == "d/two"
    with root.open_to_read(str(tmp_path / "one")) as file:
        assert file.read() == b"data"


def test_copy_program_that_is_missing_names_it(root: Root) -> None:
    with pytest.raises(ComponentError, match="program not found: no-such-program"):
        copier(root).copy_program("no-such-program")


def test_find_program_prefers_the_usual_folders(tmp_path: Path) -> None:
    program(tmp_path / "sh", "")
    program(tmp_path / "mine", "")
    (tmp_path / "data").write_text("")
    assert find_program("sh", [str(tmp_path)]) == "/bin/sh"
    assert find_program("mine", ["relative", str(tmp_path)]) == f"{tmp_path}/mine"
    assert find_program("data", [str(tmp_path)]) is None
    assert find_program("./sh", []) is None
