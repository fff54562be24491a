from __future__ import annotations

import pytest

from packer_core.cli.absent import NOT_YET, no_such_command


@pytest.mark.parametrize("word", NOT_YET)
def test_a_command_that_others_have_is_told_apart_from_a_mistyped_one(word: str) -> None:
    error = no_such_command(word)
    assert error.message == f"this command of HashiCorp's Packer is not built here yet: {word}"
    assert NOT_YET[word] in (error.hint or "")


def test_a_mistyped_command_is_told_with_the_nearest() -> None:
    assert no_such_command("vlidate").hint == 'did you mean "validate"?'


def test_a_word_that_is_like_no_command_is_told_where_they_are() -> None:
    assert no_such_command("frobnicate").hint == "packer -h shows every command"
