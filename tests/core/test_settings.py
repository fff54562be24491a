from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.settings import Settings, reference, rows
from packer_sdk.records import NAMES

SOURCES = Path(__file__).parents[2] / "core/src"


def test_defaults() -> None:
    settings = Settings.from_environ({"HOME": "/root", "PACKERX": "1"})
    assert settings == Settings()
    assert {settings.source(row.name) for row in rows()} == {"default"}
    values = {row.name: getattr(settings, row.name) for row in rows()}
    on = {name: value for name, value in values.items() if value}
    assert on == {"live": True, "plugin_keepalive": 30.0, "plugin_host": True}


def test_a_value_knows_its_variable() -> None:
    settings = Settings.from_environ({"PACKER_LOG_PATH": "/tmp/log", "PACKER_LOG": "debug"})
    assert (settings.log_path, settings.log) == ("/tmp/log", "debug")
    assert settings.source("log_path") == "PACKER_LOG_PATH"
    assert settings.source("config") == "default"


def test_an_empty_variable_is_none() -> None:
    settings = Settings.from_environ({"PACKER_LOG_PATH": "", "PACKER_NO_COLOR": ""})
    assert settings == Settings()


@pytest.mark.parametrize(("text", "on"), [("1", True), ("yes", True), ("0", False)])
def test_switches_are_off_at_0(text: str, on: bool) -> None:
    assert Settings.from_environ({"PACKER_LOG_WIRE": text}).log_wire is on


@pytest.mark.parametrize("name", ["PACKER_NO_COLOR", "NO_COLOR"])
def test_any_value_means_no_colour(name: str) -> None:
    settings = Settings.from_environ({name: "0"})
    assert settings.no_color
    assert settings.source("no_color") == name


@given(st.dictionaries(st.sampled_from([v for row in rows() for v in row.variables]), st.text()))
def test_every_text_of_every_variable_can_be_read(environ: dict[str, str]) -> None:
    settings = Settings.from_environ(environ)
    for row in rows():
        chosen = settings.source(row.name)
        assert chosen == "default" or environ[chosen]


def test_every_field_but_the_sources_is_a_row() -> None:
    names = getattr(Settings, NAMES)
    assert [row.name for row in rows()] == [name for name in names if name != "sources"]


def test_the_reference_names_every_variable() -> None:
    text = reference()
    for row in rows():
        assert row.doc.endswith(".")
        assert all(f"`{variable}`" in text for variable in row.variables)


def test_every_variable_in_the_sources_is_in_the_table() -> None:
    known = {variable for row in rows() for variable in row.variables}
    mentioned = {
        name.rstrip("_")
        for path in SOURCES.rglob("*.py")
        for name in re.findall(r"\bPACKER_[A-Z_]+[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert mentioned - known - ELSEWHERE == set()


ELSEWHERE = {
    "PACKER_COMMA",  # of machine-readable output, no variable
    "PACKER_NAME",  # a manner of speaking
}
