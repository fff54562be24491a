"""Upgrades that are killed with kill -9 at random moments: the old or the new, never neither."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from packer_core.plugins.discovery import discover
from packer_core.plugins.install import upkeep

if TYPE_CHECKING:
    from .conftest import Shop

KILLS = int(os.environ.get("INSTALL_KILLS", "12"))

UPGRADE = """\
import json, os, sys
from packer_core.paths import Paths
from packer_core.plugins.install import Installer, StoredWheel

wheels = [StoredWheel(**one) for one in json.loads(sys.argv[1])]
Installer(Paths.from_environ(os.environ), print).install(
    "packer-plugin-tiny", upgrade=True, wheels=wheels
)
"""


def test_kill_at_any_moment_leaves_the_old_or_the_new(shop: Shop) -> None:
    recipes = {}
    for version in ("1.0.0", "1.1.0"):
        receipt = shop.installer.install(f"packer-plugin-tiny=={version}", upgrade=True)
        recipes[version] = json.dumps(
            [
                {"name": w.name, "version": w.version, "filename": w.filename, "sha256": w.sha256}
                for w in receipt.wheels
            ]
        )
    counted, moments = "1.1.0", random.Random(os.environ.get("INSTALL_SEED", "1"))
    typical_s = seconds_of(shop, recipes[counted])
    killed = changed = 0
    for round_ in range(KILLS):
        wanted = "1.0.0" if counted == "1.1.0" else "1.1.0"
        before, status = counted, upgrade(shop, recipes[wanted], moments.uniform(0, typical_s))
        counted = what_counts(shop)
        assert counted in {before, wanted}, f"round {round_}"
        assert status != 0 or counted == wanted
        killed += status != 0
        changed += counted != before
    assert killed > KILLS // 4, "most came to an end before they were killed"
    assert upgrade(shop, recipes["1.1.0"], 120) == 0
    assert what_counts(shop) == "1.1.0"
    assert upkeep.verify(shop.installer.known("tiny")) == []
    assert list(upkeep.examine(shop.paths)) == []
    generations = list((shop.paths.environments / "packer-plugin-tiny").iterdir())
    assert len(generations) <= 3, "litter of killed upgrades"


def seconds_of(shop: Shop, recipe: str) -> float:
    started = time.monotonic()
    assert upgrade(shop, recipe, 120) == 0
    return time.monotonic() - started


def upgrade(shop: Shop, recipe: str, kill_after_s: float) -> int:
    with subprocess.Popen(
        [sys.executable, "-P", "-c", UPGRADE, recipe],
        env={**shop.environ, "PACKER_INSTALLER": "uv"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as child:
        try:
            _, errors = child.communicate(timeout=kill_after_s)
            assert child.returncode == 0, errors
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
            child.communicate()
        return child.returncode


def what_counts(shop: Shop) -> str:
    """The version that a build would use now: found, described, and what the receipt says."""
    catalog = discover(shop.paths, cwd=shop.root, environ={}, bundled=())
    shim = catalog.find("builder", "tiny").path
    done = subprocess.run([shim, "describe"], capture_output=True, check=True, timeout=60)
    version = str(json.loads(done.stdout)["version"])
    assert shop.installer.known("tiny").version == version
    return version
