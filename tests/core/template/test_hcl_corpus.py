"""Sixty templates, each as the loader makes it: a change shows in what it does to them."""

from __future__ import annotations

import json

import pytest

from helpers.hcl_expected import CORPUS, expected_of

CASES = sorted(path.name for path in CORPUS.iterdir())


@pytest.mark.parametrize("case", CASES)
def test_template_is_what_was_looked_at_once(case: str) -> None:
    expected = json.loads((CORPUS / case / "expected.json").read_text(encoding="utf-8"))
    assert expected_of(CORPUS / case) == expected


def test_few_are_refused_and_for_a_reason() -> None:
    refused = {
        case: expected["errors"]
        for case in CASES
        if "errors" in (expected := json.loads((CORPUS / case / "expected.json").read_text()))
    }
    assert refused == {
        "docker-parallel": ['main.pkr.hcl:18:5: argument "image" is set in the source already']
    }
