"""Schemas and values in gob as Go writes them, and as it reads them (protocol section 8.6)."""

from __future__ import annotations

import pytest

from helpers.ctys import RECORDED
from packer_sdk.cty import msgpack
from packer_sdk.cty.types import from_tree
from packer_sdk.cty.values import Value
from packer_sdk.errors import RemoteProtocolError
from packer_sdk.wire.gob_numbers import decode_number, encode_number
from packer_sdk.wire.gob_specs import decode_spec, encode_spec
from packer_sdk.wire.gob_types import decode_type, encode_type
from packer_sdk.wire.gob_values import decode_value, encode_value
from packer_sdk.wire.specs import Attr, ObjectSpec, implied_type

OPTIONAL_BY_GO = (
    "197f0401010a4f626a6563745370656301ff8000010c011000004dff8000010173102a68636c6465632e4174747253"
    "706563ff8103010108417474725370656301ff8200010301044e616d65010c0001045479706501ff84000108526571"
    "75697265640102000000"
    "10ff83050101045479706501ff84000000ff92ff82ff8e01017301ff872aff8503010107676f625479706501ff8600"
    "0102010756657273696f6e0104000104496d706c011000000053ff86022b6769746875622e636f6d2f7a636c636f6e"
    "662f676f2d6374792f6374792e7072696d697469766554797065ff870301010d7072696d6974697665547970"
    "6501ff8800010101044b696e64010600000007ff88030153000000"
)
EMPTY_BY_GO = "197f0401010a4f626a6563745370656301ff8000010c0110000004ff800000"

STRING_TYPE = (
    "2aff8b03010107676f625479706501ff8c000102010756657273696f6e0104000104496d706c011000000024ff8d03"
    "01010d7072696d69746976655479706501ff8e00010101044b696e64010600000036ff8c022b6769746875622e636f"
    "6d2f7a636c636f6e662f676f2d6374792f6374792e7072696d697469766554797065ff8e0301530000"
)
REQUIRED_ACCEPTED = (
    "1aff810401010a4f626a6563745370656301ff8200010c0110000036ff8303010108417474725370656301ff840001"
    "0301044e616d65010c0001045479706501ff860001085265717569726564010200000010ff85050101045479706501"
    "ff860000003cff8703010109426c6f636b5370656301ff880001030108547970654e616d65010c0001064e65737465"
    "640110000108526571756972656401020000004dff890301010d426c6f636b4c6973745370656301ff8a0001040108"
    "547970654e616d65010c0001064e657374656401100001084d696e4974656d7301040001084d61784974656d730104"
    "000000ffabff8200010173102a68636c6465632e4174747253706563ff84ff9001017301ff87" + STRING_TYPE
    + "010100"
)  # fmt: skip
HI_ACCEPTED = (
    "11ff810501010556616c756501ff82000000fe010cff8200fe010630ff9f03010108676f6256616c756501ffa00001"
    "03010756657273696f6e0104000102547901ff8600010156011000000010ff85050101045479706501ff860000000a"
    "ffa1050102ffa20000000effa3040102ffa400010c011000000cffa5020102ffa60001100000ff9bffa002ff87"
    + STRING_TYPE + "0106737472696e670c040002686900"
)  # fmt: skip


def test_section_8_6_a_schema_of_go_is_read() -> None:
    spec = ObjectSpec({"s": Attr("s", "string")})
    assert decode_spec(bytes.fromhex(OPTIONAL_BY_GO)) == spec
    assert decode_spec(bytes.fromhex(EMPTY_BY_GO)) == ObjectSpec()


def test_section_8_6_a_schema_is_written_in_the_form_that_go_has_read() -> None:
    spec = ObjectSpec({"s": Attr("s", "string", required=True)})
    assert encode_spec(spec).hex() == REQUIRED_ACCEPTED
    assert decode_spec(bytes.fromhex(REQUIRED_ACCEPTED)) == spec


def test_section_8_4_a_type_is_written_in_the_form_that_go_has_read() -> None:
    assert encode_type("string").hex() == STRING_TYPE
    assert decode_type(bytes.fromhex(STRING_TYPE)) == "string"


def test_section_8_5_a_value_is_written_in_the_form_that_go_has_read() -> None:
    assert encode_value(Value("string", "hi")).hex() == HI_ACCEPTED
    assert decode_value(bytes.fromhex(HI_ACCEPTED)) == Value("string", "hi")


@pytest.mark.parametrize(
    ("number", "data"),
    [
        (3, "010a0000020000000002c000000000000000"),
        (-7, "010b0000020000000003e000000000000000"),
        (0, "010800000200"),
    ],
    ids="8.5 {}".format,
)
def test_a_number_has_the_bytes_of_go(number: int, data: str) -> None:
    assert encode_number(number).hex() == data
    assert decode_number(bytes.fromhex(data)) == number


@pytest.mark.parametrize("name", [name for name in RECORDED["specs"] if name != "attrs"])
def test_recorded_schemas_are_read(name: str) -> None:
    recorded = RECORDED["specs"][name]
    spec = decode_spec(bytes.fromhex(recorded["gob"]))
    assert implied_type(spec) == from_tree(recorded["type"])
    assert decode_spec(encode_spec(spec)) == spec


def test_a_schema_with_what_no_generator_makes_is_refused_by_name() -> None:
    with pytest.raises(RemoteProtocolError, match=r"spec\.x: .* not know: \*hcldec.BlockAttrsSpec"):
        decode_spec(bytes.fromhex(RECORDED["specs"]["attrs"]["gob"]))


WRITTEN = {
    name: recorded
    for name, recorded in RECORDED["values"].items()
    if not recorded["gob"].startswith("error: ")
}


@pytest.mark.parametrize("name", WRITTEN)
def test_recorded_values_are_read(name: str) -> None:
    recorded = WRITTEN[name]
    value = decode_value(bytes.fromhex(recorded["gob"]))
    assert value == msgpack.decode(bytes.fromhex(recorded["msgpack"]))
    if name != "set":
        assert decode_value(encode_value(value)) == value


@pytest.mark.parametrize("name", ["tenth", "small", "long", "big"])
def test_numbers_that_cty_has_parsed_have_the_bytes_of_go(name: str) -> None:
    value = msgpack.decode(bytes.fromhex(WRITTEN[name]["msgpack"]))
    assert encode_value(value).hex()[-60:] == WRITTEN[name]["gob"][-60:]
