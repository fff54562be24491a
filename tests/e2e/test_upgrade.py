"""A JSON template and what `hcl2_upgrade` makes of it, both built: the same comes out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from e2e.conftest import Machine

pytestmark = pytest.mark.e2e

NOTES: dict[str, Any] = {
    "variables": {"who": "world", "greeting": "hello {{user `who`}}", "home": "{{env `HOME`}}"},
    "sensitive-variables": ["who"],
    "builders": [
        {"type": "file", "name": "one", "target": "one.txt", "content": "{{user `greeting`}}\n"},
        {
            "type": "file",
            "name": "two",
            "target": "{{build_name}}.txt",
            "content": "{{if eq (user `who`) `world`}}all ${of} us{{end}} %{x}",
        },
    ],
    "provisioners": [
        {
            "type": "shell-local",
            "inline": ["echo {{build_name}} {{build `ID`}} {{user `home`}} >> log-{{build_name}}"],
            "override": {"two": {"inline": ["echo overridden > log-two"]}},
        },
        {"type": "shell-local", "only": ["one"], "inline": "echo only >> log-one"},
    ],
    "post-processors": [
        [
            {"type": "compress", "output": "{{build_name}}.tar.gz", "except": ["two"]},
            {"type": "checksum", "checksum_types": ["sha256"], "output": "{{.BuildName}}.sums"},
        ],
        {
            "type": "manifest",
            "output": "list.json",
            "strip_time": True,
            "strip_path": "true",
            "custom_data": {"greeting": "{{ user `greeting` | upper }}"},
        },
    ],
}

OCI: dict[str, Any] = {
    "builders": [
        {
            "type": "oci",
            "name": "box",
            "from": "scratch",
            "output": "box.tar",
            "labels": {"org.example.name": "{{build_name}}"},
            "cmd": ["/bin/true"],
        }
    ],
    "provisioners": [{"type": "file", "content": "${x}", "destination": "/etc/x"}],
    "post-processors": [{"type": "manifest", "output": "list.json", "strip_time": True}],
}


def built(machine: Machine, folder: Path, template: str) -> dict[str, bytes]:
    """What a build leaves in its folder, by name."""
    before = {path.name for path in folder.iterdir()}
    machine.packer("build", "-events=0", template, cwd=folder, SOURCE_DATE_EPOCH="1700000000")
    made = {path for path in folder.iterdir() if path.name not in before}
    contents = {path.name: path.read_bytes() for path in sorted(made) if path.is_file()}
    for path in made:
        path.unlink()
    return contents


def comparable(contents: dict[str, bytes]) -> dict[str, object]:
    """Without what differs from run to run: archives know times, and runs have ids."""
    manifest = json.loads(contents["list.json"])
    runs = [{**build, "packer_run_uuid": ""} for build in manifest["builds"]]
    rest = {name: data for name, data in contents.items() if name.endswith((".txt", "log-one"))}
    runs.sort(key=lambda build: build["name"])
    return {"builds": runs, "names": sorted(contents), "logs": sorted(rest.items())}


@pytest.mark.parametrize("template", [NOTES, OCI], ids=["notes", "oci"])
def test_the_same_is_built(machine: Machine, tmp_path: Path, template: dict[str, Any]) -> None:
    (tmp_path / "box.json").write_text(json.dumps(template))
    done = machine.packer("hcl2_upgrade", "box.json", cwd=tmp_path)
    assert done.stdout == "Written: box.json.pkr.hcl\n"
    assert machine.packer("fmt", "-check", ".", cwd=tmp_path).stdout == ""
    old = comparable(built(machine, tmp_path, "box.json"))
    new = comparable(built(machine, tmp_path, "box.json.pkr.hcl"))
    assert len(old["names"]) > 1  # type: ignore[arg-type]
    assert new == old
