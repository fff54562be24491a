"""Schemas and values that cannot be read, in templates of HCL: the other build goes on."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chaos.test_liars import ended_within_memory
from packer_sdk.cty import msgpack
from packer_sdk.cty.values import Value
from packer_sdk.wire import gob_specs, gob_values
from packer_sdk.wire.specs import Attr, ObjectSpec

if TYPE_CHECKING:
    from chaos.conftest import Arena

SCRIPT = Path(__file__).parents[1] / "data" / "plugins" / "answers_bytes.py"
GOB = gob_specs.encode_spec(ObjectSpec({"s": Attr("s", "string")}))
RESULT = gob_values.encode_value(Value("string", "hi"))
BUILDS = """
source "odd" "broken" {}
source "null" "healthy" {
  communicator = "none"
}
build {
  sources = ["source.odd.broken", "source.null.healthy"]
}
"""
LOOKUP = """
data "odd" "broken" {}
source "null" "healthy" {
  communicator = "none"
}
build {
  sources = ["source.null.healthy"]
}
"""
FIVE_GIGABYTES = b"\xfb\x01\x40\x00\x00\x00"
SCHEMAS = {
    "cut short": (GOB[:-20], "bytes announced, [0-9]+ there"),
    "longer than all of it": (b"\xf8" + b"\xff" * 8 + GOB, "bytes announced, [0-9]+ there"),
    "five gigabytes of text": (
        GOB.replace(b"\x10*hcldec.AttrSpec", FIVE_GIGABYTES + b"*hcldec.AttrSpec"),
        "5368709120 bytes announced",
    ),
    "of another language": (b"\x0a\x00", "config spec: gob"),
    "nothing": (b"", "config spec: gob"),
}
RESULTS = {
    "cut short": RESULT[:-4],
    "longer than all of it": b"\xf8" + b"\xff" * 8 + RESULT,
    "of another language": msgpack.encode(Value("string", "hi")),
    "nothing": b"",
}


def packer_said(arena: Arena, template: str, kind: str, **answers: bytes) -> tuple[int, str]:
    program = arena.folder.parent / "plugins" / f"packer-{kind}-odd"
    program.write_text(f"#!{sys.executable} -I\n{SCRIPT.read_text(encoding='utf-8')}")
    program.chmod(0o755)
    (arena.folder / "template.pkr.hcl").write_text(template)
    told = json.dumps({name: data.hex() for name, data in answers.items()})
    run = arena.start("build", "template.pkr.hcl", more={"ANSWERS": told})
    ended = ended_within_memory(run)
    arena.assert_nothing_left()
    assert "this is a bug in Packer" not in ended.text
    return ended.status, ended.text


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_that_cannot_be_read_costs_its_own_build(arena: Arena, name: str) -> None:
    data, reason = SCHEMAS[name]
    status, text = packer_said(arena, BUILDS, "builder", ConfigSpec=data)
    assert status == 1
    assert re.search(f"packer-builder-odd broke the protocol during ConfigSpec: .*{reason}", text)
    assert "Not built because of that: odd.broken" in text
    assert "Build 'null.healthy' finished" in text


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_that_cannot_be_read_is_told_at_its_place(arena: Arena, name: str) -> None:
    answers = {"ConfigSpec": GOB, "OutputSpec": GOB, "Execute": RESULTS[name]}
    status, text = packer_said(arena, LOOKUP, "datasource", **answers)
    assert status == 1
    assert "packer-datasource-odd broke the protocol during Execute: gob of cty.Value" in text
    assert " --> template.pkr.hcl:2:1\n" in text
