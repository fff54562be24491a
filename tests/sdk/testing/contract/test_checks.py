"""Each check is seen to hold, and each is seen to fail with a plugin that breaks that point."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from packer_sdk.testing import harness
from packer_sdk.testing.contract import CHECKS, Outcome, Program, Target, bench, examine
from packer_sdk.testing.contract import component_checks as checks

SOURCE = Path(__file__).parents[3] / "data" / "plugins" / "breaks_contract.py"

SAID = {
    "describe": "unknown field homepage",
    "version": "not X.Y.Z, X.Y.Z-dev or either with +metadata: 'v1.0'",
    "components": "describe names no component",
    "usage": "with the words (none) it ends as if all were well, with status 0",
    "stranger": "asked for the builder no-such-component it ends as if all were well",
    "flag": "it does not start: no handshake line; it said: usage: start KIND [--protobuf] NAME",
    "cookie": "without the cookie it ends as if all were well, with status 0",
    "handshake": "it does not start: not a plugin's first line: 'hello, I listen'",
    "opening": "it closes the main stream instead of serving it",
    "one-connection": "a second connection is taken, and stays open",
    "schema-gob": "Builder.ConfigSpec in gob: ",
    "schema-protobuf": "Builder.ConfigSpec in protobuf: ",
    "schemas-agree": "ConfigSpec: another is None in gob, and Attr(",
    "output": "Datasource.OutputSpec in gob: ",
    "prepare-empty": "its process has ended with status 3",
    "prepare-hcl": "its process has ended with status 3",
    "prepare-unknown": "an_option_that_nobody_has is let pass: no problem at all",
    "prepare-internal": "with them it says: there is no option packer_of_tomorrow",
    "prepare-again": "first no problem, the third time no such option: an_option_that_nobody_has",
    "unknown-method": "its process has ended with status 3",
    "many-calls": "of 64 calls at once, one fails: that is too much at once",
    "signals": "SIGINT ends it: ",
    "ends-connection": "it still runs after 1 s",
    "ends-stream": "it still runs after 1 s",
    "quiet": "core throws away: 'preparing...'",
    "cancel": "its process has ended with status 3",
    "ends-alone": "it still runs after 1 s",
    "run": "the work is too hard",
}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "packer-plugin-broken"
    path.write_text(f"#!{sys.executable} -I\n{SOURCE.read_text(encoding='utf-8')}")
    path.chmod(0o755)
    return path


def test_there_is_a_broken_plugin_for_every_check() -> None:
    assert sorted(SAID) == sorted(check.id for check in CHECKS)


def test_the_page_has_every_check() -> None:
    page = (SOURCE.parents[3] / "docs" / "how-to" / "check-a-plugin.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    for check in CHECKS:
        required = "" if check.required else "no"
        assert f"| `{check.id}` | {check.section} | {check.sentence} | {required} |" in rows


@pytest.mark.parametrize("broken", SAID)
def test_a_plugin_that_breaks_one_point_is_caught(
    broken: str, program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench, "END_S", 1)
    monkeypatch.setattr(harness, "EXIT_TIMEOUT_S", 1)
    monkeypatch.setattr(checks, "NEVER_S", 1)
    monkeypatch.setenv("BREAK", broken)
    [outcome] = tried(program, broken)
    assert outcome.verdict == "fails"
    assert SAID[broken] in outcome.detail


@pytest.mark.parametrize("check", [check.id for check in CHECKS if not check.slow])
def test_it_holds_otherwise(check: str, program: Path) -> None:
    [outcome] = tried(program, check)
    assert outcome.verdict == "holds", outcome.detail


def tried(program: Path, check: str) -> list[Outcome]:
    plugin = Program(str(program))
    kind, name = ("datasource", "source") if check == "output" else ("builder", "it")
    options: dict[str, object] = {"text": "x"}
    return list(examine(plugin, only=[check], target=Target(kind, name), slow=True, config=options))


def test_a_shim_of_one_component_is_examined_without_describe(program: Path) -> None:
    shim = program.with_name("packer-builder-it")
    shim.write_text(f'#!/bin/sh\nexec {program} start builder "$@" it\n')
    shim.chmod(0o755)
    outcomes = list(examine(Program(str(shim))))
    skipped = {one.check.id for one in outcomes if one.verdict == "skipped"}
    assert [one for one in outcomes if one.verdict == "fails"] == []
    assert skipped == {"describe", "version", "components", "usage", "stranger", "flag"}


def test_nothing_is_left_when_a_plugin_starts_others(program: Path) -> None:
    shim = program.with_name("packer-builder-it")
    shim.write_text(f'#!/bin/sh\nsleep 1000 &\nexec {program} start builder "$@" it\n')
    shim.chmod(0o755)
    [outcome] = examine(Program(str(shim)), only=["handshake"])
    assert outcome.verdict == "holds"  # and the guard of every test sees what is left


def test_a_line_of_three_parts_is_that_of_an_old_plugin(program: Path) -> None:
    shim = program.with_name("packer-builder-it")
    shim.write_text(f'#!/bin/sh\n{program} start builder it | sed -u "s/^5|0|/5|/"\n')
    shim.chmod(0o755)
    only = ["handshake", "schema-gob", "schema-protobuf"]
    outcomes = examine(Program(str(shim)), only=only)
    told = {one.check.id: (one.verdict, one.detail) for one in outcomes}
    assert told == {
        "handshake": ("holds", "three parts: a plugin of Packer 1.6 or older"),
        "schema-gob": ("holds", ""),
        "schema-protobuf": ("skipped", "it speaks gob alone"),
    }
