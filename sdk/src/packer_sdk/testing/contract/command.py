"""``python -m packer_sdk conformance PLUGIN``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from packer_sdk.errors import PackerError
from packer_sdk.plugin import KINDS

from .checks import CHECKS
from .examine import examine
from .model import Target
from .program import Program
from .report import as_json, heading, summary, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Outcome


def main(argv: Sequence[str]) -> int:
    """Examine a plugin and print what holds.

    Returns:
        0 if it is one; 1 if something required does not hold; 2 if nothing could be tried.
    """
    options = _parser().parse_args(argv)
    try:
        return _examine(options)
    except PackerError as error:
        sys.stderr.write(f"{error}\n" + (f"\nhint: {error.hint}\n" if error.hint else ""))
        return 2


def _examine(options: argparse.Namespace) -> int:
    target = Target(*options.component) if options.component else None
    program = Program(options.plugin, target)
    outcomes: list[Outcome] = []
    found = examine(
        program,
        only=options.only or (),
        target=target,
        slow=options.slow,
        config=_config(options.config, target),
        files=options.artifact or (),
    )
    if options.json:
        outcomes += found
        sys.stdout.write(as_json(program, outcomes) + "\n")
    else:
        for line in (heading(program), *table(_kept(found, outcomes)), summary(outcomes)):
            sys.stdout.write(line + "\n")
    return int(any(outcome.refuses for outcome in outcomes))


def _kept(found: Iterator[Outcome], kept: list[Outcome]) -> Iterator[Outcome]:
    for outcome in found:
        kept.append(outcome)
        yield outcome


def _config(path: str | None, target: Target | None) -> dict[str, object] | None:
    if path is None:
        return None
    if target is None:
        raise PackerError("a configuration is for one component", hint="add --component KIND NAME")
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PackerError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(read, dict):
        raise PackerError(f"{path} holds no object: options by name are wanted")
    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m packer_sdk conformance",
        description="Try whether an executable is a Packer plugin, whatever it is written in.",
        epilog=f"Kinds: {', '.join(KINDS)}. Checks: {', '.join(check.id for check in CHECKS)}.",
    )
    parser.add_argument("plugin", help="packer-plugin-NAME, or packer-KIND-NAME")
    parser.add_argument(
        "--component", nargs=2, metavar=("KIND", "NAME"), help="try this component alone"
    )
    parser.add_argument("--config", metavar="FILE", help="options in JSON: let it do its work")
    parser.add_argument(
        "--artifact", action="append", metavar="FILE", help="what a post-processor is given"
    )
    parser.add_argument("--only", action="append", metavar="CHECK", help="try this check alone")
    parser.add_argument("--slow", action="store_true", help="try what takes minutes, too")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    return parser
