"""Exit codes that scripts rely on (CLI-002)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["version"], 0),
        (["-v"], 0),
        (["-h"], 0),
        (["build", "-h"], 0),
        (["plugins", "-h"], 0),
        (["plugins", "install", "--help"], 0),
        (["plugins", "list"], 0),
        ([], 127),
        (["biuld"], 127),
        (["-machine-readable"], 127),
        (["-foo", "version"], 1),
        (["plugins"], 1),
        (["plugin"], 1),
        (["plugins", "lst"], 1),
        (["plugins", "remove", "nope"], 1),
        (["build"], 1),
        (["build", "a.json", "b.json"], 1),
        (["build", "-frce", "a.json"], 1),
        (["build", "-var", "x", "a.json"], 1),
        (["build", "-on-error=maybe", "a.json"], 1),
        (["build", "no-such-file.json"], 1),
        (["validate", "no-such-file.json"], 1),
        (["inspect", "no-such-file.json"], 1),
        (["plugin", "packer-builder-nix"], 1),
        (["plugin", "packer-builder-null"], 1),
        (["execute", "packer-builder-null"], 1),
    ],
)
def test_exit_code(words: list[str], status: int) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "packer_core", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == status, finished.stdout + finished.stderr
    assert "Traceback" not in finished.stdout + finished.stderr
    # The log, and a component that somebody runs by hand, are all that stderr is for (CLI-005).
    assert (finished.stderr != "") == (words[:1] in (["plugin"], ["execute"]) and len(words) > 1)


@pytest.mark.parametrize("log", ["1", "debug"])
def test_the_log_is_on_stderr_and_nowhere_else(log: str) -> None:
    command = [sys.executable, "-m", "packer_core", "plugins", "list"]
    quiet = subprocess.run(command, capture_output=True, text=True, check=True)
    loud = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PACKER_LOG": log},
    )
    assert loud.stdout == quiet.stdout
    assert "Packer for Python" in loud.stderr
    assert quiet.stderr == ""
