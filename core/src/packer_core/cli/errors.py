"""What the user typed makes no sense."""

from __future__ import annotations

from packer_sdk.errors import PackerError


class UsageError(PackerError):
    """A flag, a command or an argument is unknown, missing or has no such value; exit 1."""

    reference = "usage"
