"""Thousands of expressions have the value, and the type, that HashiCorp's libraries give them.

The answers were recorded; tests/peers/test_expressions_go.py asks the libraries themselves.
"""

from __future__ import annotations

from helpers.expressions import answer, scope
from helpers.judged_expressions import REASONS, RECORDED, agree, differences, recorded


def test_recorded_expressions_have_the_value_the_judge_gave() -> None:
    known = scope()
    answers = recorded()
    assert len(answers) > RECORDED * 0.98
    wrong = [one["expr"] for one in answers if not agree(one, answer(str(one["expr"]), known))]
    assert not wrong


def test_every_difference_has_a_reason() -> None:
    assert set(differences().values()) <= set(REASONS)
    assert len(differences()) < 100
