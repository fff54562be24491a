"""What other people's tools say of our images: skopeo, umoci, podman."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from packer_plugin_oci.build import build_image
from packer_plugin_oci.config import OciConfig
from packer_sdk import CancelToken, ComponentError, RemoteCommand
from packer_sdk.testing import RecordingHook, RecordingUi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from packer_sdk import Artifact, Communicator, Ui

pytestmark = [pytest.mark.e2e, pytest.mark.root]

GUARD_S = 300


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*arguments: object) -> str:
    done = subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        timeout=GUARD_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def build(source: str, output: Path, script: str) -> Artifact:
    def provision(
        name: str,
        ui: Ui,
        communicator: Communicator | None,
        data: Mapping[str, object],
        cancel: CancelToken,
    ) -> None:
        assert communicator is not None
        assert communicator.start(RemoteCommand(script)).wait(GUARD_S) == 0

    values: dict[str, Any] = {
        "from": source,
        "output": output,
        "env": {"GREETING": "hello"},
        "labels": {"made.by": "packer"},
        "cmd": ["sh", "-c", "echo $GREETING; cat /etc/made; ls /kept"],
    }
    config = OciConfig(**values)
    try:
        return build_image(config, RecordingUi(), RecordingHook(provision), CancelToken())
    except ComponentError as error:
        if "refused" in str(error):
            pytest.skip(str(error))
        raise


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two layers: one with files, one that changes and removes some."""
    folder = tmp_path_factory.mktemp("images")
    build("host", folder / "base", "mkdir /kept /gone; echo 1 > /kept/a; echo 2 > /kept/b")
    build(
        f"oci:{folder}/base",
        folder / "hello.oci.tar",
        "rm -r /gone /kept/b; echo here > /etc/made; ln /etc/made /etc/also",
    )
    return folder / "hello.oci.tar"


def test_skopeo_reads_the_image(archive: Path) -> None:
    told = json.loads(run(tool("skopeo"), "inspect", f"oci-archive:{archive}"))
    assert told["Labels"] == {"made.by": "packer"}
    assert "GREETING=hello" in told["Env"]
    assert len(told["Layers"]) == 2


def test_skopeo_converts_the_image_for_docker(archive: Path, tmp_path: Path) -> None:
    target = f"docker-archive:{tmp_path}/docker.tar:hello:latest"
    policy = "--insecure-policy"
    run(tool("skopeo"), policy, "copy", f"oci-archive:{archive}", target)
    told = json.loads(run(tool("skopeo"), "inspect", f"docker-archive:{tmp_path}/docker.tar"))
    assert "GREETING=hello" in told["Env"]
    assert len(told["Layers"]) == 2


def test_umoci_unpacks_the_image(archive: Path, tmp_path: Path) -> None:
    umoci = tool("umoci")
    shutil.unpack_archive(archive, tmp_path / "layout", "tar")
    rootless = [] if os.geteuid() == 0 else ["--rootless"]
    run(umoci, "unpack", *rootless, "--image", f"{tmp_path}/layout:latest", tmp_path / "bundle")
    rootfs = tmp_path / "bundle" / "rootfs"
    assert [path.name for path in (rootfs / "kept").iterdir()] == ["a"]
    assert not (rootfs / "gone").exists()
    assert (rootfs / "etc" / "also").samefile(rootfs / "etc" / "made")
    assert (rootfs / "tmp").stat().st_mode & 0o7777 == 0o1777


@pytest.fixture
def short_path() -> Iterator[str]:
    """Podman refuses paths of more than 50 characters."""
    with tempfile.TemporaryDirectory(prefix="oci") as path:
        yield path


def test_podman_runs_the_image(archive: Path, short_path: str) -> None:
    podman, runc = tool("podman"), tool("runc")
    storage = [
        *("--root", f"{short_path}/root", "--runroot", f"{short_path}/run"),
        *("--storage-driver=vfs", f"--runtime={runc}", "--cgroup-manager=cgroupfs"),
    ]
    limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]
    try:
        out = run(
            podman, *storage, "run", "--rm", "--network=host", *limits, f"oci-archive:{archive}"
        )
        assert out == "hello\nhere\na\n"
    finally:
        run(podman, *storage, "rmi", "--all", "--force")


def test_equal_builds_have_equal_digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    script = "echo made > /etc/made; mkdir /kept"
    found = [build("host", tmp_path / name, script).id for name in ("a.tar", "b.tar")]
    assert found[0] == found[1]
