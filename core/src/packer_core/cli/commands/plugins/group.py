"""The table of ``packer plugins``."""

from __future__ import annotations

from packer_core.cli.command import Group

from . import install, listing, remove

COMMAND = Group(
    "plugins",
    "Install, list and remove plugins",
    members=(
        install.COMMAND,
        listing.COMMAND,
        remove.COMMAND,
    ),
    aliases={"installed": "list"},
)
