"""An installed plugin as one file that HashiCorp's packer, from 1.11 on, loads.

The file is a launcher: it runs the plugin in the environment that it was installed into, so it is
worth nothing on another machine. It goes through the plugin's pointer (`store`), and its name says
which version that leads to: after an upgrade, the plugin is exported again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.plugins.binary_names import API, BinaryName, platform_suffix
from packer_core.plugins.binary_store import make_folders, write_checksum
from packer_core.plugins.semver import Version
from packer_sdk.versions import semantic_version

from .store import Slot

if TYPE_CHECKING:
    from packer_core.paths import Paths

    from .receipts import Receipt

ADDRESS = ("localhost", "python")
"""In front of a plugin's name: what templates in HCL2 require it by."""

_PREFIX = "packer-plugin-"
_BODY = """\
# packer-launcher of {distribution}: made by `packer plugins export`, replaced without asking
import sys

from packer_sdk.plugin import main

if __name__ == "__main__":
    sys.exit(main({distribution!r}))
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was made.

    Attributes:
        path: The launcher.
        version: What HashiCorp's packer will call the plugin's version.
        names: What it will call the components, by kind, where that is another name than here.
    """

    path: Path
    version: str
    names: tuple[tuple[str, str, str], ...]


def export(paths: Paths, receipt: Receipt, folder: Path | None = None) -> Exported:
    """Make the launcher of an installed plugin, and its checksum.

    Args:
        paths: Where plugins are.
        receipt: Which one.
        folder: Where the files go; by default where HashiCorp's packer looks for them, under
            ``localhost/python/NAME``.

    Raises:
        InstallError: The plugin does not work, or the files cannot be written.
    """
    if receipt.state != "ok":
        raise InstallError(
            f"{receipt.distribution} does not work: {receipt.state}",
            hint=f"packer plugins install -force {receipt.distribution}",
        )
    plugin = receipt.distribution.removeprefix(_PREFIX)
    version = Version.read(semantic_version(receipt.version))
    name = BinaryName(plugin, version, API).file_name(platform_suffix())
    target = (folder or paths.plugin_folders[0].joinpath(*ADDRESS, plugin)) / name
    try:
        make_folders(target.parent)
        _write_launcher(target, _python(paths, receipt), receipt.distribution)
        write_checksum(target, hashlib.sha256(target.read_bytes()).hexdigest())
    except OSError as error:
        raise InstallError(f"cannot export {receipt.distribution}: {error}") from error
    return Exported(target, version.plain, tuple(_renamed(plugin, receipt)))


def _python(paths: Paths, receipt: Receipt) -> Path:
    """The interpreter, by way of the pointer: the next generation has it at the same place."""
    pointer = Slot(paths, receipt.distribution).pointer
    interpreter = Path(receipt.interpreter)
    if not interpreter.is_relative_to(receipt.environment):
        return interpreter
    steady = pointer / interpreter.relative_to(receipt.environment)
    return steady if steady.exists() else interpreter


def _write_launcher(target: Path, python: Path, distribution: str) -> None:
    from distlib.scripts import ScriptMaker  # noqa: PLC0415 - as for shims

    target.unlink(missing_ok=True)  # while it is written, no checksum fits
    maker = ScriptMaker(None, str(target.parent))
    maker.executable = f'"{python}"' if " " in str(python) else str(python)
    maker.variants = {""}
    maker.set_mode = True
    maker.clobber = True
    maker.script_template = _BODY.format(distribution=distribution).replace("%", "%%")
    name = target.name.removesuffix(".exe")
    maker.make(f"{name} = packer_sdk.plugin:main", {"interpreter_args": ["-I"]})
    target.chmod(0o755)


def _renamed(plugin: str, receipt: Receipt) -> list[tuple[str, str, str]]:
    """HashiCorp's packer puts the plugin's name in front of every component's (section 1.6)."""
    return [
        (one.kind, one.name, f"{plugin}-{one.name}")
        for one in receipt.components
        if one.name != plugin and not one.name.startswith(f"{plugin}-")
    ]
