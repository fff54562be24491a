"""Many builds: side by side in a process of its own, and one after the other in this one."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import psutil
import pytest

from helpers.engine import Screen
from packer_core.engine.choice import Choice
from packer_core.engine.configs import BuildFlags
from packer_core.engine.plan import plan
from packer_core.engine.prepare import PreparedJob, prepare
from packer_core.engine.scheduler import run
from packer_core.plugins.catalog import Catalog, Component
from packer_core.plugins.fleet import Fleet
from packer_core.template.inputs import VariableInputs
from packer_core.template.load import load_template
from packer_sdk.cancel import CancelToken

if TYPE_CHECKING:
    from chaos.conftest import Arena

SIDE_BY_SIDE = 50
IN_A_ROW = 500
WARM_UP = 20
"""Builds until everything that is kept on purpose has been made."""


@pytest.mark.long
def test_fifty_builds_side_by_side(arena: Arena) -> None:
    names = [f"b{number}" for number in range(SIDE_BY_SIDE)]
    steps = [{"type": "healthy"}]
    path = arena.template(
        builders=[{"type": "healthy", "name": name} for name in names],
        provisioners=steps,
        **{"post-processors": steps},
    )
    soft_limit = ("bash", "-c", 'ulimit -Sn 256; exec "$@"', "bash")
    ended = arena.start("build", str(path), under=soft_limit).end()
    assert ended.status == 0, ended.text[-3000:]
    missing = [name for name in names if f"--> healthy.{name}: the thing of" not in ended.text]
    assert missing == []
    arena.assert_nothing_left()


def build_once(arena: Arena, number: int) -> None:
    """Build in this process, every tenth time with everything there is."""
    healthy = [{"type": "healthy"}]
    steps = [] if number % 10 else healthy
    path = arena.template(builders=healthy, provisioners=steps, **{"post-processors": steps})
    template = load_template(path, VariableInputs())
    plugins = arena.folder.parent / "plugins"
    catalog = Catalog(
        Component(kind=kind, name="healthy", argv=(str(one),), source="config file", path=one)
        for kind in ("builder", "provisioner", "post-processor")
        for one in [plugins / f"packer-{kind}-healthy"]
    )
    screen = Screen()
    with Fleet(arena.environ) as fleet:
        [job] = prepare(plan(template, catalog, Choice()), template, BuildFlags(), fleet)
        assert isinstance(job, PreparedJob)
        [outcome] = run([job], screen.for_job, CancelToken())
    assert outcome.succeeded, outcome


@pytest.mark.long
def test_builds_in_a_row_take_nothing_more_than_one(arena: Arena) -> None:
    process = psutil.Process()
    for number in range(WARM_UP):
        build_once(arena, number)
    gc.collect()
    memory, descriptors = process.memory_info().rss, process.num_fds()
    threads = threading.active_count()
    for number in range(IN_A_ROW - WARM_UP):
        build_once(arena, number)
    gc.collect()
    assert (process.num_fds(), threading.active_count()) == (descriptors, threads)
    assert process.memory_info().rss - memory < 20_000_000
    arena.assert_nothing_left()
