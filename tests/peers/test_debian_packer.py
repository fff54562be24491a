"""HashiCorp's Packer 1.6.6, as Debian has it: its core with our plugins, our core with its plugins.

What differs from later versions: a first line of three parts, plugins that hold one component and
are called packer-KIND-NAME, and no schemas on the wire.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from helpers.terminals import Terminal
from packer_core.plugins.catalog import Component
from packer_core.plugins.fleet import Fleet
from packer_sdk.wire.forms import decode_spec
from packer_sdk.wire.specs import Attr, BlockList

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.our_core import Judges

REFERENCES = {
    "builder": "packer_plugin_peer.components:PeerBuilder",
    "provisioner": "packer_plugin_peer.components:PeerProvisioner",
    "post-processor": "packer_plugin_peer.components:PeerPostProcessor",
}
THREE_PARTS = """\
#!{python} -I
import sys
from packer_sdk.plugin import start
from packer_sdk.wire import handshake

four_parts = handshake.format_line
handshake.format_line = lambda it: four_parts(
    handshake.Handshake(it.major, None, it.network, it.address)
)
sys.exit(start({kind!r}, "peer", {reference!r}))
"""
BUILT_IN = ("builder-file", "provisioner-shell", "provisioner-file", "post-processor-checksum")


class Desk:
    """A working folder with a packer and plugins of both sorts.

    Attributes:
        folder: The working folder.
        environ: Of what is run.
    """

    def __init__(self, judges: Judges, folder: Path, packer: list[str]) -> None:
        self.folder = folder
        self._packer = packer
        self.environ = judges.environ | {"CHECKPOINT_DISABLE": "1", "TMPDIR": str(folder)}

    def script(self, name: str, text: str) -> None:
        """Put an executable where both find it."""
        path = self.folder / name
        path.write_text(text)
        path.chmod(0o755)

    def command(self, template: dict[str, Any]) -> list[str]:
        (self.folder / "t.json").write_text(json.dumps(template))
        return [*self._packer, "build", "-color=false", "t.json"]

    def start(self, template: dict[str, Any]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(template),
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def build(self, template: dict[str, Any], status: int = 0) -> str:
        with self.start(template) as packer:
            said = _said(packer)
        assert packer.returncode == status, said
        return said


def _said(packer: subprocess.Popen[str]) -> str:
    """All that it says until it ends; one that does not end is killed, and fails the test."""
    try:
        return packer.communicate(timeout=45)[0]
    except subprocess.TimeoutExpired:
        os.killpg(packer.pid, signal.SIGKILL)
        raise AssertionError(f"it does not end: {packer.communicate()[0]}") from None


@pytest.fixture
def theirs(debian_packer: Path, python_plugin: Path, judges: Judges, tmp_path: Path) -> Desk:
    """Debian's core and our plugins."""
    desk = Desk(judges, tmp_path, [str(debian_packer)])
    for kind, reference in REFERENCES.items():
        python = python_plugin.with_name("python")
        text = THREE_PARTS.format(python=python, kind=kind, reference=reference)
        desk.script(f"packer-{kind}-peer", text)
    return desk


@pytest.fixture
def ours(debian_packer: Path, judges: Judges, tmp_path: Path) -> Desk:
    """Our core and Debian's plugins, called `debian-…`."""

    desk = Desk(judges, tmp_path, [sys.executable, "-m", "packer_core"])
    for name in BUILT_IN:
        kind, _, short = name.rpartition("-")
        text = f"#!/bin/sh\nexec {debian_packer} plugin packer-{name}\n"
        desk.script(f"packer-{kind}-debian-{short}", text)
    return desk


def test_their_core_builds_with_our_plugins(theirs: Desk) -> None:
    (theirs.folder / "given.txt").write_text("given")
    said = theirs.build(
        {
            "builders": [
                {
                    "type": "peer",
                    "artifact": "image-1",
                    "text": "t",
                    "number": 7,
                    "words": ["a", "b"],
                    "inner": {"name": "n", "size": 3},
                    "steps": ["options", "say builder here", "provision"],
                }
            ],
            "provisioners": [
                {
                    "type": "peer",
                    "steps": [
                        "stream echo $((6*7))",
                        "run exit 3",
                        f"put {theirs.folder}/pattern 3000001",
                        f"get {theirs.folder}/pattern",
                    ],
                },
                {"type": "file", "source": "given.txt", "destination": "taken.txt"},
                {"type": "shell-local", "inline": ["echo local"]},
            ],
            "post-processors": [
                {"type": "peer", "artifact": "image-2", "keep_input_artifact": True}
            ],
        }
    )
    for line in ("peer: builder here", "peer: 42", "peer: local"):
        assert line in said.replace("==> ", "").replace("    ", "")
    assert "Artifact: image-2" in said
    assert (theirs.folder / "pattern").stat().st_size == 3000001
    assert (theirs.folder / "taken.txt").read_text() == "given"


