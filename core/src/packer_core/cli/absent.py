"""Commands that are not there: mistyped ones, and those of HashiCorp's Packer that we lack."""

from __future__ import annotations

from packer_core.nearest import did_you_mean

from .errors import UsageError
from .help import COMMANDS

NOT_YET = {
    "verify-attestation": "packer plugins list shows which plugin comes from where",
}
"""Commands of HashiCorp's Packer (CLI-001) that are not built, and what there is instead.

One that is built loses its line here; until then it is in `COMMANDS` and never looked up.
"""


def no_such_command(word: str) -> UsageError:
    """What to tell somebody who typed a command that is not there (CLI-002).

    Args:
        word: As typed.
    """
    if word in NOT_YET:
        return UsageError(
            f"this command of HashiCorp's Packer is not built here yet: {word}",
            hint=f"{NOT_YET[word]}; packer -h shows every command",
        )
    near = did_you_mean(word, COMMANDS)
    return UsageError(f"unknown command: {word}", hint=near or "packer -h shows every command")
