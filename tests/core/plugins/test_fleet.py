from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.programs import plugin
from packer_core.errors import PluginCrashed
from packer_core.plugins.fleet import Fleet
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import Cancelled
from packer_sdk.testing import MemoryArtifact, RecordingHook, RecordingUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from pathlib import Path


def pids() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_fleet_makes_faces_and_leaves_no_process(tmp_path: Path) -> None:
    for kind in ("builder", "provisioner", "post-processor"):
        (tmp_path / kind).mkdir()
    before = pids()
    with Fleet(os.environ) as fleet:
        builder = fleet.builder(plugin(tmp_path / "builder", "ui.say('built')"), "a")
        ui = RecordingUi()
        builder.prepare([{}])
        assert builder.run(ui, RecordingHook(), CancelToken()) is None
        assert ui.said == ["built"]
        provisioner = fleet.provisioner(
            plugin(tmp_path / "provisioner", "ui.say(str(data['ID']))", "provisioner"), "a"
        )
        provisioner.prepare([{}])
        provisioner.provision(ui, None, {"ID": "i-1"}, CancelToken())
        assert ui.said == ["built", "i-1"]
        last = fleet.post_processor(
            plugin(tmp_path / "post-processor", "return Processed(artifact)", "post-processor"),
            "a",
        )
        last.configure([{}])
        processed = last.post_process(ui, MemoryArtifact(id="x"), CancelToken())
        assert processed is not None
        assert processed.artifact.id == "x"
        assert len(pids() - before) == 3
    assert pids() == before


def test_fleet_leaves_no_process_when_its_block_fails(tmp_path: Path) -> None:
    before = pids()

    def fail() -> None:
        with Fleet(os.environ) as fleet:
            fleet.builder(plugin(tmp_path, "return None"), "a")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert pids() == before


def test_fleet_abandons_a_hanging_plugin_and_the_call_fails(tmp_path: Path) -> None:
    with Fleet(os.environ) as fleet:
        builder = fleet.builder(plugin(tmp_path, "\nwhile True: time.sleep(1)\n"), "a")
        builder.prepare([{}])
        cancel = CancelToken()
        cancel.on_cancel(fleet.abandon)
        spawn("test", _cancel_soon, cancel)
        with pytest.raises(PluginCrashed, match="during Run"):
            builder.run(RecordingUi(), RecordingHook(), CancelToken())


def _cancel_soon(cancel: CancelToken) -> None:
    time.sleep(0.2)
    cancel.cancel()


def test_fleet_starts_nothing_after_it_was_closed(tmp_path: Path) -> None:
    before = pids()
    with Fleet(os.environ) as fleet:
        pass
    with pytest.raises(Cancelled, match="when everything was being stopped"):
        fleet.builder(plugin(tmp_path, "return None"), "a")
    assert pids() == before
