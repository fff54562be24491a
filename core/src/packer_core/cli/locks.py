"""What the commands about locks have in common: `init`, `plugins lock`, `sync` and `bundle`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.cli.commands.plugins.shared import each, installer, progress
from packer_core.errors import InstallError
from packer_core.plugins.lock.choosing import for_target
from packer_core.plugins.lock.file import read_lock
from packer_core.plugins.lock.locking import Locker
from packer_core.plugins.lock.resolve import Resolver
from packer_core.plugins.lock.store import LockedStore
from packer_core.plugins.lock.targets import here
from packer_core.plugins.pinned import FILE_NAME, lock_path
from packer_core.plugins.release_store import ReleaseStore

if TYPE_CHECKING:
    from packer_core.app import App
    from packer_core.plugins.lock.bundle import Bundle
    from packer_core.plugins.lock.model import Lock


def path_of(template: str) -> Path:
    """The lock beside a template; without one, that of the working folder."""
    return lock_path(Path(template)) if template else Path(FILE_NAME)


def existing(path: Path) -> Lock:
    """The lock at a path.

    Raises:
        InstallError: There is none, or it cannot be read.
    """
    if lock := read_lock(path):
        return lock
    raise InstallError(
        f"there is no lock: {path}",
        hint="packer plugins lock TEMPLATE writes one beside the template, packer plugins lock "
        "one of what is installed",
    )


def release_store(app: App) -> ReleaseStore:
    """Releases of plugins in Go, for this run."""
    if token := app.environ.get("PACKER_GITHUB_API_TOKEN"):
        app.secrets.register(token)
    return ReleaseStore(app.paths, app.ui.say, app.environ, app.cancel)


def resolver(app: App) -> Resolver:
    """Pip as it resolves, for this run."""
    return Resolver(app.environ, app.cancel, progress(app))


def locker(app: App, folder: Path) -> Locker:
    """What makes locks, for this run."""
    return Locker(resolver(app), release_store(app), folder, app.environ)


def locked_store(app: App, folder: Path, bundle: Bundle | None = None) -> LockedStore:
    """What brings the store to a lock, for this run."""
    return LockedStore(
        paths=app.paths,
        installer=installer(app),
        releases=release_store(app),
        resolver=resolver(app),
        folder=folder,
        bundle=bundle,
    )


def bring(
    app: App, store: LockedStore, lock: Lock, *, strict: bool = True, force: bool = False
) -> int:
    """Install what a lock names, side by side; what is there already is passed over in silence.

    Args:
        app: This run.
        store: Does it.
        lock: What it shall hold.
        strict: Refuse another file of the same version, in place of replacing it.
        force: Install them all anew.

    Returns:
        1 if anything failed, all of which is shown; else 0.

    Raises:
        InstallError: The lock is not for this machine.
    """
    for_target(lock, here())
    plugins = {one.name: one for one in lock.plugins}
    programs = {one.address: one for one in lock.programs}

    def one(name: str) -> None:
        if plugin := plugins.get(name):
            if force or not store.has_plugin(plugin, strict=strict):
                store.install_plugin(plugin, again=force)
        elif force or not store.has_program(programs[name], strict=strict):
            store.install_program(programs[name])

    return each(app, [*plugins, *programs], one)
