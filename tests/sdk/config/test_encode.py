"""From a config object back to what a template could have held."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_sdk.config import (
    Duration,
    OctalMode,
    PackerKeys,
    Secret,
    Template,
    config,
    decode_config,
    field,
)
from packer_sdk.config.encode import encode_config, output_value
from packer_sdk.config.schema import spec_of
from packer_sdk.cty import json
from packer_sdk.cty.types import ListType, ObjectType
from packer_sdk.cty.values import UNKNOWN, known, value_of
from packer_sdk.wire.specs import implied_type


class Color(StrEnum):
    RED = "red"


@config
class Disk:
    size: int = field(doc="x")
    label: str = field(doc="x", default="")


@config
class Everything(PackerKeys):
    text: str = field(doc="x")
    flag: bool = field(doc="x", default=False)
    maybe: bool | None = field(doc="x", default=None)
    share: float = field(doc="x", default=0.5)
    path: Path = field(doc="x", default=Path("a"))
    wait: Duration = field(doc="x", default=Duration("1m"))
    mode: OctalMode = field(doc="x", default=OctalMode("0644"))
    color: Color = field(doc="x", default=Color.RED)
    choice: Literal["a", "b"] = field(doc="x", default="a")
    password: Secret[str] = field(doc="x", default=Secret("s"))
    command: Template = field(doc="x", default=Template("{{.Path}}"))
    names: list[str] = field(doc="x", default=[])
    labels: dict[str, bool] = field(doc="x", default={})
    boot: Disk | None = field(doc="x", default=None)
    disks: list[Disk] = field(doc="x", default=[])
    from_: str = field(doc="x", alias="from", default="")


def test_every_type_has_a_plain_form() -> None:
    found = encode_config(Everything(text="x", names=["a"], disks=[Disk(size=1)]))
    assert found == {
        "text": "x", "flag": False, "maybe": None, "share": 0.5, "path": "a", "wait": "1m0s",
        "mode": "0644", "color": "red", "choice": "a", "password": "s", "command": "{{.Path}}",
        "names": ["a"], "labels": {}, "boot": None, "disks": [{"size": 1, "label": ""}], "from": "",
    }  # fmt: skip
    assert type(found["color"]) is str


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=9).filter(lambda t: "{{" not in t),
    st.integers(-9, 9) | st.none(),
    st.lists(st.builds(Disk, size=st.integers(), label=st.just("l")), max_size=3),
)
def test_what_is_encoded_is_decoded_as_it_was(
    text: str, size: int | None, disks: list[Disk]
) -> None:
    boot = None if size is None else Disk(size=size)
    given = Everything(text=text, boot=boot, disks=disks, labels={"a": True})
    assert decode_config(Everything, [encode_config(given)]) == given


def test_an_output_has_the_type_of_its_class_whatever_is_in_it() -> None:
    empty = output_value(Everything, Everything(text="x"))
    full = output_value(Everything, Everything(text="y", boot=Disk(size=2), share=0.1))
    assert empty.type == full.type == implied_type(spec_of(Everything))
    assert isinstance(full.type, ObjectType)
    disk = ObjectType({"size": "number", "label": "string"})
    assert (full.type.attributes["boot"], full.type.attributes["disks"]) == (disk, ListType(disk))
    assert isinstance(empty.content, dict)
    assert isinstance(full.content, dict)
    assert (empty.content["boot"], full.content["boot"]) == (None, {"size": 2, "label": ""})
    assert full.content["share"] == Decimal("0.1")


def test_a_configuration_that_is_not_known_yet_is_taken() -> None:
    """At the first prepare core sends placeholders of the right type (PRV-009)."""
    type_ = implied_type(spec_of(Everything))
    assert isinstance(type_, ObjectType)
    content = dict.fromkeys(type_.attributes, UNKNOWN) | {"boot": None, "choice": "b"}
    element = json.encode(known(value_of(type_, content)))
    taken = decode_config(Everything, [element])
    assert (taken.text, taken.path, taken.share) == ("<unknown>", Path("<unknown>"), 0.0)
    assert (taken.names, taken.disks, taken.choice) == ([], [], "b")


def test_an_output_of_another_class_is_a_bug_of_its_author() -> None:
    with pytest.raises(TypeError, match="not a Disk: Everything"):
        output_value(Disk, Everything(text="x"))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("many", "Disk: value.size: expected number, got 'many'"),
        (float("nan"), "Disk: value.size: not a finite number: NaN"),
        (b"1", "size: nothing a template could hold: bytes"),
    ],
)
def test_an_output_with_what_was_not_declared_is_a_bug_of_its_author(
    size: object, message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        output_value(Disk, Disk(size=size))  # type: ignore[arg-type] # what is tested
    assert str(caught.value).lower() == message.lower()
