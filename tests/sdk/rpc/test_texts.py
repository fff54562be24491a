from __future__ import annotations

import logging

import pytest

from packer_sdk.errors import Cancelled, ComponentError, ConfigProblems
from packer_sdk.problems import Problem
from packer_sdk.rpc.texts import error_of, text_of


def test_text_of_an_error_for_people_is_its_message() -> None:
    assert text_of(ComponentError("no disk: 7"), "Builder.Run") == "no disk: 7"
    assert text_of(Cancelled(), "Builder.Run") == "cancelled"


def test_text_of_problems_is_all_of_them() -> None:
    error = ConfigProblems([Problem("is a folder", "target"), Problem("is odd", "a", "do b")])
    assert text_of(error, "Builder.Prepare") == "target: is a folder\na: is odd (do b)"


def test_text_of_an_error_without_a_word_is_never_empty() -> None:
    assert text_of(ComponentError(""), "Builder.Run") == "ComponentError('')"


def test_text_of_anything_else_is_a_bug_with_its_traceback_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert text_of(KeyError("lost"), "Builder.Run") == "KeyError: 'lost' (see PACKER_LOG=1)"
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "Builder.Run failed"
    assert record.exc_info is not None


@pytest.mark.parametrize("hint", [None, "try 8", "one\n\nhint: two"])
def test_error_of_reads_message_and_hint_back(hint: str | None) -> None:
    error = error_of(text_of(ComponentError("no: 7", hint=hint), "x"))
    assert (error.message, error.hint) == ("no: 7", hint)
