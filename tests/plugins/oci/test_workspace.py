from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from packer_plugin_oci.workspace import Workspace, sweep

if TYPE_CHECKING:
    from pathlib import Path


def test_workspace_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    with Workspace(str(tmp_path), "work-") as space:
        assert os.stat(space.path).st_mode & 0o777 == 0o700
        os.mkdir(f"{space.path}/d", 0o500)
    assert os.listdir(tmp_path) == []
    space.close()


def test_sweep_leaves_a_living_workspace_and_other_names(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "work-file").write_text("x")
    with Workspace(str(tmp_path), "work-") as space:
        sweep(str(tmp_path), "work-")
        assert os.path.isdir(space.path)
    assert sorted(os.listdir(tmp_path)) == ["other", "work-file"]


def test_workspace_of_a_killed_process_is_swept_by_the_next(tmp_path: Path) -> None:
    script = (
        "import sys; from packer_plugin_oci.workspace import Workspace;"
        "space = Workspace(sys.argv[1], 'work-'); print(space.path, flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        path = process.stdout.readline().decode().strip()
        with Workspace(str(tmp_path), "work-"):
            assert os.path.isdir(path)
        process.send_signal(signal.SIGKILL)
    assert os.path.isdir(path)
    with Workspace(str(tmp_path), "work-"):
        assert not os.path.exists(path)
