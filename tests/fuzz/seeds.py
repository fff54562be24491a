"""Where fuzzing starts from: things that are right, as the SDK writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from packer_sdk.cty import json as cty_json
from packer_sdk.cty import msgpack as cty_msgpack
from packer_sdk.cty.types import ListType, MapType, ObjectType, SetType, TupleType
from packer_sdk.cty.values import Value, value_of
from packer_sdk.wire import codec, gob, gob_numbers, gob_specs, gob_types, gob_values, protobuf
from packer_sdk.wire.frames import Flags, Frame, FrameType
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec

if TYPE_CHECKING:
    from packer_sdk.cty.types import Type

_INSIDE = ObjectSpec({"n": Attr("n", "number"), "l": Attr("l", ListType("bool"), required=True)})
SPECS = (
    ObjectSpec(),
    ObjectSpec({"s": Attr("s", "string", required=True), "m": Attr("m", MapType("string"))}),
    ObjectSpec({"b": Block("b", _INSIDE, required=True), "c": BlockList("c", _INSIDE)}),
)
TYPES: tuple[Type, ...] = (
    "string",
    "number",
    "bool",
    ListType("string"),
    SetType("number"),
    MapType(ListType("bool")),
    TupleType(("string", "number")),
    ObjectType({"a": "string", "b": ObjectType({"c": "number"})}),
)
VALUES: tuple[Value, ...] = (
    value_of("string", "hello"),
    value_of("string", None),
    value_of("number", 300),
    value_of("number", Decimal("0.1")),
    value_of("bool", True),
    value_of(ListType("string"), ["a", "b"]),
    value_of(MapType("number"), {"k": 128}),
    value_of(TupleType(("string", "bool")), ["x", None]),
    value_of(ObjectType({"a": "string", "b": "bool"}), {"a": None, "b": True}),
)
_DATA, _WINDOW, _PING, _GO = (
    FrameType.DATA,
    FrameType.WINDOW_UPDATE,
    FrameType.PING,
    FrameType.GO_AWAY,
)
FRAMES = (
    Frame(_WINDOW, Flags.ACK, 1, 0),
    Frame(_DATA, 0, 1, 4, bytes(4)),
    Frame(_WINDOW, Flags.SYN, 2, 0),
    Frame(_DATA, Flags.FIN, 2, 3, b"abc"),
    Frame(_WINDOW, Flags.RST, 3, 0),
    Frame(_PING, Flags.SYN, 0, 77),
    Frame(_PING, Flags.ACK, 0, 77),
    Frame(_GO, 0, 0, 0),
    Frame(_WINDOW, Flags.FIN, 1, 9),
)


def seeds(target: str) -> list[bytes]:
    """Inputs of a target that are worth trying first."""
    return _SEEDS[target]


_PLAIN = [value for value in VALUES if not isinstance(value.type, SetType)]
_BODIES = (None, 1, "hi", b"xy", {"Configs": [{"a": 1}, b"xy", None]}, [1.5, -1, True])
_SEEDS: dict[str, list[bytes]] = {
    "yamux": [frame.encode() for frame in FRAMES] + [b"".join(frame.encode() for frame in FRAMES)],
    "requests": [codec.encode_request("Builder.Run", 2, body) for body in _BODIES],
    "responses": [codec.encode_response("Builder.Run", 2, "", body) for body in _BODIES]
    + [codec.encode_response("Builder.Run", 2, "boom", None)],
    "finished": [gob.encode_finished(status) for status in (0, 1, 123, -1, 2300218)],
    "gob-spec": [gob_specs.encode_spec(spec) for spec in SPECS],
    "gob-type": [gob_types.encode_type(type_) for type_ in TYPES],
    "gob-value": [gob_values.encode_value(value) for value in _PLAIN],
    "gob-number": [gob_numbers.encode_number(n) for n in (0, 3, -7, Decimal("0.1"), 10**30)],
    "protobuf-spec": [protobuf.encode_spec(spec) for spec in SPECS],
    "cty-json": [cty_json.encode(value) for value in VALUES],
    "cty-msgpack": [cty_msgpack.encode(value) for value in VALUES],
    "cty-type": [cty_json.encode_type(type_) for type_ in TYPES],
    "first-line": [b"5|0|unix|/tmp/packer-plugin1", b"5|tcp|127.0.0.1:10000", b"6|1|tcp|:1"],
    "hcl": [
        b'a "b" {\n  c = [1.5, d.e[0].*.f, "x${g ~}%{if h}i%{endif}"] # j\n}\n',
        b"a = <<-E\n  x ${b}\n E\nc = {for k, v in d : k => -v... if f(v...)}\n",
    ],
    "hcl-json": [b'{"a": "x${b}\\u00e9", "b": {"t": [{"n": {}}, null]}, "//": 1.5e3}'],
}
