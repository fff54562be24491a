"""What the commands about plugins have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.plugins.binaries import Binaries
    from packer_core.plugins.install.installer import Installer


def installer(app: App) -> Installer:
    """The store of plugins, as this run sees it."""
    from packer_core.plugins.install.installer import Installer  # noqa: PLC0415 - not for help

    return Installer(app.paths, app.ui.say, environ=app.environ, cancel=app.cancel)


def binaries(app: App) -> Binaries:
    """Plugins that HashiCorp's packer would find."""
    from packer_core.plugins.binaries import Binaries  # noqa: PLC0415 - not for help

    paths = app.paths
    return Binaries(paths.plugin_folders, paths.plugin_cache, app.environ)
