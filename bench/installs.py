"""Installing a plugin beside what pipx and uv do with the same one; lists of many plugins."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from install.conftest import Package, sdk_package
from packer_core.paths import Paths
from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.plugins.install.receipts import Receipt
from packer_core.plugins.install.store import Slot

if TYPE_CHECKING:
    from collections.abc import Callable

BIN = Path(sys.executable).parent
PLUGIN = "packer-plugin-tiny"


def wheelhouse() -> Path:
    """A folder with the same small plugin for everybody, and what it needs."""
    folder = Path("wheels").absolute()
    folder.mkdir()
    for package in (Package(PLUGIN), sdk_package()):
        package.write(folder)
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(folder)]
    subprocess.run([*pip, "msgpack", "pip"], check=True)  # pipx wants a pip of its own
    return folder


def contenders(folder: Path) -> dict[str, tuple[list[str], dict[str, str], Path]]:
    """Command, environment and place of each; all are to install anew, offline."""
    base = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "UV_", "PACKER_"))
    }
    base |= {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": os.devnull}
    places = {name: Path(name).absolute() for name in ("packer", "packer-uv", "pipx", "uv")}
    ours = [str(BIN / "packer"), "plugins", "install", "-force"]
    return {
        "packer plugins install, pip": (
            [*ours, PLUGIN],
            base | {"PACKER_DATA_DIR": str(places["packer"])},
            places["packer"] / "environments",
        ),
        "pipx install, pip": (
            [str(BIN / "pipx"), "install", "--backend", "pip", "--force", PLUGIN],
            base
            | {
                "PIPX_HOME": str(places["pipx"]),
                "PIPX_BIN_DIR": str(places["pipx"] / "bin"),
                "PIPX_MAN_DIR": str(places["pipx"] / "man"),
            },
            places["pipx"] / "venvs",
        ),
        "packer plugins install, uv": (
            [*ours, "-installer", "uv", PLUGIN],
            base | {"PACKER_DATA_DIR": str(places["packer-uv"])},
            places["packer-uv"] / "environments",
        ),
        "uv tool install": (
            [
                *(str(BIN / "uv"), "tool", "install", "--force", "--reinstall", "--no-index"),
                *("--find-links", str(folder), "--python", sys.executable, PLUGIN),
            ],
            base
            | {
                "UV_TOOL_DIR": str(places["uv"]),
                "UV_TOOL_BIN_DIR": str(places["uv"] / "bin"),
                "UV_CACHE_DIR": str(Path("uv-cache").absolute()),
            },
            places["uv"],
        ),
    }


def installs(median: Callable[[Callable[[], object], int], float], rounds: int) -> None:
    """The same small plugin by each; ratios of ours to theirs, and what is on disk then."""
    took = {}
    for name, (command, environ, place) in contenders(wheelhouse()).items():
        took[name] = median(partial(quietly, command, environ), rounds)
        newest = sorted(place.glob("*/[0-9]*"))[-1:] or [place]
        size = sum(path.lstat().st_size for path in newest[0].rglob("*"))
        print(f"{name:44} {took[name] * 1000:7.1f} ms          {size / 1024:.0f} KiB on disk")
    for ours, theirs, aim in (
        ("packer plugins install, pip", "pipx install, pip", 1.0),
        ("packer plugins install, uv", "uv tool install", 2.0),
    ):
        ratio = took[ours] / took[theirs]
        print(f"{f'{ours} to {theirs}':44}            {ratio:5.2f} times  (aim: {aim:g} or less)")


def quietly(command: list[str], environ: dict[str, str]) -> None:
    """Run to the end."""
    subprocess.run(command, env=environ, check=True, capture_output=True)


def lists(median: Callable[[Callable[[], object], int], float], rounds: int, unit: float) -> None:
    """Lists and completion with 1, 30 and 200 plugins; every shim counts who starts it."""
    for count in (1, 30, 200):
        store = Path(f"store-{count}").absolute()
        started = store / "started"
        fill(store, count, started)
        environ = {**os.environ, "PACKER_DATA_DIR": str(store)}
        done = subprocess.run(
            [str(BIN / "packer"), "plugins", "list", "-json"],
            env=environ,
            check=True,
            capture_output=True,
        )
        rows = [row for row in json.loads(done.stdout)["components"] if "note" in row["name"]]
        assert len(rows) == count
        listing = [str(BIN / "packer"), "plugins", "list"]
        took = median(partial(quietly, listing, environ), rounds)
        assert not started.exists(), "a plugin was started"
        what = f"packer plugins list: {count} installed"
        print(f"{what:44} {took * 1000:7.1f} ms {took / unit:5.1f} times  (aim: 6 times or less)")
        completing = [str(BIN / "packer"), "completion", "bash"]
        took = median(partial(quietly, completing, environ), rounds)
        assert not started.exists(), "a plugin was started"
        what = f"packer completion bash: {count} installed"
        print(f"{what:44} {took * 1000:7.1f} ms {took / unit:5.1f} times")
        shutil.rmtree(store)


def fill(store: Path, count: int, started: Path) -> None:
    """A store of plugins whose shims would tell if somebody started them."""
    paths = Paths.from_environ({"HOME": str(store), "PACKER_DATA_DIR": str(store)})
    for number in range(count):
        slot = Slot(paths, f"packer-plugin-note{number}")
        folder = slot.fresh()
        component = InstalledComponent("builder", f"note{number}", "note:Note")
        shim = folder / "packer-shims" / component.executable
        shim.parent.mkdir(parents=True)
        shim.write_text(f"#!/bin/sh\necho >> {started}\n")
        shim.chmod(0o755)
        receipt = replace(
            RECEIPT,
            distribution=slot.name,
            environment=str(folder),
            interpreter=sys.executable,
            components=(component,),
            shims=(str(paths.shims / component.executable),),
        )
        (folder / "packer-receipt.json").write_text(receipt.to_json())
        slot.switch(1, receipt)


RECEIPT = Receipt(
    distribution="packer-plugin-note",
    version="1.0",
    requirement="packer-plugin-note",
    origin="index",
    environment="",
    interpreter="",
    interpreter_version="3.11.7",
    components=(),
    shims=(),
    distributions=(),
    description={"version": "1.0", "builders": ["note"]},
    fingerprint="",
    installed_at="2026-01-02T03:04:05+00:00",
)
