from __future__ import annotations

import pytest

from packer_sdk.cty.types import ObjectType, SetType
from packer_sdk.cty.values import Value, value_of
from packer_sdk.errors import LocalProtocolError, RemoteProtocolError
from packer_sdk.wire import protobuf
from packer_sdk.wire.forms import decode_spec, decode_value, encode_spec, encode_value
from packer_sdk.wire.specs import Attr, Block, BlockList, ListType, MapType, ObjectSpec

DISK = ObjectSpec({"size": Attr("size", "number", required=True)})
SPEC = ObjectSpec(
    {
        "text": Attr("text", "string", required=True),
        "lists": Attr("lists", ListType(MapType("bool"))),
        "boot": Block("boot", DISK, required=True),
        "disks": BlockList("disks", ObjectSpec({"parts": BlockList("parts", DISK)})),
    }
)


def test_both_forms_say_the_same() -> None:
    forms = {flag: encode_spec(SPEC, protobuf=flag) for flag in (True, False)}
    assert forms[True] != forms[False]
    assert [decode_spec(data, protobuf=flag) for flag, data in forms.items()] == [SPEC, SPEC]
    value = value_of(ObjectType({"a": "string", "n": "number"}), {"n": 7})
    for flag in (True, False):
        assert decode_value(encode_value(value, protobuf=flag), protobuf=flag) == value


@pytest.mark.parametrize("asked", [True, False])
def test_the_other_form_is_refused(asked: bool) -> None:
    spec = encode_spec(SPEC, protobuf=not asked)
    with pytest.raises(RemoteProtocolError):
        decode_spec(spec, protobuf=asked)
    value = encode_value(Value("string", "x"), protobuf=not asked)
    with pytest.raises(RemoteProtocolError):
        decode_value(value, protobuf=asked)


def test_a_schema_that_is_no_object_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="not an object but Attr"):
        decode_spec(protobuf.encode_spec(Attr("a", "bool")), protobuf=True)


def test_a_type_protobuf_has_no_words_for_is_our_mistake() -> None:
    spec = ObjectSpec({"a": Attr("a", SetType("string"))})
    with pytest.raises(LocalProtocolError, match=r"no attribute can be of type set\(string\)"):
        encode_spec(spec, protobuf=True)
    assert decode_spec(encode_spec(spec, protobuf=False), protobuf=False) == spec
