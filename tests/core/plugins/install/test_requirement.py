from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.errors import InstallError
from packer_core.plugins.install.requirement import read_requirement

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = '[project]\nname = "packer-plugin-note"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "requirement"),
    [
        ("packer-plugin-note", "packer-plugin-note"),
        ("Packer_Plugin.Note", "Packer_Plugin.Note"),
        ("packer-plugin-note >= 0.1, < 1", "packer-plugin-note<1,>=0.1"),
        ("packer-plugin-note[ssh]==0.2", "packer-plugin-note[ssh]==0.2"),
    ],
)
def test_name_on_an_index_is_understood(text: str, requirement: str) -> None:
    wanted = read_requirement(text)
    assert (wanted.name, wanted.origin) == ("packer-plugin-note", "index")
    assert wanted.requirement == requirement
    assert wanted.arguments == (requirement,)


def test_name_at_an_address_is_understood() -> None:
    wanted = read_requirement("packer-plugin-note @ git+https://host.example/note.git")
    assert (wanted.name, wanted.origin) == ("packer-plugin-note", "url")


def test_wheel_is_understood_and_its_content_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "packer_plugin_note-0.2.0-py3-none-any.whl"
    wheel.write_bytes(b"abc")
    monkeypatch.chdir(tmp_path)
    wanted = read_requirement(wheel.name)
    assert (wanted.name, wanted.origin) == ("packer-plugin-note", "wheel")
    assert wanted.requirement == str(wheel)
    assert wanted.digest == hashlib.sha256(b"abc").hexdigest()


def test_source_archive_is_understood(tmp_path: Path) -> None:
    archive = tmp_path / "packer_plugin_note-0.2.0.tar.gz"
    archive.touch()
    assert read_requirement(str(archive)).origin == "archive"


def test_folder_is_understood_by_its_project(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    wanted = read_requirement(".")
    assert (wanted.name, wanted.origin) == ("packer-plugin-note", "folder")
    assert wanted.arguments == (str(project),)


def test_folder_is_installed_editable_on_demand(project: Path) -> None:
    wanted = read_requirement(str(project), editable=True)
    assert wanted.origin == "editable"
    assert wanted.arguments == ("--editable", str(project))


def test_only_a_folder_is_editable(tmp_path: Path) -> None:
    wheel = tmp_path / "packer_plugin_note-0.2.0-py3-none-any.whl"
    wheel.touch()
    with pytest.raises(InstallError, match="only a folder"):
        read_requirement(str(wheel), editable=True)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("packer-builder-note", "packer-builder-note"),
        ("Some_Other.Name>=2", "some-other-name"),
        ("note", "note"),
    ],
)
def test_any_distribution_may_be_a_plugin(text: str, name: str) -> None:
    assert read_requirement(text).name == name


def test_source_address_of_a_go_plugin_gives_a_hint() -> None:
    with pytest.raises(InstallError, match="no such file or folder") as caught:
        read_requirement("github.com/hashicorp/docker")
    assert caught.value.hint == "packer plugins install packer-plugin-docker"


@pytest.mark.parametrize("text", ["./gone", "/gone/x.whl", "gone.whl"])
def test_path_that_is_missing_is_told(text: str) -> None:
    with pytest.raises(InstallError, match=f"no such file or folder: {text}"):
        read_requirement(text)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "it has no pyproject.toml"),
        ("[", "not TOML"),
        ("[tool.x]\n", "the project has no name"),
        ("project = 1\n", "the project has no name"),
    ],
)
def test_folder_that_is_no_plugin_is_refused(
    content: str | None, message: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "pyproject.toml").write_text(content)
    with pytest.raises(InstallError, match=message):
        read_requirement(str(tmp_path))


@pytest.mark.parametrize("name", ["note.whl", "note.zip", "note.txt"])
def test_file_with_another_name_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InstallError, match="neither a wheel nor a source archive"):
        read_requirement(str(tmp_path / name))


@given(st.text())
def test_any_text_is_understood_or_refused_in_words(text: str) -> None:
    refused = name = ""
    try:
        name = read_requirement(text).name
    except InstallError as error:
        refused = str(error)
    assert refused or re.fullmatch(r"[a-z0-9-]+", name)


def test_requirement_is_met_by_a_version_that_it_allows() -> None:
    wanted = read_requirement("packer-plugin-note>=0.2")
    assert wanted.is_met_by("0.2.1.dev1", "packer-plugin-note")
    assert not wanted.is_met_by("0.1", "packer-plugin-note")


def test_requirement_with_extras_is_met_only_by_itself() -> None:
    wanted = read_requirement("packer-plugin-note[ssh]")
    assert wanted.is_met_by("0.2", "packer-plugin-note[ssh]")
    assert not wanted.is_met_by("0.2", "packer-plugin-note")


def test_requirement_that_is_a_folder_is_never_met(project: Path) -> None:
    assert not read_requirement(str(project)).is_met_by("0.2", str(project))
