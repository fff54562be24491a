"""What ``describe`` prints, as HashiCorp's packer reads it (section 1.5)."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

MAIN = "import sys; from packer_sdk import plugin; sys.exit(plugin.main('packer-plugin-note'))"


@pytest.fixture
def described(tmp_path: Path) -> subprocess.CompletedProcess[str]:
    info = tmp_path / "packer_plugin_note-0.3.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: packer-plugin-note\nVersion: 0.3.0\n"
    )
    (info / "entry_points.txt").write_text(
        "[packer.builders]\nnote-b = m:B\nnote = m:A\nnote-a = m:A\n"
        "[packer.datasources]\nnote-ds = m:D\n"
    )
    # Modules named by the entry points do not exist: describing runs none of them.
    path = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    return subprocess.run(
        [sys.executable, "-c", path + MAIN, "describe"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_needs_no_cookie_and_no_plugin_code(
    described: subprocess.CompletedProcess[str],
) -> None:
    assert (described.returncode, described.stderr) == (0, "")


def test_stdout_is_one_json_object_and_nothing_else(
    described: subprocess.CompletedProcess[str],
) -> None:
    assert described.stdout.count("\n") == 1
    assert json.loads(described.stdout) == {
        "version": "0.3.0",
        "sdk_version": "0.1.0",
        "api_version": "x5.0",
        "builders": ["-packer-default-plugin-name-", "a", "b"],
        "provisioners": [],
        "post_processors": [],
        "datasources": ["ds"],
        "protocol_version": "v2",
    }
