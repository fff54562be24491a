"""Numbers, measured in one run and told as ratios to `python -c pass` of the same run.

    python bench/run.py              all of it, about a minute
    python bench/run.py --quick      fewer rounds, 128 MiB through the relay
    python bench/run.py --peer PATH  the same builds by a HashiCorp packer, too (1.6.6 of Debian)

Ratios, because a machine is fast or slow as it pleases; a ratio says what we add to it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from installs import installs, lists

from packer_core.hcl.evaluate import evaluate
from packer_core.hcl.findings import Findings
from packer_core.hcl.functions.table import Library, Surroundings
from packer_core.hcl.parser import parse_file
from packer_core.hcl.scope import Scope
from packer_core.plugins.discovery import bundled_components
from packer_core.plugins.process import PluginProcess
from packer_sdk.cty.values import implied
from packer_sdk.rpc.builder import BuilderClient

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
PACKER = str(Path(sys.executable).with_name("packer"))
MIB = 1 << 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Numbers, as ratios to `python -c pass`.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, less data")
    parser.add_argument("--only", help="one part: start, version, build, relay, peer …")
    parser.add_argument("--peer", help="another packer, to build the same with")
    options = parser.parse_args()
    rounds, size = (5, 128 * MIB) if options.quick else (15, 1024 * MIB)
    # What is measured is what users have: modules compiled once, at the first run.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        unit = seconds([sys.executable, "-I", "-c", "pass"], rounds)
        print(f"{'python -I -c pass':44} {unit * 1000:7.1f} ms   1.0 times, the unit")
        parts: dict[str, Callable[[], None]] = {
            "start": lambda: show("plugin: spawn to first reply", first_reply(rounds), unit, 4),
            "version": lambda: show("packer version", seconds([PACKER, "version"], rounds), unit),
            "build": lambda: show("packer build: 3 components", build(rounds), unit),
            "relay": lambda: relay(size),
            "hcl": lambda: hcl(rounds, unit),
            "install": lambda: installs(median, min(rounds, 7)),
            "lists": lambda: lists(median, rounds, unit),
            "lines": lambda: lines(20_000 if options.quick else 100_000),
        }
        if options.peer:
            parts["peer"] = lambda: peers(options.peer, rounds)
        for name, measure in parts.items():
            if options.only in (None, name):
                measure()


def show(what: str, took: float, unit: float, aim: float | None = None) -> None:
    """One line."""
    aimed = f"  (aim: {aim:g} times or less)" if aim else ""
    print(f"{what:44} {took * 1000:7.1f} ms {took / unit:5.1f} times{aimed}")


def seconds(command: list[str], rounds: int) -> float:
    """Median wall time of a command."""
    nothing = subprocess.DEVNULL
    return median(
        lambda: subprocess.run(command, check=True, stdout=nothing, stderr=nothing), rounds
    )


def median(work: Callable[[], object], rounds: int) -> float:
    """Median wall time of some work, after one round that nobody counts."""
    times = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def first_reply(rounds: int) -> float:
    """From the start of a process to the answer to its first call."""
    null = next(
        one for one in bundled_components((PACKER,)) if (one.kind, one.name) == ("builder", "null")
    )
    times = []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        process = PluginProcess.start(null, os.environ)
        assert process.session is not None
        BuilderClient(process.session).prepare([{"communicator": "none"}])
        times.append(time.perf_counter() - started)
        process.stop()
    return statistics.median(times[1:])


def build(rounds: int) -> float:
    """A whole build: null, shell-local, manifest."""
    template = {
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": [{"type": "shell-local", "inline": ["true"]}],
        "post-processors": ["manifest"],
    }
    Path("small.json").write_text(json.dumps(template))
    return seconds([PACKER, "build", "small.json"], rounds)


def peers(peer: str, rounds: int) -> None:
    """The same builds by both: one of three components, and fifty of those side by side."""
    for count, times in ((1, rounds), (50, 3)):
        builders = [
            {"type": "null", "name": f"n{number}", "communicator": "none"}
            for number in range(count)
        ]
        template = {
            "builders": builders,
            "provisioners": [{"type": "shell-local", "inline": ["true"]}],
            "post-processors": ["manifest"],
        }
        path = Path(f"peer{count}.json")
        path.write_text(json.dumps(template))
        ours, our_memory = build_watched(PACKER, path, times)
        theirs, their_memory = build_watched(peer, path, times)
        what = f"packer build, {count} at once"
        print(
            f"{what:44} {ours * 1000:7.0f} ms against {theirs * 1000:.0f} ms: "
            f"{ours / theirs:4.2f} times  (aim: 1.0 or less)"
        )
        print(
            f"{'  memory of all processes':44} {our_memory / MIB:7.0f} MiB against "
            f"{their_memory / MIB:.0f} MiB: {our_memory / their_memory:4.2f} times"
        )


def build_watched(program: str, template: Path, rounds: int) -> tuple[float, int]:
    """Median wall time in seconds, and the most memory of all processes together in bytes."""
    environ = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    command = [program, "build", str(template)]
    times, memory = [], 0
    for _ in range(rounds):
        Path("packer-manifest.json").unlink(missing_ok=True)
        started = time.perf_counter()
        # Fifty manifests at once are more than the peer's lock file can bear at times; its time
        # counts all the same.
        subprocess.run(command, check=program == PACKER, stdout=subprocess.DEVNULL, env=environ)
        times.append(time.perf_counter() - started)
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environ)
    while child.poll() is None:
        memory = max(memory, proportional_memory(psutil.Process(child.pid)))
    return statistics.median(times), memory


def proportional_memory(parent: psutil.Process) -> int:
    """Bytes of a process and all below it, what they share counted once (PSS)."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for process in (parent, *parent.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total


