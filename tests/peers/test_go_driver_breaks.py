"""HashiCorp's core and plugins when things break: cancelled, killed, crowded, silent."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest

from helpers.judges import KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from helpers.judges import Idling, Pair

CANCELLED_KINDS = ("builder", "provisioner", "post-processor")


@pytest.mark.parametrize("kind", CANCELLED_KINDS)
def test_cancel_in_the_middle_of_the_work(pair: Pair, kind: str, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    facts = pair.run(kind, raw={"steps": ["say before", f"hold {inside}"]}, cancel_when=inside)
    assert facts.errors == {"error": "cancelled"}
    assert facts.said() == ["before"]
    assert facts.ended_well()


def test_cancel_goes_through_the_hook_to_the_provisioner(pair: Pair, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": [f"hold {inside}"]}}])
    steps = ["provision", "say not reached"]
    facts = pair.run(raw={"steps": steps}, provisioner=over_there, cancel_when=inside)
    assert facts["error"] == "cancelled"
    assert facts["hooks"][0]["error"] == "cancelled"
    assert facts.said() == ["hook"]
    assert facts["provisioner"]["end"]["status"] == 0
    assert facts.ended_well()


def test_cancel_while_a_command_runs(pair: Pair, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    command = f"stream touch {inside}; sleep 2"
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": [command, "say late"]}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there, cancel_when=inside)
    assert "cancel" in facts["error"]
    assert "late" not in facts.said()
    assert facts.ended_well()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("call", ["spec", "prepare", "work"])
def test_killed_in_the_middle_of_a_call(pair: Pair, kind: str, call: str, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    environ = {"PEER_HOLD_SPEC": inside} if call == "spec" else {}
    options = {
        "prepare": {"prepare_steps": [f"hold {inside}"]},
        "work": {"steps": [f"hold {inside}"]},
    }
    facts = pair.run(kind, raw=options.get(call, {}), environ=environ, kill_when=inside)
    name = {"spec": "spec_error", "prepare": "prepare_error", "work": "error"}[call]
    assert list(facts.errors) == [name]
    assert "EOF" in facts[name] or "shut down" in facts[name] or "reset" in facts[name]
    assert (facts["end"]["signal"], facts["end"]["had_to_be_killed"]) == ("killed", False)


def test_killed_while_it_tells_its_outputs(pair: Pair, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    facts = pair.run("datasource", raw={}, environ={"PEER_HOLD_OUTPUT": inside}, kill_when=inside)
    assert list(facts.errors) == ["error"]
    assert facts["end"]["signal"] == "killed"


def test_a_provisioner_killed_under_a_builder(pair: Pair, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    over_there = pair.request(
        "provisioner", configs=[{"raw": {"steps": [f"hold {inside}"]}}], kill_when=inside
    )
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there)
    assert facts["provisioner"]["end"]["signal"] == "killed"
    assert facts["error"] == facts["hooks"][0]["error"]
    assert facts.ended_well()


def test_a_builder_killed_under_a_provisioner(pair: Pair, tmp_path: Path) -> None:
    inside = str(tmp_path / "inside")
    steps = [f"run touch {inside}; sleep 1", "run true"]
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": steps}}])
    facts = pair.run(raw={"steps": ["provision"]}, provisioner=over_there, kill_when=inside)
    assert "error" in facts.errors
    assert facts["end"]["signal"] == "killed"


@pytest.mark.parametrize("step", ["put {} 1000000", "get {}", "run cat {}"])
@pytest.mark.parametrize("who", ["builder", "provisioner"])
def test_killed_in_the_middle_of_a_transfer(
    pair: Pair, step: str, who: str, tmp_path: Path
) -> None:
    """A pipe that nobody opens at its other end: the builder's machine waits in it for ever."""
    inside, pipe = str(tmp_path / "inside"), tmp_path / "pipe"
    os.mkfifo(pipe)
    kill = {who: {"kill_when": inside}}
    steps = [f"run touch {inside}", step.format(pipe)]
    over_there = pair.request(
        "provisioner", configs=[{"raw": {"steps": steps}}], **kill.get("provisioner", {})
    )
    facts = pair.run(
        raw={"steps": ["provision"]}, provisioner=over_there, **kill.get("builder", {})
    )
    with contextlib.suppress(OSError):  # nobody who reads is left
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    assert "error" in facts.errors
    end = facts["provisioner"]["end"] if who == "provisioner" else facts["end"]
    assert (end["signal"], end["had_to_be_killed"]) == ("killed", False)
    if who == "provisioner" and pair.language == "python":
        assert facts.ended_well()


@pytest.mark.parametrize(
    ("kind", "status"), [("builder", 0), *((kind, 3) for kind in KINDS)], ids=str
)
def test_a_plugin_that_just_ends(pair: Pair, kind: str, status: int) -> None:
    facts = pair.run(kind, raw={"steps": [f"exit {status}"]})
    assert list(facts.errors) == ["error"]
    assert facts["end"]["status"] == status


def test_a_plugin_that_kills_itself_between_words(pair: Pair) -> None:
    facts = pair.run(raw={"steps": ["say before", "kill"]})
    assert facts.said() == ["before"]
    assert facts["end"]["signal"] == "killed"


@pytest.mark.parametrize("kind", CANCELLED_KINDS)
def test_two_hundred_calls_at_once_to_core(pair: Pair, kind: str) -> None:
    facts = pair.run(kind, raw={"steps": ["flood 200", "say after"]})
    assert facts.errors == {}
    *flood, after = facts.said()
    assert sorted(flood) == sorted(f"flood {number}" for number in range(200))
    assert after == "after"


def test_two_hundred_calls_at_once_to_a_plugin(pair: Pair) -> None:
    """Of its component, its communicator (each with three streams of its own) and its artifact."""
    facts = pair.run(raw={"steps": ["provision"], "artifact": "a-1"}, calls=200)
    assert facts.errors == {}
    assert facts["calls"] == 600
    assert facts.ended_well()


def test_a_core_that_is_gone_ends_the_plugin(pair: Pair) -> None:
    """The work goes on after core hangs up, and nobody has to kill the plugin for it."""
    facts = pair.run(raw={"steps": ["wait 1500"]}, timeout_ms=300)
    assert facts["error"] == "hangs"
    assert facts["end"]["had_to_be_killed"] is False


def test_a_connection_nobody_uses_survives_two_keep_alives(idling: Idling) -> None:
    """HashiCorp's yamux pings every 30 seconds and gives up when 10 pass without an answer."""
    facts = idling.facts()
    assert facts.errors == {}
    assert facts.said() == ["hook", "still here"]
    assert facts.ended_well()


def test_a_hook_without_a_machine(pair: Pair) -> None:
    """Go's server holds a nil communicator then, and its process crashes with the first command."""
    over_there = pair.request("provisioner", configs=[{"raw": {"steps": ["run true"]}}])
    facts = pair.run(raw={"steps": ["bare"]}, provisioner=over_there)
    if pair.language == "go":
        assert facts["end"]["status"] == 2
        assert "nil pointer dereference" in facts["end"]["stderr"]
    else:
        assert "no communicator" in facts["error"]
        assert facts.ended_well()
