"""All checks of a plugin, one after the other."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from packer_sdk.errors import RpcError

from .bench import Bench
from .checks import checks_of
from .model import Failed, Outcome, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .model import Check, Target, Verdict
    from .program import Program


def examine(
    program: Program,
    *,
    only: Sequence[str] = (),
    target: Target | None = None,
    slow: bool = False,
    config: dict[str, object] | None = None,
    files: Sequence[str] = (),
) -> Iterator[Outcome]:
    """Try everything, and give each outcome as soon as it is known.

    Args:
        program: The plugin.
        only: The ids of the checks to try; all without.
        target: The component to try; every one without.
        slow: Whether to try what takes more than a minute, too.
        config: Options with which ``target`` is to do its work.
        files: For a post-processor that works: the artifact.
    """
    first = Bench(program, target)
    yield from _on(first, checks_of(None, slow=slow), only, None)
    for one in [target] if target else program.targets:
        bench = Bench(program, one, config=config, files=files)
        checks = checks_of(one, slow=slow)
        wanted = tuple(check for check in checks if config is not None or check.id != "run")
        yield from _on(bench, wanted, only, one)


def judge(check: Check, bench: Bench, target: Target | None) -> Outcome:
    """Try one check.

    Args:
        check: The check.
        bench: Where to try it.
        target: What the outcome is about; None is the plugin.
    """
    began = time.monotonic()
    verdict: Verdict = "holds"
    try:
        detail = check.run(bench) or ""
    except Skipped as reason:
        verdict, detail = "skipped", str(reason)
    except Failed as reason:
        verdict, detail = "fails", str(reason)
    except RpcError as reason:  # an error where an answer was to be, or nonsense
        verdict, detail = "fails", f"unexpected: {reason}"
    return Outcome(check, target, verdict, detail, time.monotonic() - began)


def _on(
    bench: Bench, checks: tuple[Check, ...], only: Sequence[str], target: Target | None
) -> Iterator[Outcome]:
    with bench:
        for check in checks:
            if not only or check.id in only:
                yield judge(check, bench, target)
