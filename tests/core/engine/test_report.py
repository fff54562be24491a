from __future__ import annotations

import pytest

from helpers.engine import Screen, Thing
from packer_core.engine.outcome import Outcome
from packer_core.engine.report import report, report_job, spoken
from packer_core.errors import PluginCrashed
from packer_sdk.errors import ConnectionLost, PackerError


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (0.0004, "0 seconds"),
        (0.34, "340 milliseconds"),
        (1, "1 second"),
        (1.001, "1 second 1 millisecond"),
        (125, "2 minutes 5 seconds"),
        (3600, "1 hour"),
        (90061.5, "1 day 1 hour"),
    ],
)
def test_spoken_names_the_two_largest_units(seconds: float, text: str) -> None:
    assert spoken(seconds) == text


def test_report_job_says_how_it_ended(screen: Screen) -> None:
    report_job(Outcome(job="a", duration_s=2), screen)
    report_job(Outcome(job="b", duration_s=2, errors=(PackerError("no"),)), screen)
    report_job(Outcome(job="c", duration_s=2, cancelled=True), screen)
    assert screen.text().splitlines() == [
        "Build 'a' finished after 2 seconds.",
        "Build 'b' errored after 2 seconds: no",
        "Build 'c' was cancelled after 2 seconds.",
    ]


def test_report_lists_artifacts_and_is_0_when_all_went_well(screen: Screen) -> None:
    outcomes = [Outcome(job="a", artifacts=(Thing("x", files=("f", "g")),))]
    assert report(outcomes, screen, screen.for_job, duration_s=1) == 0
    assert "--> a: thing x" in screen.text()
    assert screen.records() == [
        ("a", "artifact-count,1"),
        ("a", "artifact,0,builder-id,test"),
        ("a", "artifact,0,id,x"),
        ("a", "artifact,0,string,thing x"),
        ("a", "artifact,0,files-count,2"),
        ("a", "artifact,0,file,0,f"),
        ("a", "artifact,0,file,1,g"),
        ("a", "artifact,0,end"),
    ]


def test_report_lists_errors_with_hints_and_is_1(screen: Screen) -> None:
    error = PackerError("no", hint="do this")
    outcomes = [Outcome(job="a", errors=(error,)), Outcome(job="b", artifacts=(Thing("x"),))]
    assert report(outcomes, screen, screen.for_job, duration_s=1) == 1
    assert "--> a: no" in screen.text()
    assert "    hint: do this" in screen.text()
    assert ("a", "artifact-count,0") not in screen.records()  # as in Packer: nothing, no record
    assert "--> b: thing x" in screen.text()
    assert ("", "error-count,1") in screen.records()
    assert ("a", "error,no") in screen.records()


def test_report_without_artifacts_says_so(screen: Screen) -> None:
    assert report([Outcome(job="a")], screen, screen.for_job, duration_s=1) == 0
    assert "no artifacts were created" in screen.text()


def test_report_is_1_when_cancelled_or_when_jobs_were_refused(screen: Screen) -> None:
    cancelled = [Outcome(job="a", cancelled=True)]
    assert report(cancelled, screen, screen.for_job, duration_s=1) == 1
    assert report([Outcome(job="a")], screen, screen.for_job, duration_s=1, ready=False) == 1


def test_report_survives_an_artifact_whose_process_is_gone(screen: Screen) -> None:
    class Lost(Thing):
        @property
        def files(self) -> tuple[str, ...]:
            raise ConnectionLost("connection closed")

        @files.setter
        def files(self, value: object) -> None:
            pass

    assert (
        report([Outcome(job="a", artifacts=(Lost("x"),))], screen, screen.for_job, duration_s=1)
        == 0
    )
    assert "an artifact that can no longer be described: connection closed" in screen.text()


def test_report_says_why_a_plugin_died_once(screen: Screen) -> None:
    lines = ["noise", "Traceback (most recent call last):", "  File x", "KeyError: 'lost'"]
    crash = PluginCrashed("packer-builder-x died", last_lines=lines, hint="read this\nand that")
    outcome = Outcome(job="a", errors=(crash,))
    report_job(outcome, screen)
    assert report([outcome], screen, screen.for_job, duration_s=1) == 1
    assert screen.text().count("Traceback") == 1
    assert (
        "--> a: packer-builder-x died\n"
        "      Traceback (most recent call last):\n"
        "        File x\n"
        "      KeyError: 'lost'\n"
        "    hint: read this\n"
        "          and that"
    ) in screen.text()


@pytest.mark.parametrize(("aborted", "said"), [(False, "been cleaned up"), (True, "not waited")])
def test_report_does_not_claim_a_clean_up_that_was_not_waited_for(
    screen: Screen, aborted: bool, said: str
) -> None:
    outcomes = [Outcome(job="a", cancelled=True)]
    assert report(outcomes, screen, screen.for_job, duration_s=1, aborted=aborted) == 1
    assert said in screen.text()
