from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from helpers.engine import FakeBuilder, Screen, Thing, named, source
from packer_core.engine.plan import Job
from packer_core.engine.prepare import PreparedJob
from packer_core.engine.scheduler import run
from packer_core.logs import job_name
from packer_sdk.cancel import CancelToken
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from packer_core.engine.outcome import Outcome


def check(truth: bool) -> None:
    assert truth


def jobs(*builders: FakeBuilder) -> list[PreparedJob]:
    return [
        PreparedJob(
            job=Job(source=source(f"n{index}"), builder=named("builder", "maker")), builder=builder
        )
        for index, builder in enumerate(builders)
    ]


def test_run_returns_outcomes_in_the_order_of_the_jobs(screen: Screen) -> None:
    gate = threading.Event()
    slow = FakeBuilder(Thing("slow"), work=lambda _: check(gate.wait(10)))
    quick = FakeBuilder(Thing("quick"), work=lambda _: gate.set())
    outcomes = run(jobs(slow, quick), screen.for_job, CancelToken())
    assert [str(outcome.artifacts[0]) for outcome in outcomes] == ["thing slow", "thing quick"]


def test_run_lets_other_jobs_finish_when_one_fails(screen: Screen) -> None:
    outcomes = run(
        jobs(FakeBuilder(fails=PackerError("no")), FakeBuilder(Thing("yes"))),
        screen.for_job,
        CancelToken(),
    )
    assert [outcome.succeeded for outcome in outcomes] == [False, True]


def test_run_keeps_to_its_limit(screen: Screen) -> None:
    running, most, lock = 0, 0, threading.Lock()

    def work(_: CancelToken) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        threading.Event().wait(0.02)
        with lock:
            running -= 1

    run(jobs(*(FakeBuilder(work=work) for _ in range(5))), screen.for_job, CancelToken(), limit=1)
    assert most == 1


def test_run_starts_nothing_more_once_cancelled(screen: Screen) -> None:
    cancel, built = CancelToken(), []
    first = FakeBuilder(work=lambda _: cancel.cancel())
    second = FakeBuilder(work=lambda _: built.append(1))
    outcomes = run(jobs(first, second), screen.for_job, cancel, limit=1)
    assert built == []
    assert [outcome.started for outcome in outcomes] == [True, False]
    assert all(outcome.cancelled for outcome in outcomes)


def test_run_tells_of_each_job_as_it_ends(screen: Screen) -> None:
    ended: list[Outcome] = []
    run(jobs(FakeBuilder(), FakeBuilder()), screen.for_job, CancelToken(), finished=ended.append)
    assert sorted(outcome.job for outcome in ended) == ["maker.n0", "maker.n1"]


def test_run_names_the_job_in_its_threads(screen: Screen) -> None:
    seen: list[str] = []
    builder = FakeBuilder(Thing("a"), work=lambda _: seen.append(job_name.get()))
    run(jobs(builder, builder), screen.for_job, CancelToken(), limit=1)
    assert seen == ["maker.n0", "maker.n1"]
    assert job_name.get() == ""
