"""The bytes of protocol section 6.4, made by Packer's own libraries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_sdk.config import config, config_spec, field
from packer_sdk.wire.protobuf import decode_spec, encode_spec
from packer_sdk.wire.specs import Attr, Block, BlockList, ListType, ObjectSpec

if TYPE_CHECKING:
    from packer_sdk.wire.specs import Spec


@config
class Number:
    n: float = field(doc="x", default=0.0)


@config
class Bool:
    n: bool = field(doc="x", default=False)


@config
class Text:
    s: str = field(doc="x")


@config
class Texts:
    l: list[str] = field(doc="x", default=[])  # noqa: E741 - the vector calls it so


@config
class OneBlock:
    k: Number = field(doc="x")


@config
class Blocks:
    k: list[Bool] = field(doc="x", default=[])


@config
class Nothing:
    pass


VECTORS: list[tuple[type, Spec, str]] = [
    (Nothing, ObjectSpec(), "0a00"),
    (
        Text,
        ObjectSpec({"s": Attr("s", "string", required=True)}),
        "0a1e0a1c0a0173121712150a0173120e0a0c0a0a6374792e537472696e671801",
    ),
    (
        Texts,
        ObjectSpec({"l": Attr("l", ListType("string"))}),
        "0a200a1e0a016c121912170a016c121212100a0e0a0c0a0a6374792e537472696e67",
    ),
    (
        OneBlock,
        ObjectSpec({"k": Block("k", ObjectSpec({"n": Attr("n", "number")}), required=True)}),
        (
            "0a2e0a2c0a016b12271a250a016b10011a1e0a1c0a1a0a016e121512130a016e120e0a0c0a0a6374792e4e"
            "756d626572"
        ),
    ),
    (
        Blocks,
        ObjectSpec({"k": BlockList("k", ObjectSpec({"n": Attr("n", "bool")}))}),
        "0a2a0a280a016b122322210a016b121c0a1a0a180a016e121312110a016e120c0a0a0a086374792e426f6f6c",
    ),
]
IDS = [f"6.4 {vector[0].__name__}" for vector in VECTORS]


@pytest.mark.parametrize(("config_class", "spec", "encoded"), VECTORS, ids=IDS)
def test_config_spec_is_byte_for_byte_that_of_packer(
    config_class: type, spec: Spec, encoded: str
) -> None:
    assert config_spec(config_class).hex() == encoded
    assert encode_spec(spec).hex() == encoded
    assert decode_spec(bytes.fromhex(encoded)) == spec
