"""Schemas and values that no plugin may send, from real processes: core names who sent them.

What breaks frames and messages is in tests/chaos/test_liars.py.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.programs import component
from packer_core.paths import Paths
from packer_core.plugins.catalog import Catalog
from packer_core.plugins.datasources import looked_up
from packer_core.plugins.fleet import Fleet
from packer_core.plugins.specs import Specs
from packer_sdk.cancel import CancelToken
from packer_sdk.cty import msgpack
from packer_sdk.cty.values import Value
from packer_sdk.errors import RemoteProtocolError
from packer_sdk.records import replaced
from packer_sdk.wire import gob_specs, gob_values, protobuf
from packer_sdk.wire.forms import decode_spec
from packer_sdk.wire.specs import Attr, ObjectSpec

if TYPE_CHECKING:
    from packer_core.plugins.catalog import Component

SCRIPT = Path(__file__).parents[2] / "data" / "plugins" / "answers_bytes.py"
SPEC = ObjectSpec({"s": Attr("s", "string")})
GOB, PROTOBUF = gob_specs.encode_spec(SPEC), protobuf.encode_spec(SPEC)
VALUE = Value("string", "hi")


def program(folder: Path, kind: str, **answers: bytes) -> tuple[Component, Fleet]:
    path = folder / f"packer-{kind}-odd"
    path.write_text(f"#!{sys.executable} -I\n{SCRIPT.read_text(encoding='utf-8')}")
    path.chmod(0o755)
    spoken = json.dumps({name: data.hex() for name, data in answers.items()})
    return component(path, kind, "odd"), Fleet({**os.environ, "ANSWERS": spoken})


BROKEN_SCHEMAS = {
    "gob: cut short": (False, GOB[:-20], "config spec"),
    "gob: a message longer than all of it": (False, b"\xf8" + b"\xff" * 8 + GOB, "config spec"),
    "gob: five gigabytes of text": (
        False,
        GOB.replace(b"\x10*hcldec.AttrSpec", b"\xfb\x01\x40\x00\x00\x00*hcldec.AttrSpec"),
        "config spec",
    ),
    "gob: nothing": (False, b"", "config spec"),
    "protobuf: cut short": (True, PROTOBUF[:-3], "config spec: ends inside a field"),
    "protobuf: longer than all of it": (True, b"\x0a\xff\xff\xff\xff\x7f", "ends inside a field"),
    "protobuf: no schema": (True, b"\x10\x01", "config spec"),
    "protobuf: not even that": (True, b"\xff" * 20, "a number of more than 10 bytes"),
    "protobuf: nothing": (True, b"", "neither object, attribute nor block"),
}


@pytest.mark.parametrize("name", BROKEN_SCHEMAS)
def test_a_schema_that_cannot_be_read_names_plugin_and_call(tmp_path: Path, name: str) -> None:
    is_protobuf, data, reason = BROKEN_SCHEMAS[name]
    odd, fleet = program(tmp_path, "builder", ConfigSpec=data)
    with pytest.raises(RemoteProtocolError) as caught:
        specs_of(tmp_path, replaced(odd, protobuf=is_protobuf), fleet)
    told = str(caught.value)
    assert told.startswith("packer-builder-odd broke the protocol during ConfigSpec: ")
    assert reason in told


def specs_of(folder: Path, odd: Component, fleet: Fleet) -> ObjectSpec:
    paths = Paths.from_environ({"HOME": str(folder), "PACKER_CACHE_DIR": str(folder / "cache")})
    return Specs(Catalog([odd]), paths, lambda: fleet).config_spec("builder", "odd")


def test_fields_of_tomorrow_are_passed_over(tmp_path: Path) -> None:
    more = b"\x7a\x02hi" + b"\x78\x07" + b"\x7d1234" + b"\x7912345678"  # 15, of every wire type
    attribute = b"\x0a\x01s" + b"\x12\x0e\x0a\x0c\x0a\x0acty.String" + more
    value = bytes([0x12, len(attribute)]) + attribute + more
    entry = b"\x0a\x01s" + bytes([0x12, len(value)]) + value + more
    inside = bytes([0x0A, len(entry)]) + entry + more
    data = bytes([0x0A, len(inside)]) + inside + more
    assert decode_spec(data, protobuf=True) == SPEC
    odd, fleet = program(tmp_path, "builder", ConfigSpec=data)
    assert specs_of(tmp_path, replaced(odd, protobuf=True), fleet) == SPEC


BROKEN_VALUES = {
    "gob: cut short": (False, gob_values.encode_value(VALUE)[:-4]),
    "gob: nothing": (False, b""),
    "msgpack: cut short": (True, msgpack.encode(VALUE)[:-1]),
    "msgpack: four gigabytes of text": (True, msgpack.encode(VALUE)[:-3] + b"\xdb\xff\xff\xff\xff"),
    "msgpack: a type that is no UTF-8": (True, b"\x92\xa3[\xc4\x22\xa1b"),
    "msgpack: nothing": (True, b""),
}


@pytest.mark.parametrize("name", BROKEN_VALUES)
def test_a_value_that_cannot_be_read_names_plugin_and_call(tmp_path: Path, name: str) -> None:
    is_protobuf, data = BROKEN_VALUES[name]
    schema = PROTOBUF if is_protobuf else GOB
    odd, fleet = program(tmp_path, "datasource", OutputSpec=schema, Execute=data)
    odd = replaced(odd, protobuf=is_protobuf)
    with fleet, pytest.raises(RemoteProtocolError) as caught:
        looked_up(fleet.datasource(odd, "job"), odd, [], CancelToken())
    assert str(caught.value).startswith("packer-datasource-odd broke the protocol during Execute: ")


def test_the_schema_of_a_result_that_cannot_be_read(tmp_path: Path) -> None:
    odd, fleet = program(tmp_path, "datasource", OutputSpec=b"\xff" * 12, Execute=b"")
    with fleet, pytest.raises(RemoteProtocolError, match="odd broke the protocol during OutputSp"):
        looked_up(fleet.datasource(odd, "job"), odd, [], CancelToken())
