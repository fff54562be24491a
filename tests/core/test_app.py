from __future__ import annotations

import io
import logging
import re
import uuid
from typing import TYPE_CHECKING

import pytest

from packer_core.app import App
from packer_core.ui.machine import MachineUi
from packer_core.ui.terminal import TerminalUi

if TYPE_CHECKING:
    from pathlib import Path


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")


def test_every_run_has_a_name_of_its_own() -> None:
    first, second = (App({}).environ["PACKER_RUN_UUID"] for _ in range(2))
    assert first != second
    assert uuid.UUID(first).version == 4
    assert str(uuid.UUID(first)) == first


def test_a_run_inside_of_a_run_keeps_its_name() -> None:
    assert App({"PACKER_RUN_UUID": "x"}).environ["PACKER_RUN_UUID"] == "x"


def test_the_environment_is_a_copy() -> None:
    environ = {"A": "1"}
    App(environ, machine_readable=True)
    assert environ == {"A": "1"}


def test_children_print_no_colours_when_a_program_reads() -> None:
    assert App({}, machine_readable=True).environ["PACKER_NO_COLOR"] == "1"
    assert "PACKER_NO_COLOR" not in App({}).environ


def test_the_ui_is_made_once_for_who_reads() -> None:
    app = App({}, stream=io.StringIO())
    assert isinstance(app.ui, TerminalUi)
    assert app.ui is app.ui
    assert isinstance(App({}, stream=io.StringIO(), machine_readable=True).ui, MachineUi)


@pytest.mark.parametrize(
    ("terminal", "environ", "asked", "color"),
    [
        (True, {}, None, True),
        (False, {}, None, False),
        (False, {}, True, True),
        (True, {}, False, False),
        (True, {"PACKER_NO_COLOR": "1"}, None, False),
        (True, {"NO_COLOR": "1"}, None, False),
        (True, {"NO_COLOR": "1"}, True, True),
    ],
)
def test_colour(terminal: bool, environ: dict[str, str], asked: bool | None, color: bool) -> None:
    app = App(environ, stream=Terminal() if terminal else io.StringIO())
    assert app.wants_color(asked) is color
    assert app.color is color


def test_programs_get_no_colour_whatever_is_asked() -> None:
    assert not App({}, stream=Terminal(), machine_readable=True).wants_color(True)


def test_a_short_secret_is_told_to_the_user() -> None:
    stream = io.StringIO()
    App({}, stream=stream).secrets.register("x")
    assert "It is not masked" in stream.getvalue()


def test_the_log_gets_what_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "log"
    stream = io.StringIO()
    with App({"PACKER_LOG_PATH": str(path)}, stream=stream) as app:
        app.start_log()
        app.secrets.register("hunter2")
        app.ui.say("it is hunter2")
        logging.getLogger("x").info("really, hunter2")
    assert stream.getvalue() == "it is <sensitive>\n"
    assert re.search(r"ui: it is <sensitive>\n.* really, <sensitive>\n$", path.read_text())


def test_the_log_ends_with_the_app(tmp_path: Path) -> None:
    handlers = list(logging.getLogger().handlers)
    with App({"PACKER_LOG_PATH": str(tmp_path / "log")}) as app:
        app.start_log()
    assert logging.getLogger().handlers == handlers


def test_tokens_are_made_once() -> None:
    app = App({})
    assert app.cancel is app.cancel
    assert app.abort is app.abort
    assert app.cancel is not app.abort


def test_discover_tells_what_is_surprising(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "packer-builder-null"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    stream = io.StringIO()
    catalog = App({"HOME": str(home)}, stream=stream).discover()
    assert catalog.find("builder", "null").source == "working folder"
    assert str(path) in stream.getvalue()


def test_extensions_are_made_once() -> None:
    app = App({})
    assert app.extensions is app.extensions


def test_extensions_bring_components_that_anything_else_beats(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    info = tmp_path / "packer_brought-1.0.dist-info"
    info.mkdir()
    (info / "entry_points.txt").write_text("[packer.extensions]\nbrought = packer_brought\n")
    (tmp_path / "packer_brought.py").write_text(
        "from pathlib import Path\n"
        "from packer_core.extensions import hookimpl\n"
        "from packer_core.plugins.catalog import Component\n"
        "@hookimpl\n"
        "def packer_component_sources(app):\n"
        "    return [Component(kind='builder', name=name, argv=('x',), source='bundled',\n"
        "            path=Path('/brought')) for name in ('null', 'brought')]\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    app = App({"HOME": str(home)})
    assert app.extended
    assert app.catalog.find("builder", "brought").path.name == "brought"
    assert app.catalog.find("builder", "null").argv[:-2] == app.paths.command


def test_without_extensions_pluggy_is_not_needed() -> None:
    assert not App({}).extended
