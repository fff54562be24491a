from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packer_core.cli.errors import UsageError
from packer_core.cli.flags import asks_version, normalise, take_machine_readable

KNOWN = {
    "o": False,
    "var": False,
    "on-error": False,
    "force": True,
    "color": True,
    "parallel-builds": False,
}


@pytest.mark.parametrize(
    ("words", "rewritten"),
    [
        ([], ["--"]),
        (["t.json"], ["--", "t.json"]),
        (["-"], ["--", "-"]),
        (["-var", "a=b", "t"], ["-var=a=b", "--", "t"]),
        (["--var", "a=b", "t"], ["-var=a=b", "--", "t"]),
        (["-var=a=b=c", "t"], ["-var=a=b=c", "--", "t"]),
        (["--var=a=b"], ["-var=a=b", "--"]),
        (["-var", "-x=1"], ["-var=-x=1", "--"]),
        (["-var", "--", "t"], ["-var=--", "--", "t"]),
        (["-var=", "t"], ["-var=", "--", "t"]),
        (["-on-error=ask", "t"], ["-on-error=ask", "--", "t"]),
        (["-force", "t"], ["-force=true", "--", "t"]),
        (["-force=false", "t"], ["-force=false", "--", "t"]),
        # A switch never takes the next word: `false` is the template here.
        (["-color", "false", "t"], ["-color=true", "--", "false", "t"]),
        # Flags end at the first argument, and at two dashes.
        (["t", "-force"], ["--", "t", "-force"]),
        (["-force", "--", "-var"], ["-force=true", "--", "-var"]),
        (["-force", "-force=0"], ["-force=true", "-force=0", "--"]),
        # Behind a single letter click would take "=" for a part of the value.
        (["-o=file", "t"], ["-o", "file", "--", "t"]),
        (["-o", "file", "t"], ["-o", "file", "--", "t"]),
    ],
)
def test_normalise(words: list[str], rewritten: list[str]) -> None:
    assert normalise(words, KNOWN) == rewritten


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["-frce", "t"], "unknown flag: -frce", 'did you mean "-force"?'),
        (["--on-eror=ask"], "unknown flag: --on-eror", 'did you mean "-on-error"?'),
        (["-nothing-like-it"], "unknown flag: -nothing-like-it", None),
        (["-var"], "flag needs a value: -var", "-var=VALUE"),
        (["-=x"], "malformed flag: -=x", "a flag is written -NAME, -NAME=VALUE or --NAME"),
        (["---var"], "malformed flag: ---var", "a flag is written -NAME, -NAME=VALUE or --NAME"),
    ],
)
def test_normalise_refuses(words: list[str], message: str, hint: str | None) -> None:
    with pytest.raises(UsageError) as caught:
        normalise(words, KNOWN)
    assert caught.value.message == message
    assert caught.value.hint == hint


@given(st.lists(st.text(max_size=6) | st.sampled_from(["-var", "-force", "--", "-", "--color=1"])))
def test_normalise_keeps_every_argument_or_refuses(words: list[str]) -> None:
    try:
        rewritten = normalise(words, KNOWN)
    except UsageError:
        return
    flags, arguments = _parted(rewritten)
    assert all(flag.startswith("-") and "=" in flag for flag in flags)
    assert words[len(words) - len(arguments) :] == arguments


def _parted(words: list[str]) -> tuple[list[str], list[str]]:
    # The first word that is a bare `--` ends the flags: every flag has a name and a value.
    end = words.index("--")
    return words[:end], words[end + 1 :]


@pytest.mark.parametrize(
    "words",
    [
        ["-machine-readable", "build", "t"],
        ["build", "-machine-readable", "t"],
        ["build", "t", "-machine-readable"],
        ["build", "--machine-readable", "t"],
    ],
)
def test_machine_readable_is_taken_from_anywhere(words: list[str]) -> None:
    assert take_machine_readable(words) == (["build", "t"], True)


def test_machine_readable_must_be_the_whole_word() -> None:
    words = ["build", "-machine-readable=true", "-var", "x=-machine-readable"]
    assert take_machine_readable(words) == (words, False)


@pytest.mark.parametrize(
    ("words", "asks"),
    [
        (["-v"], True),
        (["--version", "build"], True),
        (["-foo", "-version"], True),
        (["build", "-v"], False),
        ([], False),
    ],
)
def test_asks_version(words: list[str], asks: bool) -> None:
    assert asks_version(words) is asks
