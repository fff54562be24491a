"""Locks on folders, by real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from packer_core.plugins.install import in_use

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """\
import sys
from pathlib import Path
from packer_core.plugins.install import in_use
assert in_use.hold(Path(sys.argv[1])) is not None
print("held", flush=True)
sys.stdin.read()
"""


def test_folder_is_used_until_it_is_let_go(tmp_path: Path) -> None:
    first, second = in_use.hold(tmp_path), in_use.hold(tmp_path)
    assert first is not None
    assert second is not None
    os.close(first)
    with in_use.alone(tmp_path) as free:
        assert not free
    os.close(second)
    with in_use.alone(tmp_path) as free:
        assert free


def test_folder_is_let_go_by_a_process_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with in_use.alone(tmp_path) as free:
            assert not free
        other.kill()
        other.wait()
        with in_use.alone(tmp_path) as free:
            assert free


def test_folder_that_is_not_there_is_nobodys(tmp_path: Path) -> None:
    assert in_use.hold(tmp_path / "gone") is None
    with in_use.alone(tmp_path / "gone") as free:
        assert free


def test_read_only_folder_can_be_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    try:
        number = in_use.hold(tmp_path)
        assert number is not None
        os.close(number)
    finally:
        tmp_path.chmod(0o755)
