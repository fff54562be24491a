"""The main job, as a user does it: a pip plugin in an environment of its own builds an image."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.waiting import plugins_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from e2e.conftest import Machine

pytestmark = [pytest.mark.e2e, pytest.mark.root]

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with the examples in it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def test_the_store_lists_the_plugin_beside_the_bundled_ones(
    machine: Machine, tmp_path: Path
) -> None:
    rows = [
        line.split() for line in machine.packer("plugins", "list", cwd=tmp_path).stdout.split("\n")
    ]
    names = {tuple(row[:2]) for row in rows if row}
    assert ("builder", "oci") in names
    assert ("builder", "null") in names
    assert ("provisioner", "shell-local") in names


def test_the_quickstart_builds_an_image_that_others_read_and_run(
    machine: Machine, folder: Path
) -> None:
    done = machine.packer("build", "examples/quickstart/template.json", cwd=folder)
    image = folder / "hello.oci.tar"
    assert "hello.oci.tar" in done.stdout
    digest = hashlib.sha256(image.read_bytes()).hexdigest()
    assert (folder / "hello.oci.tar.sha256").read_text().split() == [digest, "hello.oci.tar"]
    (entry,) = json.loads((folder / "packer-manifest.json").read_text())["builds"]
    names = [Path(file["name"]).name for file in entry["files"]]
    assert names == ["hello.oci.tar", "hello.oci.tar.sha256"]
    inspected = subprocess.run(
        [tool("skopeo"), "inspect", f"oci-archive:{image}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=folder,
    )
    described = json.loads(inspected.stdout)
    assert described["Labels"] == {"org.opencontainers.image.title": "hello"}
    assert described["Digest"] == entry["artifact_id"]
    page = run_image(image, folder)
    assert "put into the image by the file provisioner" in page
    assert "Hello from an image that Packer built." in page


def run_image(image: Path, folder: Path) -> str:
    """Unpack with umoci, which nobody here wrote, and run the image's own command in it."""
    layout = folder / "layout"
    layout.mkdir()
    with tarfile.open(image) as archive:
        archive.extractall(layout, filter="data")
    unpacked = folder / "unpacked"
    subprocess.run(
        [tool("umoci"), "unpack", "--image", f"{layout}:hello", unpacked],
        check=True,
        capture_output=True,
    )
    process = json.loads((unpacked / "config.json").read_text())["process"]
    ran = subprocess.run(
        ["chroot", unpacked / "rootfs", *process["args"]],
        env=dict(entry.split("=", 1) for entry in process["env"]),
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout


@pytest.fixture
def short() -> Iterator[str]:
    """A folder with a short name: podman allows 50 characters."""
    with tempfile.TemporaryDirectory(prefix="podman-") as name:
        yield name


def test_podman_runs_the_image(machine: Machine, folder: Path, short: str) -> None:
    podman = tool("podman")
    machine.packer("build", "examples/quickstart/template.json", cwd=folder)
    flags = ["--runtime=runc", "--cgroup-manager=cgroupfs", f"--root={short}/root"]
    flags += [f"--runroot={short}/run", "--storage-driver=vfs"]
    limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]
    ran = subprocess.run(
        [podman, *flags, "run", "--rm", "--network=host", *limits, "oci-archive:hello.oci.tar"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "Hello from an image that Packer built." in ran.stdout


def test_the_same_inputs_give_the_same_digest(machine: Machine, folder: Path) -> None:
    digests = set()
    for _ in range(2):
        machine.packer(
            "build",
            "-force",
            "examples/quickstart/template.json",
            cwd=folder,
            SOURCE_DATE_EPOCH="1700000000",
        )
        digests.add(hashlib.sha256((folder / "hello.oci.tar").read_bytes()).hexdigest())
        time.sleep(1.1)  # a second in which times of files would differ
    assert len(digests) == 1


@pytest.fixture
def waiting_build(machine: Machine, folder: Path) -> Iterator[tuple[psutil.Process, Path]]:
    """A build that has started everything and now waits until a file appears."""
    gate = folder / "gate"
    wait = f"until [ -e {gate} ]; do sleep 0.05; done"
    template = {
        "builders": [{"type": "oci", "from": "host", "output": "hello.oci.tar"}],
        "provisioners": [
            {"type": "shell", "inline": ["echo inside > /page"]},
            {"type": "shell-local", "inline": ["echo waiting", wait]},
        ],
        "post-processors": [["checksum", "manifest"]],
    }
    (folder / "waiting.json").write_text(json.dumps(template))
    with (folder / "out").open("w") as out:
        child = subprocess.Popen(
            [machine.packer_path, "build", "waiting.json"],
            cwd=folder,
            env=machine.environ,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 60
        while "waiting" not in (folder / "out").read_text():
            assert child.poll() is None, (folder / "out").read_text()
            assert time.monotonic() < deadline, (folder / "out").read_text()
            time.sleep(0.05)
        yield psutil.Process(child.pid), folder
        gate.touch()
        assert child.wait(60) == 0, (folder / "out").read_text()
    finally:
        child.kill()
        child.wait()


def test_each_component_is_a_process_of_its_own(
    waiting_build: tuple[psutil.Process, Path], machine: Machine
) -> None:
    packer, _ = waiting_build
    commands = [child.cmdline() for child in plugins_of(packer.pid)]
    names = sorted(
        Path(word).name for line in commands for word in line[1:] if "packer-" in Path(word).name
    )
    assert names == [
        "packer-builder-oci",
        "packer-post-processor-checksum",
        "packer-post-processor-manifest",
        "packer-provisioner-shell",
        "packer-provisioner-shell-local",
    ]
    (oci,) = [line for line in commands if any("packer-builder-oci" in word for word in line)]
    interpreter = Path(oci[0])
    assert interpreter.is_relative_to(machine.store / "environments"), oci
    bundled = [line for line in commands if line is not oci]
    assert all(Path(line[0]).parent == machine.environment / "bin" for line in bundled), bundled
    assert all(line[2:3] == ["plugin"] for line in bundled), bundled


def test_core_does_not_contain_the_plugin(machine: Machine) -> None:
    code = "import packer_plugin_oci"
    python = machine.environment / "bin" / "python"
    tried = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=False)
    assert "No module named 'packer_plugin_oci'" in tried.stderr
    assert list(machine.environment.rglob("packer_plugin_oci*")) == []


def test_nothing_is_left_running_after_a_build(machine: Machine, folder: Path) -> None:
    temporary = folder / "tmp"
    temporary.mkdir()
    machine.packer("build", "examples/quickstart/template.json", cwd=folder, TMPDIR=str(temporary))
    assert list(temporary.iterdir()) == []
    commands = [" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"])]
    assert [command for command in commands if str(machine.store) in command] == []
