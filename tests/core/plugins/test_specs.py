from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from helpers.programs import plugin
from packer_core.errors import PluginNotFound, PluginStartError
from packer_core.paths import Paths
from packer_core.plugins.catalog import Catalog, Component
from packer_core.plugins.fleet import Fleet
from packer_core.plugins.specs import Specs
from packer_sdk.records import replaced
from packer_sdk.wire.specs import ObjectSpec, implied_type

DIGEST = "5" * 64
WHOLE: dict[str, Any] = {"digest": DIGEST, "path": Path(sys.executable)}
"""Of a program that is not a mere script."""


class Desk:
    """A catalog of one component, and who counts how often a fleet is asked for."""

    def __init__(self, folder: Path, *components: Component) -> None:
        self.catalog = Catalog(components)
        self.paths = Paths.from_environ(
            {"HOME": str(folder), "PACKER_CACHE_DIR": str(folder / "cache")}
        )
        self.fleets = 0

    def fleet(self) -> Fleet:
        self.fleets += 1
        return Fleet(os.environ)

    def specs(self) -> Specs:
        return Specs(self.catalog, self.paths, self.fleet)


def folder(tmp_path: Path, name: str) -> Path:
    (tmp_path / name).mkdir()
    return tmp_path / name


def names(spec: ObjectSpec) -> set[str]:
    return set(spec.attributes)


@pytest.mark.parametrize("protobuf", [True, False])
@pytest.mark.parametrize("kind", ["builder", "provisioner", "post-processor", "datasource"])
def test_options_are_asked_for_once_and_kept_on_disk(
    tmp_path: Path, kind: str, protobuf: bool
) -> None:
    component = replaced(
        plugin(tmp_path, "return None", kind), **WHOLE, protobuf=protobuf, name="x"
    )
    desk = Desk(tmp_path, component)
    first = desk.specs()
    assert "option" in names(first.config_spec(kind, "x"))
    first.config_spec(kind, "x")
    assert desk.fleets == 1
    assert desk.specs().config_spec(kind, "x") == first.config_spec(kind, "x")
    assert desk.fleets == 1


def test_outputs_come_with_the_options(tmp_path: Path) -> None:
    component = replaced(plugin(tmp_path, "return Output()", "datasource"), **WHOLE)
    desk = Desk(tmp_path, component)
    desk.specs().config_spec("datasource", "test")
    output = desk.specs().output_spec("test")
    assert str(implied_type(output)) == str(
        implied_type(Desk(tmp_path, component).specs().output_spec("test"))
    )
    assert names(output) == {"text", "number"}
    assert desk.fleets == 1


def test_of_a_script_without_identity_nothing_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path, plugin(tmp_path, "return None"))
    desk.specs().config_spec("builder", "test")
    desk.specs().config_spec("builder", "test")
    assert desk.fleets == 2


def test_what_cannot_be_read_any_more_is_asked_for_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, replaced(plugin(tmp_path, "return None"), **WHOLE))
    desk.specs().config_spec("builder", "test")
    (kept,) = (tmp_path / "cache" / "plugins" / DIGEST).iterdir()
    kept.write_bytes(b"\xff")
    assert "option" in names(desk.specs().config_spec("builder", "test"))
    assert desk.fleets == 2
    assert kept.read_bytes() != b"\xff"


def test_prefetch_starts_one_fleet_and_leaves_errors_to_who_asks(tmp_path: Path) -> None:
    there = replaced(plugin(folder(tmp_path, "a"), "return None"), **WHOLE, name="there")
    broken = replaced(
        plugin(folder(tmp_path, "b"), "return None", "provisioner"), argv=("/gone",), name="broken"
    )
    desk = Desk(tmp_path, there, broken)
    specs = desk.specs()
    specs.prefetch([("builder", "there"), ("provisioner", "broken"), ("builder", "unknown")])
    assert desk.fleets == 1
    specs.config_spec("builder", "there")
    assert desk.fleets == 1
    with pytest.raises(PluginStartError, match="packer-provisioner-broken is not there"):
        specs.config_spec("provisioner", "broken")
    with pytest.raises(PluginNotFound):
        specs.config_spec("builder", "unknown")


def test_prefetch_of_what_is_warm_starts_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, replaced(plugin(tmp_path, "return None"), **WHOLE))
    desk.specs().prefetch([("builder", "test")])
    desk.specs().prefetch([("builder", "test")])
    assert desk.fleets == 1


def test_a_cache_that_cannot_be_written_costs_a_start_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is in the way")
    desk = Desk(tmp_path, replaced(plugin(tmp_path, "return None"), **WHOLE))
    assert "option" in names(desk.specs().config_spec("builder", "test"))
