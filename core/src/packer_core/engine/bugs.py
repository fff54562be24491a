"""A bug of ours, in words for the person it happened to."""

from __future__ import annotations

import traceback

from packer_core.version import VERSION
from packer_sdk.errors import PackerError


def bug_of(error: BaseException, hint: str | None = None) -> PackerError:
    """What to show for an error that should not have been: its kind, and where it comes from.

    Args:
        error: Anything that is no `PackerError`.
        hint: What to do; to look into the log without one.
    """
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return PackerError(
        f"this is a bug in Packer for Python {VERSION}: {type(error).__name__}: {error}\n"
        f"  in {frame.name}, {frame.filename}:{frame.lineno}",
        hint=hint or "run again with PACKER_LOG=1, and report what it shows",
        reference="bug",
    )
