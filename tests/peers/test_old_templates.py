"""Old templates in the hands of HashiCorp's Packer 1.6.6, as Debian has it.

Its `fix` makes the same of them; and what `hcl2_upgrade` writes, it builds.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from helpers.outdated import PAIRS
from packer_core.template.fix import fix
from packer_core.template.upgrade import upgrade
from packer_plugin_bundled.checksum import ChecksumPostProcessor
from packer_plugin_bundled.file_builder import FileBuilder
from packer_plugin_bundled.manifest import ManifestPostProcessor
from packer_plugin_bundled.shell_local import ShellLocalProvisioner
from packer_sdk.config.schema import spec_of

if TYPE_CHECKING:
    from pathlib import Path

    from packer_sdk.wire.specs import ObjectSpec

BETTER_HERE = {
    "createtime": "every text is looked at, whatever blanks are in the action",
    "pp-vagrant-override": "what override held before is kept",
    "clean-image-name": "a word outside of {{ }} is not the name of a function",
    "azure-exclude_from_latest": "every builder and every gallery of Azure is looked at",
}
"""Pairs that differ on purpose."""

COMPONENTS: dict[tuple[str, str], Any] = {
    ("builder", "file"): FileBuilder,
    ("provisioner", "shell-local"): ShellLocalProvisioner,
    ("post-processor", "checksum"): ChecksumPostProcessor,
    ("post-processor", "manifest"): ManifestPostProcessor,
}
BOX: dict[str, Any] = {
    "variables": {"who": "world", "greeting": "hello {{user `who`}}"},
    "builders": [
        {"type": "file", "name": "a", "target": "a.txt", "content": "{{user `greeting`}} $${x}"},
        {"type": "file", "name": "b", "target": "b.txt", "content": "%{y} {{user `who` | upper}}"},
    ],
    "provisioners": [
        {
            "type": "shell-local",
            "inline": ["echo {{user `greeting`}} > said-{{build_name}}"],
            "override": {"b": {"inline": ["echo overridden > log-b"]}},
            "max_retries": "2",
        },
        {"type": "shell-local", "only": ["a"], "inline": "echo only > log-a"},
    ],
    "post-processors": [
        [{"type": "checksum", "checksum_types": "md5", "output": "{{.BuildName}}.md5"}],
        {"type": "manifest", "output": "list.json", "custom_data": {"x": "{{user `greeting`}}"}},
    ],
}


def run(packer: Path, folder: Path, *words: str) -> str:
    environ = os.environ | {"CHECKPOINT_DISABLE": "1", "HOME": str(folder)}
    done = subprocess.run(
        [packer, *words], cwd=folder, env=environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in BETTER_HERE])
def test_fixers_are_those_of_hashicorp(debian_packer: Path, tmp_path: Path, name: str) -> None:
    key, old, _ = PAIRS[name]
    template = {"builders": [], key: [old]}
    (tmp_path / "t.json").write_text(json.dumps(template))
    said = run(debian_packer, tmp_path, "fix", "-validate=false", "t.json")
    assert {"builders": [], **_given(json.loads(said))} == fix(template)


def _given(template: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in template.items() if value is not None}


def test_what_is_written_in_hcl_is_built_by_hashicorps_packer(
    debian_packer: Path, tmp_path: Path
) -> None:
    upgraded = upgrade(BOX, schemas)
    assert (upgraded.notes, upgraded.unknown) == ((), ())
    (tmp_path / "box.pkr.hcl").write_text(upgraded.text)
    run(debian_packer, tmp_path, "build", "-color=false", "box.pkr.hcl")
    assert (tmp_path / "a.txt").read_text() == "hello world $${x}"
    assert (tmp_path / "b.txt").read_text() == "%{y} WORLD"
    assert (tmp_path / "log-a").read_text() == "only\n"
    assert (tmp_path / "log-b").read_text() == "overridden\n"
    assert (tmp_path / "said-a").read_text() == "hello world\n"
    assert (tmp_path / "a.md5").exists()
    builds = json.loads((tmp_path / "list.json").read_text())["builds"]
    assert [build["custom_data"] for build in builds] == [{"x": "hello world"}] * 2


def schemas(kind: str, type_: str) -> ObjectSpec | None:
    return spec_of(COMPONENTS[kind, type_].config_class)
