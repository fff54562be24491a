"""From Go's way of writing flags to click's (CLI-004, CLI-006, CLI-007).

``-x`` is ``--x``; a value follows after ``=`` or as the next word, whatever that looks like; a
switch takes a value only after ``=``; flags end at the first word that is none, or at ``--``.
click gets one word per flag, ``-name=value``, then ``--`` and the arguments; two for one letter.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MACHINE_READABLE = ("-machine-readable", "--machine-readable")
"""Anywhere on the command line. HashiCorp's Packer ignores the second spelling, or refuses it; we
take it for what it says."""

VERSION = ("-v", "-version", "--version")


def take_machine_readable(words: Sequence[str]) -> tuple[list[str], bool]:
    """Take ``-machine-readable`` out of the command line; say whether it was there (CLI-007)."""
    rest = [word for word in words if word not in MACHINE_READABLE]
    return rest, len(rest) < len(words)


def asks_version(words: Sequence[str]) -> bool:
    """Whether ``-v`` or its like stands before the command (CLI-006)."""
    for word in words:
        if not word.startswith("-"):
            return False
        if word in VERSION:
            return True
    return False


def normalise(words: Sequence[str], switches: Mapping[str, bool]) -> list[str]:
    """Rewrite the words after a command for click.

    Args:
        words: As typed.
        switches: Every flag of the command, without dashes, and whether it is a switch.

    Raises:
        UsageError: a flag is unknown, malformed or lacks its value.
    """
    flags: list[str] = []
    rest = list(words)
    while rest and _is_flag(rest[0]):
        word = rest.pop(0)
        if word == "--":
            break
        name, value = _split(word)
        if name not in switches:
            raise _unknown(word, name, switches)
        if value is None and switches[name]:
            value = "true"
        elif value is None:
            if not rest:
                raise _usage(f"flag needs a value: -{name}", f"-{name}=VALUE")
            value = rest.pop(0)
        # click would take the "=" behind a single letter for a part of the value.
        flags += [f"-{name}={value}"] if len(name) > 1 else [f"-{name}", value]
    return [*flags, "--", *rest]


def _is_flag(word: str) -> bool:
    """A single dash is an argument: standard input."""
    return len(word) > 1 and word.startswith("-")


def _split(word: str) -> tuple[str, str | None]:
    name, equals, value = word.removeprefix("-").removeprefix("-").partition("=")
    if not name or name.startswith("-"):
        raise _usage(f"malformed flag: {word}", "a flag is written -NAME, -NAME=VALUE or --NAME")
    return name, value if equals else None


def _unknown(word: str, name: str, known: Mapping[str, bool]) -> Exception:
    from packer_core.nearest import did_you_mean  # noqa: PLC0415

    flag = word.partition("=")[0]
    return _usage(f"unknown flag: {flag}", did_you_mean(f"-{name}", [f"-{one}" for one in known]))


def _usage(message: str, hint: str | None) -> Exception:
    from .errors import UsageError  # noqa: PLC0415

    return UsageError(message, hint=hint)
