from __future__ import annotations

import io
import json
import stat
from typing import TYPE_CHECKING

import pytest

from helpers.binaries import Shelf, description
from packer_core.app import App
from packer_core.cli.commands.plugins import COMMAND, export
from packer_core.cli.commands.plugins.shared import binaries
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
    content = json.loads(stream.getvalue())
    assert content["format"] == 1
    rows: list[dict[str, str]] = content["components"]
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


@pytest.fixture
def shelf(app: App) -> Shelf:
    return Shelf(app.paths.plugin_folders[0])


def test_installed_prints_the_path_of_every_binary(
    app: App, stream: io.StringIO, shelf: Shelf
) -> None:
    assert COMMAND.start(app, ["installed"]) == 0
    assert stream.getvalue() == ""
    paths = [shelf.put(version=version) for version in ("1.0.0", "1.1.0")]
    shelf.put(version="1.2.0", checksum="0" * 64)
    says = description("1.3.0", api_version="x6.1")
    paths.append(shelf.put(version="1.3.0", api="x6.1", says=says))
    assert COMMAND.start(app, ["installed"]) == 0
    assert stream.getvalue().splitlines() == [str(path) for path in paths]


def test_list_shows_binaries_and_why_one_does_not_count(
    app: App, stream: io.StringIO, shelf: Shelf
) -> None:
    shelf.put()
    bad = shelf.put("bad", folder="a/b/bad", checksum=None)
    assert COMMAND.start(app, ["list"]) == 0
    lines = stream.getvalue().splitlines()
    assert ["builder", "cloud", "1.0.0", "packer-plugin-cloud", "ok", "plugin", "binary"] in [
        line.split() for line in lines
    ]
    assert lines[-1].startswith(f"not used: {bad}: there is no checksum beside it")


def test_install_of_a_path_puts_a_binary_where_it_is_found(
    app: App, stream: io.StringIO, shelf: Shelf, tmp_path: Path
) -> None:
    built = Shelf(tmp_path / "built").put().rename(tmp_path / "build-output")
    address = "example.com/maker/cloud"
    assert COMMAND.start(app, ["install", "--path", str(built), address]) == 0
    (path,) = (one.candidate.path for one in binaries(app).installed())
    assert path.parent == shelf.root / address
    assert stream.getvalue() == f"Installed {address} as {path}\n"
    with pytest.raises(InstallError, match=r"no such plugin: example.com/maker/cloud >= 2"):
        COMMAND.start(app, ["remove", address, ">= 2"])


def test_remove_prints_what_it_removes(app: App, stream: io.StringIO, shelf: Shelf) -> None:
    old, new = (shelf.put(version=version) for version in ("1.0.0", "2.0.0"))
    says = description("1.1.0", api_version="x5.7")
    foreign = shelf.put(version="1.1.0", api="x5.7", says=says)
    address = "github.com/maker/cloud"
    assert COMMAND.start(app, ["remove", address, "< 2"]) == 0
    assert stream.getvalue() == f"{old}\n{foreign}\n"
    assert COMMAND.start(app, ["remove", str(new)]) == 0
    assert list(shelf.root.iterdir()) == []


def test_export_takes_its_flag_on_either_side() -> None:
    wanted = export.ExportOptions(name="note", to="there")
    for words in (["note", "--to", "there"], ["note", "-to=there"], ["-to", "there", "note"]):
        assert export.COMMAND.parse(words) == wanted
    with pytest.raises(UsageError):
        export.COMMAND.parse(["note", "memo", "--to", "there"])


def test_only_what_is_installed_is_exported(app: App) -> None:
    with pytest.raises(InstallError, match="not installed: note"):
        COMMAND.start(app, ["export", "note"])


def test_what_does_not_go_together_is_refused(app: App) -> None:
    for words in (["install", "-path", "x", "-editable", "a/b/c"], ["remove", "note", "1.0"]):
        with pytest.raises(UsageError):
            COMMAND.start(app, words)


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
        (["install", "a", "-force"], "flag behind an argument: -force"),
        (["remove"], "missing argument: NAME"),
        (["list", "x"], "too many arguments: x"),
    ],
)
def test_arguments_are_counted(app: App, words: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        COMMAND.start(app, words)
