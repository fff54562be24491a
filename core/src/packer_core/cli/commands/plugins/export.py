"""``packer plugins export``: a plugin in Python for HashiCorp's packer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.errors import InstallError

from .shared import installer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packer_core.app import App
    from packer_core.plugins.install.receipts import Receipt


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Of ``packer plugins export``."""

    name: str
    to: str


def export(app: App, options: ExportOptions) -> int:
    """Make a file that HashiCorp's packer loads."""
    from packer_core.plugins.install import export as exporting  # noqa: PLC0415 - not for help

    receipt = _known(installer(app).installed(), options.name)
    folder = Path(options.to).absolute() if options.to else None
    made = exporting.export(app.paths, receipt, folder)
    app.ui.say(f"Exported {receipt.distribution} {receipt.version} as {made.path}")
    for kind, here, there in made.names:
        app.ui.say(f"The {kind} {here} is called {there} there")
    return 0


def _known(receipts: list[Receipt], name: str) -> Receipt:
    normal = re.sub(r"[-_.]+", "-", name).lower()
    for receipt in receipts:
        if receipt.distribution in {normal, f"packer-plugin-{normal}"}:
            return receipt
    known = ", ".join(receipt.distribution for receipt in receipts)
    raise InstallError(
        f"not installed: {name}",
        hint=f"installed are {known}" if known else f"packer plugins install {name}",
    )


class _Export(Command):
    """Takes its flag behind the name as well, for nothing else can be meant."""

    def parse(self, words: Sequence[str], path: str = "") -> object:
        """See `Command`."""
        if len(words) > 1 and words[1].startswith("-") and not words[0].startswith("-"):
            words = [*words[1:], words[0]]
        return super().parse(words, path)


COMMAND = _Export(
    "export",
    "Make an installed plugin a file that HashiCorp's packer loads",
    description=(
        "NAME is packer-plugin-NAME, or NAME alone. HashiCorp's packer needs 1.11 or later. The"
        " file runs the plugin where it is installed; export it again after an upgrade."
    ),
    parameters=(
        click.Argument(["name"]),
        click.Option(
            ["-to", "to"],
            default="",
            metavar="DIR",
            help="Write the file and its checksum here, instead of the folder where it is found.",
        ),
    ),
    options=ExportOptions,
    run=export,
)
