"""HashiCorp's core starts a plugin of ours through what `packer plugins install` makes for it."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from helpers.judges import KINDS, Facts, drive
from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.plugins.install.shims import stage_shims

if TYPE_CHECKING:
    from pathlib import Path

CLASSES = {
    "builder": "components:PeerBuilder",
    "provisioner": "components:PeerProvisioner",
    "post-processor": "components:PeerPostProcessor",
    "datasource": "datasources:PeerDatasource",
}


@pytest.mark.parametrize("protobuf", [True, False], ids=["protobuf", "gob"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_shim_is_a_plugin(
    python_plugin: Path, go_driver: Path, tmp_path: Path, kind: str, *, protobuf: bool
) -> None:
    component = InstalledComponent(kind, "peer", f"packer_plugin_peer.{CLASSES[kind]}")
    python = python_plugin.with_name("python")
    (shim,) = stage_shims(tmp_path / "shims", python, "packer-plugin-peer", [component])
    request = {
        "plugin": [str(shim)],
        "bare": True,
        "kind": kind,
        "protobuf": protobuf,
        "configs": [{"hcl": {"text": "t"}}],
    }
    facts = Facts(drive(go_driver, "run", request))
    assert facts.errors == {}
    assert facts["spec"]["text"]["type"] == '"string"'
    assert facts.ended_well()


def test_both_plugins_describe_themselves_alike(python_plugin: Path, go_plugin: Path) -> None:
    ours, theirs = (
        json.loads(subprocess.run([path, "describe"], capture_output=True, check=True).stdout)
        for path in (python_plugin, go_plugin)
    )
    del ours["sdk_version"], theirs["sdk_version"]
    assert ours == theirs


@pytest.mark.parametrize(
    "words",
    [[], ["start"], ["start", "builder"], ["start", "builder", "nobody"], ["begin"]],
    ids=" ".join,
)
def test_neither_starts_when_asked_wrongly(
    python_plugin: Path, go_plugin: Path, words: list[str]
) -> None:
    for path in (python_plugin, go_plugin):
        done = subprocess.run([str(path), *words], capture_output=True, check=False, timeout=30)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr


def test_neither_starts_without_the_cookie(python_plugin: Path, go_plugin: Path) -> None:
    for path in (python_plugin, go_plugin):
        words = [str(path), "start", "builder", "twin"]
        done = subprocess.run(words, capture_output=True, check=False, timeout=30)
        assert (done.returncode, done.stdout) == (1, b"")
        assert done.stderr
