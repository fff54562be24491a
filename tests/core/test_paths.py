from __future__ import annotations

import sys
from pathlib import Path

import platformdirs
import pytest

from packer_core.paths import Paths
from packer_sdk.errors import PackerError

HOME = {"HOME": "/home/me"}
WINDOWS = {"APPDATA": "C:/Users/me/AppData/Roaming", "USERPROFILE": "C:/Users/me"}


def unix(**environ: str) -> Paths:
    return Paths.from_environ({**HOME, **environ}, executable="/opt/packer", platform="linux")


def windows(**environ: str) -> Paths:
    environ = {**WINDOWS, "PACKER_DATA_DIR": "C:/data", **environ}
    return Paths.from_environ(environ, executable="C:/packer/packer.exe", platform="win32")


def test_plugin_folder_is_that_of_the_seed_document() -> None:
    assert unix().seed_plugins == Path("/home/me/.packer.d/plugins")


def test_plugin_folder_on_windows_has_no_dot() -> None:
    assert windows().seed_plugins == Path("C:/Users/me/AppData/Roaming/packer.d/plugins")


def test_plugin_folder_of_xdg_is_searched_before_that_of_the_seed_document() -> None:
    assert unix(XDG_CONFIG_HOME="/x").plugin_folders == (
        Path("/x/packer/plugins"),
        Path("/home/me/.packer.d/plugins"),
    )


def test_plugin_folder_is_searched_once_where_both_are_the_same(tmp_path: Path) -> None:
    (tmp_path / ".packer.d").mkdir()
    paths = unix(HOME=str(tmp_path))
    assert paths.config_dir == tmp_path / ".packer.d"
    assert paths.plugin_folders == (tmp_path / ".packer.d" / "plugins",)


def test_plugin_path_replaces_every_plugin_folder() -> None:
    paths = unix(PACKER_PLUGIN_PATH="/p", PACKER_CONFIG_DIR="/c")
    assert paths.plugin_folders == (Path("/p"),)
    assert paths.seed_plugins == Path("/p")


def test_plugin_path_with_several_folders_is_refused_with_one_setting_for_each() -> None:
    with pytest.raises(PackerError, match="more than one folder: /a:/b") as caught:
        unix(PACKER_PLUGIN_PATH="/a:/b")
    assert caught.value.hint == "PACKER_PLUGIN_PATH=/a or PACKER_PLUGIN_PATH=/b"


def test_plugin_path_on_windows_may_hold_a_drive() -> None:
    assert windows(PACKER_PLUGIN_PATH="D:/p").seed_plugins.name == "p"
    with pytest.raises(PackerError, match="more than one folder"):
        windows(PACKER_PLUGIN_PATH="D:/p;E:/p")


def test_config_dir_is_the_parent_of_what_lies_in_it() -> None:
    paths = unix(PACKER_CONFIG_DIR="/c", XDG_CONFIG_HOME="/x")
    assert paths.config_dir == Path("/c/.packer.d")
    assert paths.seed_plugins == Path("/c/.packer.d/plugins")
    assert paths.config_file == Path("/c/.packerconfig")


def test_config_dir_is_xdg_where_the_home_has_none() -> None:
    assert unix().config_dir == Path("/home/me/.config/packer")
    assert unix(XDG_CONFIG_HOME="/x").config_dir == Path("/x/packer")


def test_xdg_folder_that_is_relative_is_ignored() -> None:
    assert unix(XDG_CONFIG_HOME="x").config_dir == Path("/home/me/.config/packer")


def test_config_file_is_in_the_home_unless_said_otherwise() -> None:
    assert unix().config_file == Path("/home/me/.packerconfig")
    assert unix(PACKER_CONFIG="/etc/p.json", PACKER_CONFIG_DIR="/c").config_file == Path(
        "/etc/p.json"
    )
    assert windows().config_file == Path("C:/Users/me/AppData/Roaming/packer.config")


def test_config_file_that_is_relative_belongs_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert unix(PACKER_CONFIG="p.json").config_file == tmp_path / "p.json"


def test_cache_is_where_packer_has_it() -> None:
    assert unix().cache_dir == Path("/home/me/.cache/packer")
    assert unix(XDG_CACHE_HOME="/x").cache_dir == Path("/x/packer")
    assert unix(PACKER_CACHE_DIR="/cache").cache_dir == Path("/cache")


def test_store_is_where_the_platform_keeps_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    for environ in ({}, {"XDG_DATA_HOME": "/x"}):
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        paths = Paths.from_environ({**HOME, **environ})
        assert paths.data_dir == platformdirs.user_data_path("packer")


def test_store_has_its_parts_in_one_folder() -> None:
    paths = unix(PACKER_DATA_DIR="/d")
    assert (paths.environments, paths.receipts, paths.shims, paths.locks) == (
        Path("/d/environments"),
        Path("/d/receipts"),
        Path("/d/bin"),
        Path("/d/locks"),
    )


@pytest.mark.parametrize(("platform", "name"), [("linux", "HOME"), ("win32", "USERPROFILE")])
def test_home_that_is_missing_is_told(platform: str, name: str) -> None:
    with pytest.raises(PackerError, match=f"{name} is not set") as caught:
        Paths.from_environ({}, platform=platform)
    assert caught.value.hint


def test_home_is_not_needed_where_everything_is_said(tmp_path: Path) -> None:
    environ = dict.fromkeys(
        ("PACKER_CONFIG_DIR", "PACKER_CACHE_DIR", "PACKER_DATA_DIR"), str(tmp_path)
    )
    assert Paths.from_environ(environ).data_dir == tmp_path


def test_executable_is_followed_to_the_real_file(tmp_path: Path) -> None:
    real = tmp_path / "env" / "packer"
    real.parent.mkdir()
    real.touch()
    link = tmp_path / "packer"
    link.symlink_to(real)
    paths = Paths.from_environ(HOME, executable=link)
    assert paths.executable_folder == real.parent
    assert paths.command == (str(real),)


def test_executable_is_the_running_packer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "packer"
    program.touch()
    monkeypatch.setattr(sys, "argv", [str(program), "build"])
    assert Paths.from_environ(HOME).command == (str(program),)


@pytest.mark.parametrize("program", ["pytest", "packer_core/__main__.py"])
def test_executable_is_the_interpreter_where_packer_was_not_started(
    program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / program
    path.parent.mkdir(exist_ok=True)
    path.touch()
    monkeypatch.setattr(sys, "argv", [str(path)])
    paths = Paths.from_environ(HOME)
    assert paths.command == (sys.executable, "-P", "-m", "packer_core")
    assert paths.executable_folder == Path(sys.executable).parent


def test_nothing_is_created(home: Path) -> None:
    Paths.from_environ({"HOME": str(home)})
    assert list(home.iterdir()) == []
