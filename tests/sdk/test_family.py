from __future__ import annotations

import os
import subprocess
import sys

import pytest

from packer_sdk.family import descendants

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")


def test_children_of_children_are_found_wherever_they_went() -> None:
    script = "sleep 600 & echo $!; wait"
    with subprocess.Popen(
        ["sh", "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        assert {child.pid, grandchild} <= set(descendants(os.getpid()))
        assert descendants(child.pid) == [grandchild]
        os.kill(grandchild, 9)
        child.kill()


def test_nobody_descends_from_nobody() -> None:
    assert descendants(2**22 + 1) == []
