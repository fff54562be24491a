"""Expressions have the same value here as in HashiCorp's libraries (go/hcleval)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from helpers.expressions import answer, scope
from helpers.judged_expressions import agree, ask, differences, expressions, reason

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_twenty_thousand_expressions_agree_but_for_known_differences(hcleval: Path) -> None:
    asked, known = expressions(), scope()
    found = {}
    for one, judged in zip(asked, ask(hcleval, asked), strict=True):
        ours = answer(one, known)
        if not agree(judged, ours):
            found[one] = reason(one, judged, ours)
    assert found == differences()