def evaluating(rounds: int) -> None:
    """500 arguments with templates, loops, objects, calls and conditions in 20 ms."""
    text = "".join(
        f'a{n} = "${{var.name}}-{n}"\n'
        f'b{n} = [for x in var.list : upper(x) if x != "z"]\n'
        f"c{n} = {{k = var.list[0], n = {n} + var.one}}\n"
        f'd{n} = format("%s-%03d", var.name, {n})\n'
        f'e{n} = var.name == "x" ? merge({{a = 1}}, {{b = 2}}) : {{}}\n'
        for n in range(100)
    )
    attributes = parse_file(text, "x").body.just_attributes()[0].values()
    known = implied({"name": "x", "list": ["a", "b"], "one": 1})
    scope = Scope({"var": known}, Library(Surroundings()))
    findings = Findings()

    def every() -> None:
        for attribute in attributes:
            evaluate(attribute.expression, scope, findings)

    took = median(every, rounds * 3)
    assert not findings.errors
    print(f"{'HCL: 500 arguments evaluated':44} {took * 1000:7.1f} ms   aim 20 ms")


def hcl(rounds: int, unit: float) -> None:
    """A template of 500 lines read in 10 ms, one of 50,000 in no more for each line."""
    original = (HERE.parent / "tests/data/hcl/language.pkr.hcl").read_text(encoding="utf-8")
    short = original * (500 // len(original.splitlines()))
    lines = len(short.splitlines())
    one = median(lambda: parse_file(short, "x"), rounds * 3)
    print(f"{f'HCL: {lines} lines parsed':44} {one * 1000:7.1f} ms   aim 10 ms")
    long = median(lambda: parse_file(short * 100, "x"), 1)
    times = long / one / 100
    print(f"{f'HCL: {lines * 100} lines parsed':44} {long:7.2f} s    {times:.1f} times a line")
    evaluating(rounds)
    steps = 'provisioner "shell-local" {\n  inline = ["echo ${var.a}", upper("x")]\n}\n' * 160
    head = 'variable "a" {\n  default = "b"\n}\nsource "null" "c" {\n  communicator = "none"\n}\n'
    template = f'{head}build {{\n  sources = ["source.null.c"]\n{steps}}}\n'
    Path("x.pkr.hcl").write_text(template)
    command = [PACKER, "validate", "-syntax-only", "x.pkr.hcl"]
    lines = template.count("\n")
    show(f"packer validate -syntax-only, {lines} lines", seconds(command, rounds), unit, 8)


def relay(size: int) -> None:
    """An upload from a provisioner through core to a builder: three processes."""
    plugins = {"builders": {"sink": "sink"}, "provisioners": {"pour": "pour"}}
    for kind, entries in plugins.items():
        for name in entries:
            script = Path(f"packer-{kind[:-1]}-{name}")
            text = (HERE / "plugins" / f"{name}.py").read_text()
            script.write_text(f"#!{sys.executable} -I\n{text}")
            script.chmod(0o755)
    template = {
        "builders": [{"type": "sink"}],
        "provisioners": [{"type": "pour", "size": size}],
    }
    Path("relay.json").write_text(json.dumps(template))
    out = subprocess.run(
        [PACKER, "build", "relay.json"], capture_output=True, text=True, check=False
    ).stdout
    found = dict(re.findall(r"bench (\w+)=([\d.]+)", out))
    if "seconds" not in found:
        sys.exit(f"the relay gave no numbers:\n{out}")
    rate = size / MIB / float(found["seconds"])
    print(f"{f'relay: upload of {size // MIB} MiB':44} {rate:7.0f} MiB/s  (aim: 300 or more)")
    for who in ("provisioner", "core", "builder"):
        peak = float(found[who]) / 1024
        print(f"{f'  peak memory of the {who}':44} {peak:7.1f} MiB    (aim: 60 or less)")


def lines(count: int) -> None:
    """Lines of a script, through its provisioner and core to a reader; none may be lost."""
    script = f"i=0; while [ $i -lt {count} ]; do echo line $i of the output; i=$((i+1)); done"
    template = {
        "builders": [{"type": "null", "communicator": "none"}],
        "provisioners": [{"type": "shell-local", "inline": [script]}],
    }
    Path("lines.json").write_text(json.dumps(template))
    written = subprocess.run(["sh", "-c", script], capture_output=True, check=True).stdout
    wanted = [f"==> null: {line}" for line in written.decode().splitlines()]
    for what, events in (("no events", "0"), ("events", "")):
        started = time.perf_counter()
        done = subprocess.run(
            [PACKER, "build", "lines.json"],
            env={**os.environ, "PACKER_EVENTS": events, "PACKER_DATA_DIR": str(Path.cwd())},
            capture_output=True,
            text=True,
            check=True,
        )
        rate = count / (time.perf_counter() - started)
        shown = [line for line in done.stdout.splitlines() if line.startswith("==> null: line ")]
        lost = "none lost" if shown == wanted else "LINES ARE LOST"
        print(f"{f'lines: {count}, {what}':44} {rate:7.0f} a second, {lost}  (aim: 10000 or more)")


if __name__ == "__main__":
    main()
