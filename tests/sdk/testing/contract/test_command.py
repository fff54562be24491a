"""`python -m packer_sdk conformance`, as a person or a CI calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "data" / "plugins" / "breaks_contract.py"


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "packer-plugin-broken"
    path.write_text(f"#!{sys.executable} -I\n{SOURCE.read_text(encoding='utf-8')}")
    path.chmod(0o755)
    return path


def conformance(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "packer_sdk", "conformance", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_plugin_gets_a_table_and_status_0(program: Path) -> None:
    done = conformance(
        program, "--component", "builder", "it", "--only", "version", "--only", "quiet"
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"{program} 1.0.0, api x5.0, sdk 0.1.0\n"
        "  holds  version           1.5  has a version that can be installed\n"
        "\nbuilder it\n"
        "  holds  quiet             1.4  prints one line only\n"
        "\n2 hold: this is a plugin\n"
    )


def test_what_is_required_and_does_not_hold_is_status_1(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREAK", "version")
    done = conformance(program, "--only", "version")
    assert done.returncode == 1
    assert "  FAILS  version           1.5" in done.stdout
    assert "         not X.Y.Z, X.Y.Z-dev or either with +metadata: 'v1.0'\n" in done.stdout
    assert done.stdout.endswith("\n0 hold, 1 fail: this is no plugin yet\n")


def test_what_is_well_to_have_and_does_not_hold_is_status_0(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREAK", "cancel")
    done = conformance(program, "--only", "cancel", "--component", "builder", "it")
    assert done.returncode == 0
    assert "  lacks  cancel" in done.stdout
    assert done.stdout.endswith("\n0 hold, 1 would be well to have: this is a plugin\n")


def test_json_has_a_schema_with_a_number(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAK", "version")
    done = conformance(program, "--only", "version", "--only", "handshake", "--json")
    told = json.loads(done.stdout)
    for outcome in told["outcomes"]:
        assert outcome.pop("seconds") >= 0
    assert (told["schema"], told["plugin"]) == ("packer-conformance/1", str(program))
    assert told["conforms"] is False
    assert told["counts"] == {"holds": 2, "fails": 1, "lacks": 0, "skipped": 0}
    assert told["describe"]["builders"] == ["it"]
    assert told["outcomes"][0] == {
        "check": "version",
        "component": None,
        "verdict": "fails",
        "required": True,
        "section": "1.5",
        "sentence": "has a version that can be installed",
        "detail": "not X.Y.Z, X.Y.Z-dev or either with +metadata: 'v1.0'",
    }
    assert told["outcomes"][1]["component"] == {"kind": "builder", "name": "it"}


def test_what_serves_one_component_can_be_called_anything(program: Path) -> None:
    shim = program.with_name("mine")
    shim.write_text(
        f'#!/bin/sh\n[ "$1" = describe ] && exit 1\nexec {program} start builder "$@" it\n'
    )
    shim.chmod(0o755)
    done = conformance(shim, "--component", "builder", "it", "--only", "handshake")
    assert done.returncode == 0
    assert "holds  handshake" in done.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["no-such-plugin"], "no executable of this name: no-such-plugin\n"),
        (
            ["PROGRAM", "--component", "provisioner", "it"],
            (
                "packer-plugin-broken has no provisioner it\n"
                "\nhint: it has: builder it, datasource source\n"
            ),
        ),
        (
            ["PROGRAM", "--config", "options.json"],
            "a configuration is for one component\n\nhint: add --component KIND NAME\n",
        ),
        (
            ["PROGRAM", "--component", "builder", "it", "--config", "options.json"],
            "options.json cannot be read as JSON: ",
        ),
    ],
)
def test_what_cannot_be_tried_is_status_2(words: list[str], told: str, program: Path) -> None:
    done = conformance(*(str(program) if word == "PROGRAM" else word for word in words))
    assert done.returncode == 2
    assert done.stderr.startswith(told)
    assert done.stdout == ""


def test_a_plugin_that_starts_imports_none_of_it() -> None:
    script = "import sys, packer_sdk.__main__; print('packer_sdk.testing' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout == b"False\n"
