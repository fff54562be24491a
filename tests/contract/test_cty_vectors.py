"""Values of cty as the libraries below Packer write them (protocol sections 6.3 and 7)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from helpers.ctys import RECORDED
from packer_sdk.cty import json, msgpack
from packer_sdk.cty.types import ListType, MapType, ObjectType
from packer_sdk.cty.values import UNKNOWN, Value

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type

VECTORS: list[tuple[Type, object, str]] = [
    ("string", "a", "92c40822737472696e6722a161"),
    ("number", 300, "92c408226e756d62657222cd012c"),
    ("number", Decimal("0.1"), "92c408226e756d62657222a3302e31"),
    ("string", None, "92c40822737472696e6722c0"),
    ("string", UNKNOWN, "92c40822737472696e6722d40000"),
    (ObjectType({}), {}, "92c40d5b226f626a656374222c7b7d5d80"),
    (
        ObjectType({"a": "string", "b": "bool"}),
        {"a": None, "b": True},
        (
            "92c4245b226f626a656374222c7b2261223a22737472696e67222c2262223a22626f6f6c227d5d"
            "82a161c0a162c3"
        ),
    ),
    (MapType("number"), {"k": 128}, "92c4105b226d6170222c226e756d626572225d81a16bcc80"),
    ("dynamic", None, "c0"),
    ("dynamic", UNKNOWN, "d40000"),
]


@pytest.mark.parametrize(
    ("type_", "content", "data"), VECTORS, ids=[f"7 {vector[0]}: {vector[1]}" for vector in VECTORS]
)
def test_msgpack_is_that_of_go_byte_for_byte(type_: Type, content: object, data: str) -> None:
    assert msgpack.encode(Value(type_, content)).hex() == data
    assert msgpack.decode(bytes.fromhex(data)) == Value(type_, content)


def test_section_7_what_is_known_of_an_unknown_value_is_passed_over() -> None:
    data = bytes.fromhex("92c40822737472696e6722c7030c8101c2")
    assert msgpack.decode(data) == Value("string", UNKNOWN)


def test_section_6_3_json_is_that_of_the_specification() -> None:
    data = (
        b'{"value":{"b":null,"n":3,"s":"x"},'
        b'"type":["object",{"b":"bool","n":"number","s":"string"}]}'
    )
    type_ = ObjectType({"s": "string", "b": "bool", "n": "number"})
    value = Value(type_, {"s": "x", "b": None, "n": 3})
    assert json.decode(data) == value
    assert json.encode(value) == data


OTHERWISE = {
    "float big": "Go shortens an integer that is a float in JSON; here it is exact",
    "float tenth": "a tenth is no float; Go knows that it was one, a decimal does not",
    "unknown list": "what is known of an unknown value is passed over",
    "unknown not null": "likewise",
    "unknown number": "likewise",
    "unknown refined": "likewise",
}


@pytest.mark.parametrize("name", RECORDED["values"])
def test_recorded_values_are_read_and_written_as_in_go(name: str) -> None:
    recorded = RECORDED["values"][name]
    value = msgpack.decode(bytes.fromhex(recorded["msgpack"]))
    if name not in OTHERWISE:
        assert msgpack.encode(value).hex() == recorded["msgpack"]
    if "json" in recorded and name != "float big":
        assert json.decode(recorded["json"].encode()) == value
        assert json.encode(value).decode() == recorded["json"]


def test_values_in_dynamic_slots_are_those_of_go() -> None:
    """Recorded with a schema, which is why there is no type in front."""
    type_ = ObjectType({"d": "dynamic", "e": "dynamic", "n": "dynamic"})
    content = {"d": Value("string", "x"), "e": None, "n": Value("string", None)}
    data = b'{"d":{"value":"x","type":"string"},"e":null,"n":{"value":null,"type":"string"}}'
    assert json.encode_plain(Value(type_, content)) == data
    assert json.decode_plain(data, type_) == Value(type_, content)
    packed = "83a16492c40822737472696e6722a178a165c0a16e92c40822737472696e6722c0"
    assert msgpack.encode(Value(type_, content)).hex().endswith(packed)


@pytest.mark.parametrize(
    ("text", "type_", "content"),
    [
        ('"1"', "number", 1), ("1", "string", "1"), ("true", "string", "true"),
        ('"true"', "bool", True), ('"1"', "bool", True), ('"1e5"', "number", 100_000),
        ('"+1"', "number", 1), ('".5"', "number", Decimal("0.5")),
        ('{"a":1}', ObjectType({"a": "number", "b": "string"}), {"a": 1, "b": None}),
        ("[]", ListType("dynamic"), []),
    ],
)  # fmt: skip
def test_what_go_forgives_is_forgiven(text: str, type_: Type, content: object) -> None:
    assert json.decode_plain(text.encode(), type_).content == content
