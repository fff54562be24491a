"""The table of ``packer plugins``."""

from __future__ import annotations

from packer_core.cli.command import Group

from . import export, install, installed, listing, remove

COMMAND = Group(
    "plugins",
    "Install, list and remove plugins",
    members=(
        export.COMMAND,
        install.COMMAND,
        installed.COMMAND,
        listing.COMMAND,
        remove.COMMAND,
    ),
)
