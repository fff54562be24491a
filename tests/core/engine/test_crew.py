from __future__ import annotations

import threading

import pytest

from packer_core.engine.crew import Crew


def test_crew_returns_results_and_raises_errors_through_futures() -> None:
    crew = Crew("test", None)
    good, bad = crew.submit(int, "7"), crew.submit(int, "seven")
    assert good.result() == 7
    with pytest.raises(ValueError, match="seven"):
        bad.result()


def test_crew_never_runs_more_than_its_limit() -> None:
    running, most, lock = 0, 0, threading.Lock()
    first = threading.Event()

    def work() -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
            if running == 2:
                first.set()
        first.wait(5)
        with lock:
            running -= 1

    crew = Crew("test", 2)
    for future in [crew.submit(work) for _ in range(6)]:
        future.result()
    assert most == 2
