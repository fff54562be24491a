"""Section G of the plugin page: building a plugin for every platform. See also tests/e2e."""

from __future__ import annotations

import importlib.util
import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import distlib.scripts

from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.plugins.install.shims import stage_shims
from packer_core.plugins.names import ComponentName, parse_name

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[2]


def test_G1_a_plugin_is_built_once_for_every_platform() -> None:
    """DOC: There is a recommended way to build for every platform from one computer.

    Decision: a plugin is a pure-Python wheel, `py3-none-any`; packer adds what a platform needs.
    """
    page = (ROOT / "docs/how-to/publish-a-plugin.md").read_text()
    assert "`py3-none-any`" in page
    assert "python -m build --wheel" in page
    projects = sorted((ROOT / "plugins").glob("*/pyproject.toml"))
    assert projects
    for project in projects:
        content = tomllib.loads(project.read_text())
        assert content["build-system"]["build-backend"] == "hatchling.build"
        build = content.get("tool", {}).get("hatch", {}).get("build", {})
        assert "hooks" not in build, "nothing is compiled"


def script_maker_of_windows(monkeypatch: pytest.MonkeyPatch) -> type:
    """What distlib has there: it decides when it is imported, and again for each object."""
    spec: Any = importlib.util.find_spec("distlib.scripts")
    module: Any = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        spec.loader.exec_module(module)

    class OnWindows(module.ScriptMaker):  # type: ignore[misc]  # Any, as distlib has no types
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            self._is_nt = True

    return OnWindows


def test_G2_windows_gets_executables_that_discovery_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distlib.scripts, "ScriptMaker", script_maker_of_windows(monkeypatch))
    (made,) = stage_shims(
        tmp_path / "bin",
        Path("C:/store/environments/packer-plugin-note/Scripts/python.exe"),
        "packer-plugin-note",
        [InstalledComponent("builder", "note", "packer_plugin_note.builder:NoteBuilder")],
    )
    assert made.name == "packer-builder-note.exe"
    assert made.read_bytes().startswith(b"MZ"), "a Windows program"
    assert parse_name(made.name, windows=True) == ComponentName("builder", "note")
