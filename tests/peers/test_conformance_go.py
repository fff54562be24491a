"""Plugins on HashiCorp's own SDK keep the contract, or the contract is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packer_sdk.testing.contract import Outcome, Program, examine

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long
LACKS_OF_GO = {
    # No such component is started as one that is nil, and Cancel finds nothing to cancel.
    "stranger": "goes on and on",
    "cancel": "panic: runtime error: invalid memory address or nil pointer dereference",
}


def test_a_plugin_in_go_keeps_the_contract(go_plugin: Path) -> None:
    assert_kept(go_plugin, skipped=set())


def test_a_plugin_in_go_from_before_protobuf_keeps_it(old_go_plugin: Path) -> None:
    assert_kept(old_go_plugin, skipped={"flag", "schema-protobuf", "schemas-agree"})


def assert_kept(path: Path, *, skipped: set[str]) -> None:
    outcomes = list(examine(Program(str(path))))
    assert {outcome.target.kind for outcome in outcomes if outcome.target} == {
        "builder",
        "provisioner",
        "post-processor",
        "datasource",
    }
    lacks = [outcome for outcome in outcomes if outcome.verdict == "fails"]
    assert [outcome for outcome in lacks if unexpected(outcome)] == []
    assert {outcome.check.id for outcome in outcomes if outcome.verdict == "skipped"} == skipped


def unexpected(outcome: Outcome) -> bool:
    return outcome.refuses or LACKS_OF_GO.get(outcome.check.id, "?") not in outcome.detail
