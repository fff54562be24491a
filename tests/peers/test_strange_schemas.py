"""Schemas that no generator writes: what HashiCorp's core makes of them, and ours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from helpers.judges import Pair
from helpers.our_core import Machine
from packer_sdk.cty.types import SetType, TupleType
from packer_sdk.errors import PackerError
from packer_sdk.wire.forms import decode_spec
from packer_sdk.wire.specs import Attr

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.our_core import Core, Judges

GO = pytest.mark.parametrize("core", ["go-protobuf", "go-gob", "old-gob"], indirect=True)


@pytest.mark.parametrize("protobuf", [True, False], ids=["protobuf", "gob"])
def test_an_argument_goes_by_the_name_in_its_schema(
    go_driver: Path, go_plugin: Path, *, protobuf: bool
) -> None:
    """And its value by the key."""
    pair = Pair(go_driver, go_plugin, "go", protobuf=protobuf)
    options = {"told": "x", "steps": ["options"]}
    facts = pair.run(hcl=options, environ={"PEER_SPEC": "renamed"})
    assert facts.errors == {}
    assert facts.record("options")["text"] == "x"


@pytest.mark.parametrize("name", ["go", "old"])
def test_an_argument_goes_by_the_name_in_its_schema_here(
    judges: Judges, name: str, tmp_path: Path
) -> None:
    text = f"""
        source "{name}" "box" {{
          told     = "x"
          artifact = "a"
          steps    = ["options"]
        }}
        build {{
          sources = ["source.{name}.box"]
        }}
        """
    (tmp_path / "t.pkr.hcl").write_text(text)
    cache = str(tmp_path / "cache")
    machine = Machine(judges, tmp_path)
    words = ("-machine-readable", "build", "t.pkr.hcl")
    said = machine.packer(*words, PEER_SPEC="renamed", PACKER_CACHE_DIR=cache)
    (line,) = (line for line in said.splitlines() if ",options," in line)
    told = line.partition(",options,")[2].replace("%!(PACKER_COMMA)", ",")
    assert json.loads(told)["text"] == "x"


@GO
@pytest.mark.parametrize("kind", ["set", "tuple"])
def test_sets_and_tuples_travel_in_gob_alone(core: Core, kind: str) -> None:
    with core.another(PEER_SPEC=kind) as other:
        face = other.face("builder")
        if core.protobuf:
            with pytest.raises(PackerError, match=r"unsupported cty\.Type"):
                face.config_spec()
            return
        strange = decode_spec(face.config_spec(), protobuf=False).attributes["strange"]
    assert isinstance(strange, Attr)
    assert (
        strange.type == {"set": SetType("string"), "tuple": TupleType(["string", "number"])}[kind]
    )


@GO
def test_blocks_of_any_arguments_are_refused(core: Core) -> None:
    """By Go in protobuf; in gob, where HashiCorp's SDK could send them, by us."""
    with core.another(PEER_SPEC="pairs") as other:
        face = other.face("builder")
        with pytest.raises(PackerError, match="BlockAttrsSpec"):
            decode_spec(face.config_spec(), protobuf=core.protobuf)
