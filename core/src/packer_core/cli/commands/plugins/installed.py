"""``packer plugins installed``: the files of plugin binaries (PLC-003)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.cli.command import Command

from .shared import binaries

if TYPE_CHECKING:
    from packer_core.app import App


def installed(app: App, options: object) -> int:  # noqa: ARG001 - there are none
    """Print the path of each, the lowest version of a plugin first."""
    for binary in binaries(app).installed(any_api=True):
        app.ui.say(str(binary.candidate.path))
    return 0


COMMAND = Command(
    "installed",
    "Print the path of every plugin binary",
    description=(
        "One line for every version that HashiCorp's packer, too, would find, even if it speaks"
        " another version of the plugin API. What is used, and every other plugin, is in"
        " `packer plugins list`."
    ),
    run=installed,
)
