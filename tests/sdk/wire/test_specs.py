from __future__ import annotations

from packer_sdk.cty.types import ListType, ObjectType
from packer_sdk.wire.specs import Attr, Block, BlockList, ObjectSpec, implied_type


def test_the_implied_type_has_a_part_for_every_option() -> None:
    inner = ObjectSpec({"size": Attr("size", "number", required=True)})
    spec = ObjectSpec(
        {
            "names": Attr("names", ListType("string")),
            "boot": Block("boot", inner),
            "disks": BlockList("disks", inner),
        }
    )
    disk = ObjectType({"size": "number"})
    assert implied_type(spec) == ObjectType(
        {"names": ListType("string"), "boot": disk, "disks": ListType(disk)}
    )
    assert implied_type(ObjectSpec()) == ObjectType({})
