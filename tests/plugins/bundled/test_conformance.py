from __future__ import annotations

import sys
from pathlib import Path

import pytest

from packer_sdk.testing.contract import Outcome, Program, Target, examine

PATH = str(Path(sys.executable).with_name("packer-plugin-bundled"))
COMPONENTS = [
    "builder file",
    "builder null",
    "provisioner breakpoint",
    "provisioner file",
    "provisioner shell",
    "provisioner shell-local",
    "provisioner sleep",
    "post-processor artifice",
    "post-processor checksum",
    "post-processor compress",
    "post-processor manifest",
    "post-processor shell-local",
    "datasource http",
    "datasource null",
]


@pytest.fixture(scope="module")
def program() -> Program:
    return Program(PATH)


def test_these_are_the_components(program: Program) -> None:
    assert {str(target) for target in program.targets} >= {*COMPONENTS}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_keeps_the_contract(program: Program, name: str) -> None:
    kind, _, short = name.partition(" ")
    outcomes = list(examine(program, target=Target(kind, short)))
    assert len(outcomes) > 20
    assert [outcome for outcome in outcomes if outcome.verdict != "holds"] == []


WORK: dict[str, tuple[dict[str, object], str]] = {
    "builder file": ({"target": "made", "content": "x"}, "Stored file: made"),
    "builder null": ({"communicator": "none"}, "packer_provision"),
    "provisioner shell": ({"inline": ["echo hello"]}, "it said "),
    "provisioner file": ({"content": "x", "destination": "there"}, "it said "),
    "post-processor checksum": ({"output": "sums"}, "(id "),
    "datasource null": ({"input": "x"}, "its value is {'output': 'x'}"),
}


def working(program: Program, name: str, config: dict[str, object], *files: str) -> Outcome:
    kind, _, short = name.partition(" ")
    target = Target(kind, short)
    [outcome] = examine(program, only=["run"], target=target, config=config, files=files)
    return outcome


@pytest.mark.parametrize("name", WORK)
def test_a_component_does_its_work(
    program: Program, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("given").write_text("x")
    config, told = WORK[name]
    outcome = working(program, name, config, "given")
    assert (outcome.verdict, told in outcome.detail) == ("holds", True), outcome.detail


def test_work_that_fails_is_told(program: Program, tmp_path: Path) -> None:
    options: dict[str, object] = {"inline": ["exit 3"]}
    outcome = working(program, "provisioner shell", options)
    assert outcome.refuses
    assert "3" in outcome.detail
