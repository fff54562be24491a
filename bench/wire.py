"""Calls and bulk data between a core and a plugin, in Python and in Go, as ratios to Go and Go.

    python bench/wire.py               all four pairs, two minutes
    python bench/wire.py --quick       64 MiB per stream instead of 256, fewer calls
    python bench/wire.py --judges DIR  with packer-driver and packer-plugin-peer from there

The two programs in Go are those of tests/peers/go, built here if Go is installed. Without it only
Python to Python is measured, and there are no ratios. Rounds of the pairs alternate, and the best
of each counts: whatever else the machine does makes numbers worse, never better.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk import CancelToken
from packer_sdk.testing import PluginProcess, RecordingHook, RecordingUi
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_sdk import Artifact, Communicator

HERE = Path(__file__).parent
GO = HERE.parent / "tests" / "peers" / "go"
NAME = "-packer-default-plugin-name-"
MIB = 1 << 20
AIMS = {"round_trip_us": 3.0, "upload_one_mib": 1.5, "upload_four_mib": 1.5}
AIMS |= {"download_one_mib": 1.5, "download_four_mib": 1.5}

Facts = dict[str, float]


class Zeros:
    """A file of so many zeros."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.block = bytes(256 * 1024)

    def read(self, size: int = -1) -> bytes:
        count = min(self.left, len(self.block) if size < 0 else size, len(self.block))
        self.left -= count
        return self.block[:count]


class Counter:
    """A file that counts."""

    def __init__(self) -> None:
        self.count = 0

    def write(self, data: bytes) -> int:
        self.count += len(data)
        return len(data)


def python_core(command: list[str], calls: int, size: int) -> Facts:
    """What `packer-driver bench` does, by the client that core has."""
    facts: Facts = {}

    def provision(name: str, ui: object, communicator: Communicator, *_: object) -> None:
        transfers(communicator, size, facts)

    with PluginProcess([*command, "start", "builder", NAME], "builder") as builder:
        builder.prepare([{"steps": ["provision"], "artifact": "bench"}])
        artifact = builder.run(RecordingUi(), RecordingHook(provision), CancelToken())  # type: ignore[arg-type]
        round_trips(artifact, calls, facts)
    return facts


def round_trips(artifact: Artifact, calls: int, facts: Facts) -> None:
    def call(_: int) -> None:
        for _ in range(calls):
            assert artifact.id == "bench"

    facts["round_trip_us"] = parallel(1, call) * 1e6 / calls
    facts["calls_per_second"] = 8 * calls / parallel(8, call)


def transfers(communicator: Communicator, size: int, facts: Facts) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(size)

        def download(_: int) -> None:
            sink = Counter()
            communicator.download(file.name, sink)  # type: ignore[arg-type]
            assert sink.count == size

        def upload(_: int) -> None:
            communicator.upload(os.devnull, Zeros(size))  # type: ignore[arg-type]

        for name, streams, move in (
            ("download_one_mib", 1, download),
            ("download_four_mib", 4, download),
            ("upload_one_mib", 1, upload),
            ("upload_four_mib", 4, upload),
        ):
            facts[name] = size * streams / MIB / parallel(streams, move)


def parallel(count: int, work: Callable[[int], None]) -> float:
    """Seconds for as many threads to do the work."""
    began = time.perf_counter()
    threads = [spawn(f"bench-{number}", work, number) for number in range(count)]
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def go_core(driver: Path, command: list[str], calls: int, size: int) -> Facts:
    request = {"plugin": command, "calls": calls, "bytes": size}
    done = subprocess.run(
        [driver, "bench", json.dumps(request)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"packer-driver: {done.stderr}")
    facts: Facts = json.loads(done.stdout)
    return facts


def judges(folder: str | None, work: Path) -> tuple[Path, Path] | None:
    """Driver and plugin in Go; None if they cannot be had."""
    if folder:
        return Path(folder, "packer-driver"), Path(folder, "packer-plugin-peer")
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        return None
    for package, name in (("driver", "packer-driver"), ("plugin", "packer-plugin-peer")):
        subprocess.run([go, "build", "-o", work / name, f"./{package}"], cwd=GO, check=True)
    return work / "packer-driver", work / "packer-plugin-peer"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--judges", help="folder with the programs in Go")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    calls, size = (500, 64 * MIB) if options.quick else (2000, 256 * MIB)
    with tempfile.TemporaryDirectory() as folder:
        python = [sys.executable, "-I", str(HERE / "plugins" / "peer.py")]
        pairs: dict[str, Callable[[], Facts]] = {}
        pairs["Python to Python"] = lambda: python_core(python, calls, size)
        found = judges(options.judges, Path(folder))
        if found:
            driver, plugin = found
            pairs["Python to Go"] = lambda: python_core([str(plugin)], calls, size)
            pairs["Go to Python"] = lambda: go_core(driver, python, calls, size)
            pairs["Go to Go"] = lambda: go_core(driver, [str(plugin)], calls, size)
        best: dict[str, Facts] = {name: {} for name in pairs}
        for _ in range(options.rounds):
            for name, measure in pairs.items():
                best[name] = better(best[name], measure())
    show(best)


def better(one: Facts, other: Facts) -> Facts:
    choose = {"round_trip_us": min}
    return {
        name: choose.get(name, max)(one.get(name, value), value) for name, value in other.items()
    }


def show(best: dict[str, Facts]) -> None:
    units = {"round_trip_us": "us", "calls_per_second": "calls/s"}
    unit = best.get("Go to Go")
    for fact in best["Python to Python"]:
        aim = f"  (aim: {AIMS[fact]:g} times or less)" if fact in AIMS else ""
        print(f"{fact.removesuffix('_us').removesuffix('_mib')}, {units.get(fact, 'MiB/s')}{aim}")
        for pair, facts in best.items():
            times = ""
            if unit:
                ratio = facts[fact] / unit[fact]
                times = f"{ratio if fact == 'round_trip_us' else 1 / ratio:6.2f} times"
            print(f"    {pair:18} {facts[fact]:10.1f} {times}")


if __name__ == "__main__":
    main()
