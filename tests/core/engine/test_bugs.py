from __future__ import annotations

import pytest

from packer_core.engine.bugs import bug_of


def trip() -> None:
    raise KeyError("x")


def test_a_bug_names_its_kind_and_its_place() -> None:
    with pytest.raises(KeyError) as caught:
        trip()
    bug, other = bug_of(caught.value), bug_of(caught.value, "report it")
    assert "this is a bug in Packer for Python" in bug.message
    assert "KeyError: 'x'" in bug.message
    assert "in trip, " in bug.message
    assert "PACKER_LOG=1" in str(bug.hint)
    assert (bug.reference, other.hint) == ("bug", "report it")
