"""Fuzz a target, guided by coverage: ``python tests/fuzz/run.py TARGET|all SECONDS [FOLDER]``.

Starts from the corpus in tests/data/fuzz/TARGET and from what the contract tests know. An input
that fails is written to FOLDER (by default the corpus, where every test run from then on tries
it), and the exit status is not 0.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["packer_sdk"], enable_loader_override=False):
    from fuzz.targets import TARGETS

from fuzz.seeds import seeds

CORPUS = Path(__file__).parents[1] / "data" / "fuzz"


def main(name: str, seconds: str, folder: str | None = None) -> None:
    """Run; libFuzzer ends the process, so that each target has one of its own."""
    if name == "all":
        for target in TARGETS:
            subprocess.run([sys.executable, __file__, target, seconds], check=True)
        return
    corpus = CORPUS / name
    corpus.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as found:  # libFuzzer puts what is interesting there
        for number, seed in enumerate(seeds(name)):
            (Path(found) / f"seed{number}").write_bytes(seed)
        arguments = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            "-max_len=4096",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            f"-artifact_prefix={folder or corpus}/",
            found,
            str(corpus),
        ]
        atheris.Setup(arguments, TARGETS[name])
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
