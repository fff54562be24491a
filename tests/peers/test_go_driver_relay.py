"""A builder and a provisioner of two languages, with HashiCorp's core between."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from helpers.judges import Facts, drive

if TYPE_CHECKING:
    from pathlib import Path

MIB = 1 << 20
SIZE = 100 * MIB


@pytest.fixture(params=["go-python", "python-go", "python-python", "python-old", "old-python"])
def plugins(request: pytest.FixtureRequest) -> list[Path]:
    """A builder's executable and a provisioner's."""
    names = {"go": "go_plugin", "python": "python_plugin", "old": "old_go_plugin"}
    return [request.getfixturevalue(names[word]) for word in request.param.split("-")]


def request_of(plugin: Path, kind: str, steps: list[str]) -> dict[str, object]:
    configs = [{"hcl": {"steps": steps}}]
    return {"plugin": [str(plugin)], "kind": kind, "configs": configs, "timeout_ms": 120_000}


def test_a_hundred_mebibytes_through_the_relay(
    plugins: list[Path], go_driver: Path, tmp_path: Path
) -> None:
    builder, provisioner = plugins
    target = tmp_path / "target"
    steps = [f"put {target} {SIZE}", f"get {target}"]
    over_there = request_of(provisioner, "provisioner", steps)
    request = {**request_of(builder, "builder", ["provision"]), "provisioner": over_there}
    facts = Facts(drive(go_driver, "run", request))
    assert facts.errors == {}
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    assert facts.records("put") == [[str(SIZE), digest]]
    assert facts.records("got") == [[str(SIZE), digest]]
    assert target.stat().st_size == SIZE


def test_a_builder_and_a_provisioner_of_two_languages(
    plugins: list[Path], go_driver: Path, tmp_path: Path
) -> None:
    builder, provisioner = plugins
    inside = tmp_path / "inside"
    steps = ["run echo a; exit 4", "feed in|cat", "data", f"hold {inside}"]
    over_there = request_of(provisioner, "provisioner", steps)
    request = {
        **request_of(builder, "builder", ["provision"]),
        "provisioner": over_there,
        "cancel_when": str(inside),
    }
    facts = Facts(drive(go_driver, "run", request))
    assert facts.records("ran") == [["4", "a\n", ""], ["0", "in", ""]]
    assert facts.record("data")["ID"] == "peer-1"
    assert facts["error"] == "cancelled"
    assert facts.ended_well()
