"""The schema of a config class."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest

from packer_sdk.config import (
    Duration,
    OctalMode,
    PackerKeys,
    Secret,
    Template,
    config,
    config_spec,
    field,
)
from packer_sdk.config.schema import spec_of
from packer_sdk.wire.protobuf import decode_spec
from packer_sdk.wire.specs import Attr, Block, BlockList, ListType, MapType, ObjectSpec


class Color(StrEnum):
    RED = "red"


@config
class Disk:
    size: int = field(doc="Size.")
    label: str = field(doc="Label.", default="")


@config
class Everything(PackerKeys):
    text: str = field(doc="x")
    flag: bool = field(doc="x", default=False)
    maybe: bool | None = field(doc="x")
    whole: int = field(doc="x", default=0)
    share: float = field(doc="x", default=0.0)
    path: Path = field(doc="x")
    wait: Duration = field(doc="x", default=Duration("1s"))
    mode: OctalMode = field(doc="x", default=OctalMode("0644"))
    color: Color = field(doc="x", default=Color.RED)
    choice: Literal["a", "b"] = field(doc="x", default="a")
    password: Secret[str] = field(doc="x", default=Secret(""))
    command: Template = field(doc="x", default=Template(""))
    names: list[str] = field(doc="x", default=[])
    grid: list[list[int]] = field(doc="x", default=[])
    labels: dict[str, bool] = field(doc="x", default={})
    boot: Disk = field(doc="x")
    spare: Disk | None = field(doc="x")
    disks: list[Disk] = field(doc="x", default=[])
    from_: str = field(doc="x", alias="from", default="")


DISK = ObjectSpec({"size": Attr("size", "number", required=True), "label": Attr("label", "string")})


def test_spec_of_every_type() -> None:
    texts = ("wait", "mode", "color", "choice", "password", "command", "from")
    assert spec_of(Everything) == ObjectSpec(
        {
            "text": Attr("text", "string", required=True),
            "path": Attr("path", "string", required=True),
            "flag": Attr("flag", "bool"),
            "maybe": Attr("maybe", "bool"),
            "whole": Attr("whole", "number"),
            "share": Attr("share", "number"),
            **{name: Attr(name, "string") for name in texts},
            "names": Attr("names", ListType("string")),
            "grid": Attr("grid", ListType(ListType("number"))),
            "labels": Attr("labels", MapType("bool")),
            "boot": Block("boot", DISK, required=True),
            "spare": Block("spare", DISK),
            "disks": BlockList("disks", DISK),
        }
    )


def test_config_spec_is_the_message() -> None:
    assert decode_spec(config_spec(Everything)) == spec_of(Everything)


def test_spec_leaves_out_what_core_sends_on_its_own() -> None:
    assert config_spec(PackerKeys) == bytes.fromhex("0a00")


@config
class Endless:
    inner: list[Endless] = field(doc="x", default=[])


def test_spec_of_a_block_in_itself() -> None:
    with pytest.raises(TypeError, match="Endless: a block cannot hold itself"):
        spec_of(Endless)
