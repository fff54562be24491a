"""``packer hcl2_upgrade``: a JSON template in HCL2 (H2U-001)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.options import Switch
from packer_core.template.load import read_json_template
from packer_sdk.errors import PackerError

if TYPE_CHECKING:
    from packer_core.app import App


@dataclass(frozen=True, slots=True)
class UpgradeOptions:
    """What the command line says."""

    template: str
    output_file: str = ""
    with_annotations: bool = False


def run(app: App, options: UpgradeOptions) -> int:  # noqa: ARG001
    """Write the template in HCL2, beside the old one."""
    read_json_template(Path(options.template))
    raise PackerError("this command is not complete yet: hcl2_upgrade")


COMMAND = Command(
    "hcl2_upgrade",
    "Turn a JSON template into HCL2",
    description=(
        "Writes a template in HCL2 that builds the same, as TEMPLATE.pkr.hcl beside the old one,"
        " which stays as it is."
    ),
    parameters=(
        click.Option(
            ["-output-file", "output_file"],
            default="",
            metavar="PATH",
            help="Write this file; the default is TEMPLATE.pkr.hcl.",
        ),
        Switch(
            ["-with-annotations", "with_annotations"],
            help="Explain each block to those who are new to HCL2.",
        ),
        click.Argument(["template"], metavar="TEMPLATE"),
    ),
    options=UpgradeOptions,
    run=run,
)
