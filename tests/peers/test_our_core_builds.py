"""`packer build` with plugins in Go and in Python in one template."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from helpers.our_core import Machine

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.our_core import Judges

NAMES = ("go", "old", "python")
MIB = 1 << 20


@pytest.fixture
def machine(judges: Judges, tmp_path: Path) -> Machine:
    return Machine(judges, tmp_path)


def template(builder: str, provisioner: str, post_processor: str) -> dict[str, Any]:
    return {
        "variables": {"password": "hunter22"},
        "sensitive-variables": ["password"],
        "builders": [
            {
                "type": builder,
                "artifact": "image-1",
                "text": "{{user `password`}}",
                "number": 7,
                "inner": {"name": "n", "deep": [{"on": True}]},
                "steps": ["say builder here, {{user `password`}}", "provision"],
            }
        ],
        "provisioners": [
            {"type": provisioner, "steps": ["data", "stream echo $((6*7))"]},
            {"type": "shell-local", "inline": ["echo local"]},
        ],
        "post-processors": [
            {
                "type": post_processor,
                "steps": ["artifact"],
                "artifact": "image-2",
                "keep_input_artifact": True,
            }
        ],
    }


@pytest.mark.parametrize(
    ("builder", "provisioner", "post_processor"), list(itertools.permutations(NAMES))
)
def test_plugins_of_all_sorts_build_together(
    machine: Machine, builder: str, provisioner: str, post_processor: str
) -> None:
    said = machine.build(template(builder, provisioner, post_processor))
    assert f"{builder}: builder here, <sensitive>" in said
    assert f"{builder}: 42" in said
    assert f"{builder}: local" in said
    assert "hunter22" not in said
    assert "Artifact: image-1" in said
    assert "Artifact: image-2" in said


def test_one_old_plugin_makes_no_other_speak_gob(machine: Machine) -> None:
    log = machine.folder / "log"
    machine.build(template("go", "old", "python"), PACKER_LOG_PATH=str(log), PACKER_EVENTS="e.json")
    started = {}
    for line in (machine.folder / "e.json").read_text().splitlines():
        event = json.loads(line)
        if event["type"] == "component-started":
            started[event["name"]] = event["argv"]
    assert "--protobuf" in started["go"]
    assert "--protobuf" in started["python"]
    assert "--protobuf" not in started["old"]


def test_gob_can_be_forced_upon_all(machine: Machine) -> None:
    said = machine.build(template("go", "python", "old"), PACKER_FORCE_GOB="1")
    assert "Artifact: image-2" in said


@pytest.mark.parametrize(("builder", "provisioner"), [("python", "go"), ("go", "python")])
def test_a_hundred_mebibytes_go_through_core(
    machine: Machine, builder: str, provisioner: str
) -> None:
    path = machine.folder / "big"
    machine.build(
        {
            "builders": [{"type": builder, "steps": ["provision"]}],
            "provisioners": [
                {"type": provisioner, "steps": [f"put {path} {100 * MIB}", f"get {path}"]}
            ],
        }
    )
    assert path.stat().st_size == 100 * MIB


@pytest.mark.parametrize("name", NAMES)
def test_a_plugin_that_dies_fails_its_build_and_no_other(machine: Machine, name: str) -> None:
    said = machine.build(
        {
            "builders": [
                {"type": name, "name": "dead", "steps": ["kill"]},
                {"type": name, "name": "alive", "artifact": "image-1"},
            ]
        },
        status=1,
    )
    assert "killed by SIGKILL" in said
    assert "alive: Artifact: image-1" in said


@pytest.mark.parametrize("name", NAMES)
def test_what_a_plugin_refuses_stands_in_the_answer(machine: Machine, name: str) -> None:
    path = machine.folder / "t.json"
    path.write_text(json.dumps({"builders": [{"type": name, "nokey": 1}]}))
    said = machine.packer("validate", str(path), status=1)
    assert "nokey" in said


def test_the_list_shows_them(machine: Machine) -> None:
    rows = json.loads(machine.packer("plugins", "list", "-json"))["components"]
    found = {(row["name"], row["version"], row["state"]) for row in rows if "judge" in row["path"]}
    assert {("go", "1.2.3", "ok"), ("old", "1.2.3", "ok"), ("python-twin", "1.2.3", "ok")} <= found
    installed = machine.packer("plugins", "installed").splitlines()
    assert len(installed) == 3


MIXED = """\
packer {
  required_plugins {
    go     = { source = "example.org/judge/go", version = ">= 1.2" }
    python = { source = "example.org/judge/python", version = "~> 1.0" }
  }
}

variable "password" {
  type      = string
  default   = "hunter22"
  sensitive = true
}

data "go" "one" {
  text  = "from go"
  words = ["a", "b"]
}

data "python" "two" {
  text   = data.go.one.text
  number = 7
}

data "old-nested" "three" {
  inner {
    name = data.python.two.text
  }
}

source "BUILDER" "box" {
  artifact = "image-1"
  text     = var.password
  number   = data.python.two.number
  words    = data.go.one.words
  inner {
    name = data.old-nested.three.inner.name
    deep {
      on = true
    }
  }
  item {
    name = "first"
  }
  steps = ["options", "say ${join("-", data.go.one.words)} ${var.password}", "provision"]
}

build {
  sources = ["source.BUILDER.box"]

  provisioner "PROVISIONER" {
    text  = build.PeerText
    steps = ["say number ${build.PeerNumber}", "stream echo ${data.old-nested.three.inner.name}"]
  }

  post-processor "POST-PROCESSOR" {
    artifact = "image-2"
    steps    = ["artifact"]
  }
}
"""


@pytest.mark.parametrize(
    ("builder", "provisioner", "post_processor"),
    [("go", "python", "old"), ("python", "old", "go"), ("old", "go", "python")],
)
def test_a_template_in_hcl_mixes_them_with_their_data_sources(
    machine: Machine, builder: str, provisioner: str, post_processor: str
) -> None:
    text = MIXED.replace("POST-PROCESSOR", post_processor)
    text = text.replace("PROVISIONER", provisioner).replace("BUILDER", builder)
    path = machine.folder / "t.pkr.hcl"
    path.write_text(text)
    assert "valid" in machine.packer("validate", str(path))
    said = machine.packer("build", "-color=false", str(path))
    assert f"{builder}.box: a-b <sensitive>" in said
    assert f"{builder}.box: number 7" in said
    assert f"{builder}.box: from go" in said
    assert "hunter22" not in said
    assert "Artifact: image-2" in said
