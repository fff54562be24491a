"""Expressions have the same value here as in HashiCorp's libraries (go/hcleval)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from helpers.expressions import answer, scope
from helpers.judged_expressions import agree, ask, differences, expressions, reason

FOLDER = Path(__file__).parent / "go/hcleval"


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        pytest.skip("Go is not installed: the judges in tests/peers/go need it (https://go.dev/dl)")
    target = tmp_path_factory.mktemp("judge") / "hcleval"
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": "-mod=readonly", "GOWORK": "off"}
    command = [go, "build", "-o", str(target), "."]
    done = subprocess.run(
        command, cwd=FOLDER, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return target


def test_twenty_thousand_expressions_agree_but_for_known_differences(judge: Path) -> None:
    asked, known = expressions(), scope()
    found = {}
    for one, judged in zip(asked, ask(judge, asked), strict=True):
        ours = answer(one, known)
        if not agree(judged, ours):
            found[one] = reason(one, judged, ours)
    assert found == differences()
