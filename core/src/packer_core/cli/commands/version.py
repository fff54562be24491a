"""``packer version``: which program this is (VER-001, UI-005)."""

from __future__ import annotations

from packer_core.cli.command import Command
from packer_core.version import COMPATIBLE, VERSION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packer_core.app import App


def run(app: App, options: object) -> int:  # noqa: ARG001
    """Say it, to programs in HashiCorp's three records, whose second is spelled like that."""
    release, _, prerelease = VERSION.partition("-")
    app.ui.machine("version", release)
    app.ui.machine("version-prelease", prerelease)
    app.ui.machine("version-commit", "")
    app.ui.say(f"Packer for Python v{VERSION}")
    return 0


COMMAND = Command(
    "version",
    "Show the version of this program",
    description=f"It reads templates as HashiCorp Packer {COMPATIBLE} does.",
    run=run,
)
