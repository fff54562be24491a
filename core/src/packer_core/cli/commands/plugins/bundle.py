"""``packer plugins bundle``: everything that a lock names in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command

from .lock import TARGETS

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.plugins.lock.model import Lock
    from packer_core.plugins.lock.targets import Target


@dataclass(frozen=True, slots=True)
class BundleOptions:
    """Of ``packer plugins bundle``."""

    template: str
    output: str
    platforms: tuple[str, ...]
    pythons: tuple[str, ...]


def bundle(app: App, options: BundleOptions) -> int:
    """Pack a lock and every file that it names."""
    from packer_core.cli.locks import existing, locked_store, path_of  # noqa: PLC0415
    from packer_core.plugins.lock.bundle import write_bundle  # noqa: PLC0415

    path = path_of(options.template)
    lock = existing(path)
    targets = _targets(lock, options)
    with app.interruptible("packing"):
        files = locked_store(app, path.parent).files(lock, targets)
        output = Path(options.output)
        digest = write_bundle(output, lock, targets, files)
    size = output.stat().st_size
    app.ui.say(f"Wrote {output}: {len(files)} files, {size} bytes, SHA-256 {digest}")
    return 0


def _targets(lock: Lock, options: BundleOptions) -> list[Target]:
    """Those of the lock, or the ones that are named."""
    from packer_core.plugins.lock.choosing import for_target  # noqa: PLC0415
    from packer_core.plugins.lock.targets import read_target  # noqa: PLC0415

    platforms = options.platforms or tuple({one.platform for one in lock.targets})
    pythons = options.pythons or tuple({one.python for one in lock.targets})
    wanted = sorted({read_target(one, each) for one in platforms for each in pythons})
    for target in wanted:
        for_target(lock, target)
    return wanted


COMMAND = Command(
    "bundle",
    "Pack everything that a lock names into one file",
    description=(
        "The lock is that beside TEMPLATE, or packer.lock in the working folder. What is not kept"
        " here is fetched. On a machine without a network, packer init -from FILE installs it. The"
        " same lock makes the same bytes."
    ),
    parameters=(
        click.Option(
            ["-o", "output"], default="plugins.bundle", metavar="FILE", help="plugins.bundle."
        ),
        *TARGETS,
        click.Argument(["template"], metavar="[TEMPLATE]", required=False, default=""),
    ),
    options=BundleOptions,
    run=bundle,
)
