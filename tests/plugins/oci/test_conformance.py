from __future__ import annotations

import sys
from pathlib import Path

from packer_sdk.testing.contract import Program, examine


def test_the_plugin_keeps_the_contract() -> None:
    program = Program(str(Path(sys.executable).with_name("packer-plugin-oci")))
    outcomes = list(examine(program))
    assert len(outcomes) > 20
    assert [outcome for outcome in outcomes if outcome.verdict != "holds"] == []
