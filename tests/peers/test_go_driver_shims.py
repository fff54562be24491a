"""HashiCorp's core starts a plugin of ours through what `packer plugins install` makes for it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from helpers.judges import KINDS, Facts, Pair, drive
from packer_core.paths import Paths
from packer_core.plugins.install.export import export
from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.plugins.install.receipts import Receipt
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


def test_both_plugins_describe_themselves_alike_to_the_byte(
    python_plugin: Path, go_plugin: Path
) -> None:
    ours, theirs = (
        subprocess.run([path, "describe"], capture_output=True, check=True).stdout
        for path in (python_plugin, go_plugin)
    )
    versions = {path: json.loads(path)["sdk_version"] for path in (ours, theirs)}
    assert ours == theirs.replace(versions[theirs].encode(), versions[ours].encode())
    assert ours.startswith(b'{"version":"1.2.3","sdk_version":"')
    assert ours.endswith(b'"protocol_version":"v2"}\n')


@pytest.fixture(scope="session")
def exported(python_plugin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `packer plugins export` makes of our plugin, and only by that name."""
    folder = tmp_path_factory.mktemp("exported")
    paths = Paths.from_environ({"HOME": str(folder)})
    python = python_plugin.with_name("python")
    receipt = Receipt(
        distribution="packer-plugin-peer",
        version="1.2.3",
        requirement="packer-plugin-peer",
        origin="index",
        environment=str(python.parents[1]),
        interpreter=str(python),
        interpreter_version="3",
        components=(),
        shims=(),
        distributions=(),
        description={},
        fingerprint="",
        installed_at="",
    )
    return export(paths, receipt).path


def test_what_is_exported_describes_itself_as_a_plugin_in_go(
    exported: Path, python_plugin: Path
) -> None:
    exported_says, plugin_says = (
        subprocess.run([path, "describe"], capture_output=True, check=True, env={}).stdout
        for path in (exported, python_plugin)
    )
    assert exported_says == plugin_says
    assert exported.name.startswith("packer-plugin-peer_v1.2.3_x5.0_")
    checksum = exported.with_name(f"{exported.name}_SHA256SUM").read_text()
    assert checksum == hashlib.sha256(exported.read_bytes()).hexdigest()


@pytest.mark.parametrize("protobuf", [True, False], ids=["protobuf", "gob"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["-packer-default-plugin-name-", "twin"])
def test_what_is_exported_is_a_plugin(
    exported: Path, go_driver: Path, kind: str, name: str, *, protobuf: bool
) -> None:
    pair = Pair(go_driver, exported, "python", protobuf=protobuf)
    facts = pair.run(kind, name=name, hcl={"text": "t", "inner": {"name": "n"}})
    assert facts.errors == {}
    assert facts["spec"]["text"]["type"] == '"string"'
    assert facts.ended_well()


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
