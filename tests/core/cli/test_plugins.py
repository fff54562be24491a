from __future__ import annotations

import io
import json
import stat
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.cli.commands.plugins import COMMAND
from packer_core.cli.errors import UsageError
from packer_core.errors import InstallError
from packer_core.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def app(stream: io.StringIO, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    folder = home / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with App({"HOME": str(home), "PATH": "/usr/bin:/bin"}, stream=stream) as made:
        yield made


def executable(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(stat.S_IRWXU)


def listed(app: App, stream: io.StringIO) -> list[dict[str, str]]:
    assert COMMAND.start(app, ["list", "-json"]) == 0
    rows: list[dict[str, str]] = json.loads(stream.getvalue())
    return rows


def test_list_shows_what_comes_with_packer(app: App, stream: io.StringIO) -> None:
    [row] = [r for r in listed(app, stream) if (r["kind"], r["name"]) == ("builder", "null")]
    path = row.pop("path")
    assert path == app.paths.command[0]
    assert row == {
        "kind": "builder",
        "name": "null",
        "version": VERSION,
        "plugin": "packer-plugin-bundled",
        "state": "ok",
        "source": "bundled",
    }


def test_list_aligns_its_columns(app: App, stream: io.StringIO) -> None:
    assert COMMAND.start(app, ["list"]) == 0
    lines = stream.getvalue().splitlines()
    assert lines[0].split() == ["KIND", "NAME", "VERSION", "PLUGIN", "STATE", "SOURCE"]
    for title in ("NAME", "VERSION", "STATE"):
        at = lines[0].index(title)
        assert all(line[at - 1] == " " and line[at] != " " for line in lines)


def test_installed_is_another_word_for_list(app: App, stream: io.StringIO) -> None:
    assert COMMAND.start(app, ["installed", "--json"]) == 0
    assert json.loads(stream.getvalue())


def test_list_shows_what_is_shadowed(app: App, stream: io.StringIO, home: Path) -> None:
    executable(home / ".packer.d/plugins/packer-builder-null")
    rows = [r for r in listed(app, stream) if (r["kind"], r["name"]) == ("builder", "null")]
    assert [(r["state"], r["source"], r["version"], r["plugin"]) for r in rows] == [
        ("ok", "plugin folder", "", ""),
        ("shadowed", "bundled", VERSION, "packer-plugin-bundled"),
    ]


def test_what_is_not_known_is_a_dash(app: App, stream: io.StringIO, home: Path) -> None:
    executable(home / ".packer.d/plugins/packer-builder-custom")
    COMMAND.start(app, ["list"])
    assert ["builder", "custom", "-", "-", "ok", "plugin", "folder"] in [
        line.split() for line in stream.getvalue().splitlines()
    ]


def test_list_tells_what_is_refused(app: App, stream: io.StringIO, home: Path) -> None:
    path = home / ".packer.d/plugins/packer-builder-open"
    executable(path)
    path.chmod(0o777)
    COMMAND.start(app, ["list"])
    assert f"not used: {path}" in stream.getvalue()


def test_remove_refuses_what_is_not_installed(app: App) -> None:
    with pytest.raises(InstallError, match="not installed: nope"):
        COMMAND.start(app, ["remove", "nope"])


def test_install_refuses_what_is_not_there(app: App) -> None:
    with pytest.raises(InstallError):
        COMMAND.start(app, ["install", "./no/such/folder"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["install"], "missing argument: REQUIREMENT"),
        (["install", "a", "b"], "too many arguments: b"),
        (["remove"], "missing argument: NAME"),
        (["list", "x"], "too many arguments: x"),
    ],
)
def test_arguments_are_counted(app: App, words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        COMMAND.start(app, words)
