"""A build that is going on keeps the files of its plugins, whatever becomes of the store."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from packer_core.plugins.install import upkeep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .conftest import Shop


@contextmanager
def running_build(shop: Shop) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A build that waits for a file, and then imports a module that it had no need of before."""
    ready, go = shop.root / "ready", shop.root / "go"
    (shop.root / "t.json").write_text(
        json.dumps({"builders": [{"type": "slow", "ready": str(ready), "go": str(go)}]})
    )
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "packer_core", "build", "t.json"],
        env=shop.environ,
        cwd=shop.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as build:
        try:
            while not ready.exists():
                assert build.poll() is None, build.stdout and build.stdout.read()
                time.sleep(0.05)
            yield build, go
        finally:
            if build.poll() is None:
                build.kill()


def ended(build: subprocess.Popen[str], go: Path) -> str:
    go.touch()
    output, _ = build.communicate(timeout=60)
    assert build.returncode == 0, output
    return output


def test_upgrades_and_prune_leave_what_a_build_uses(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-slow")
    with running_build(shop) as (build, go):
        for _ in range(2):
            shop.installer.install("packer-plugin-slow", upgrade=True)
        done = shop.packer("plugins", "prune")
        assert f"Left {receipt.environment}: a build is using it" in done.stdout
        assert receipt.folder.exists()
        assert "what came late: 1.0" in ended(build, go)
    pruned = upkeep.prune(shop.paths, shop.said.append, shop.cancel)
    assert receipt.environment in pruned.generations
    assert pruned.in_use == ()
    assert not receipt.folder.exists()


def test_plugin_that_is_removed_stays_on_disk_until_the_build_has_ended(shop: Shop) -> None:
    receipt = shop.install("packer-plugin-slow")
    with running_build(shop) as (build, go):
        shop.packer("plugins", "remove", "slow")
        assert shop.installer.installed() == []
        assert "what came late: 1.0" in ended(build, go)
    shop.packer("plugins", "prune")
    assert not receipt.folder.exists()
    assert not [name for name in shop.holds() if not name.startswith("runs")]
