"""The table of ``packer plugins``."""

from __future__ import annotations

from packer_core.cli.command import Group

from . import (
    doctor,
    explain,
    export,
    install,
    installed,
    listing,
    new,
    prune,
    remove,
    rollback,
    upgrade,
    verify,
)

COMMAND = Group(
    "plugins",
    "Install, list and remove plugins",
    members=(
        install.COMMAND,
        upgrade.COMMAND,
        rollback.COMMAND,
        remove.COMMAND,
        prune.COMMAND,
        listing.COMMAND,
        explain.COMMAND,
        verify.COMMAND,
        doctor.COMMAND,
        installed.COMMAND,
        export.COMMAND,
        new.COMMAND,
    ),
)