@pytest.mark.parametrize(
    ("part", "options", "word"),
    [
        ("builders", {"steps": ["fail no luck"]}, "no luck"),
        ("builders", {"nokey": 1}, "nokey"),
        ("builders", {"steps": ["kill"]}, "EOF"),
        ("provisioners", {"steps": ["fail no luck"]}, "no luck"),
        ("provisioners", {"prepare_steps": ["fail no luck"]}, "no luck"),
        ("post-processors", {"steps": ["fail no luck"]}, "no luck"),
    ],
)
def test_their_core_is_told_what_fails(
    theirs: Desk, part: str, options: dict[str, Any], word: str
) -> None:
    template: dict[str, Any] = {
        "builders": [{"type": "peer", "artifact": "a", "steps": ["provision"]}],
        "provisioners": [{"type": "peer"}],
        "post-processors": [{"type": "peer", "artifact": "b"}],
    }
    template[part][0] |= options
    assert word in theirs.build(template, status=1)


def wait_for(path: Path) -> None:
    until = time.monotonic() + 60
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.05)


def test_a_second_interrupt_changes_nothing_there(theirs: Desk) -> None:
    """Their core sends one cancel, and waits until the plugin has come to its end."""
    there = theirs.folder / "there"
    steps = [f"mark {there}", "wait 1500", "say late"]
    with theirs.start({"builders": [{"type": "peer", "steps": steps}]}) as packer:
        wait_for(there)
        os.killpg(packer.pid, signal.SIGINT)
        time.sleep(0.3)
        os.killpg(packer.pid, signal.SIGINT)
        said = _said(packer)
    assert packer.returncode == 1
    assert said.count("Cancelling build after receiving interrupt") == 1
    assert "peer: late" in said
    assert "Cleanly cancelled builds after being interrupted." in said


def test_their_core_puts_our_question_to_the_person(theirs: Desk) -> None:
    command = theirs.command({"builders": [{"type": "peer", "steps": ["ask who goes there?"]}]})
    with Terminal(command, theirs.folder, theirs.environ) as terminal:
        terminal.shows("who goes there?")
        terminal.type("me\r")  # what Enter sends
        assert terminal.ends() == 0
        assert "peer: answer: me" in terminal.text


def test_their_schemas_are_read(debian_packer: Path) -> None:
    """gob of Go 1.19, which counts types from 65, and with names of packages in a vendor folder."""
    wanted = {
        "builder-amazon-ebs": ("ami_block_device_mappings", BlockList),
        "builder-docker": ("run_command", Attr),
        "provisioner-shell": ("inline", Attr),
        "post-processor-checksum": ("output", Attr),
    }
    with Fleet(os.environ) as fleet:
        for name, (option, of) in wanted.items():
            argv = (str(debian_packer), "plugin", f"packer-{name}")
            kind = next(kind for kind in REFERENCES if name.startswith(kind))
            there = Component(
                kind=kind, name=name, argv=argv, source="plugin folder", path=debian_packer
            )
            start = getattr(fleet, kind.replace("-", "_"))
            spec = decode_spec(start(there, "test").config_spec(), protobuf=False)
            assert isinstance(spec.attributes[option], of), name


def test_their_core_cancels_our_builder(theirs: Desk) -> None:
    there = theirs.folder / "there"
    with theirs.start({"builders": [{"type": "peer", "steps": [f"hold {there}"]}]}) as packer:
        wait_for(there)
        os.killpg(packer.pid, signal.SIGINT)  # as Ctrl-C does
        said = _said(packer)
    assert packer.returncode == 1
    assert "Cancelling build after receiving interrupt" in said
    assert "cancelled" in said.lower()


def test_our_core_builds_with_their_builder_and_post_processor(ours: Desk) -> None:
    said = ours.build(
        {
            "builders": [{"type": "debian-file", "content": "made by Go", "target": "made.txt"}],
            "post-processors": [
                {
                    "type": "debian-checksum",
                    "checksum_types": ["sha256"],
                    "output": "{{.BuildName}}_{{.ChecksumType}}.txt",
                }
            ],
        }
    )
    assert "debian-file" in said
    assert (ours.folder / "made.txt").read_text() == "made by Go"
    assert "made.txt" in (ours.folder / "debian-file_sha256.txt").read_text()


@pytest.mark.parametrize("builder", ["go", "old", "python"])
def test_our_core_lends_any_machine_to_their_provisioners(ours: Desk, builder: str) -> None:
    (ours.folder / "given.txt").write_text("given")
    script = f"echo from Go by $PACKER_BUILDER_TYPE; cp {ours.folder}/up.txt {ours.folder}/copy.txt"
    said = ours.build(
        {
            "builders": [{"type": builder, "steps": ["provision"]}],
            "provisioners": [
                {
                    "type": "debian-file",
                    "source": "given.txt",
                    "destination": f"{ours.folder}/up.txt",
                },
                {
                    "type": "debian-shell",
                    "inline": [script],
                    "remote_folder": str(ours.folder),
                },
            ],
        }
    )
    assert f"{builder}: from Go by {builder}" in said
    assert (ours.folder / "copy.txt").read_text() == "given"


def test_our_core_hears_why_theirs_fail(ours: Desk) -> None:
    said = ours.build({"builders": [{"type": "debian-file", "nokey": 1}]}, status=1)
    assert "nokey" in said
    said = ours.build(
        {
            "builders": [{"type": "go", "steps": ["provision"]}],
            "provisioners": [
                {
                    "type": "debian-shell",
                    "inline": ["exit 7"],
                    "remote_folder": str(ours.folder),
                }
            ],
        },
        status=1,
    )
    assert "exit status: 7" in said
