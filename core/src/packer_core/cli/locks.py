"""What the commands about locks have in common: `init`, `plugins lock`, `sync` and `bundle`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.cli.commands.plugins.shared import each_watched, installer
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
    from collections.abc import Callable

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


def locker(app: App, folder: Path, told: Callable[[str], None] = lambda _: None) -> Locker:
    """What makes locks, for this run."""
    resolver = Resolver(app.environ, app.cancel, told)
    return Locker(resolver, release_store(app), folder, app.environ)


def locked_store(
    app: App,
    folder: Path,
    bundle: Bundle | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> LockedStore:
    """What brings the store to a lock, for this run."""
    return LockedStore(
        paths=app.paths,
        installer=installer(app, told=told),
        releases=release_store(app),
        resolver=Resolver(app.environ, app.cancel, told),
        folder=folder,
        bundle=bundle,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bringing:
    """Brings the store to a lock, plugin by plugin.

    Attributes:
        app: This run.
        lock: What the store shall hold.
        folder: Of the lock.
        bundle: Where the files come from, in place of any network.
        strict: Refuse another file of the same version, in place of replacing it.
        force: Install what is there anew.
    """

    app: App
    lock: Lock
    folder: Path
    bundle: Bundle | None = None
    strict: bool = True
    force: bool = False

    def everything(self) -> int:
        """Install what is not there, side by side; in silence if that is nothing.

        Returns:
            1 if anything failed, all of which is shown; else 0.

        Raises:
            InstallError: The lock is not for this machine, or the one plugin that is missing
                cannot be installed.
            Cancelled: Somebody asked to stop.
        """
        for_target(self.lock, here())
        names = [name for name in self._names() if not self._is_there(name)]
        return each_watched(self.app, names, "installing", self.one) if names else 0

    def one(self, name: str, told: Callable[[str], None]) -> None:
        """Install one plugin, if it is not there.

        Raises:
            InstallError: It cannot be installed; what was there is as it was.
            Cancelled: Somebody asked to stop.
        """
        store = locked_store(self.app, self.folder, self.bundle, told)
        plugin = next((one for one in self.lock.plugins if one.name == name), None)
        if plugin:
            if self.force or not store.has_plugin(plugin, strict=self.strict):
                store.install_plugin(plugin, again=self.force)
            return
        program = next(one for one in self.lock.programs if one.address == name)
        if self.force or not store.has_program(program, strict=self.strict):
            store.install_program(program)

    def _names(self) -> list[str]:
        return [
            *(one.name for one in self.lock.plugins),
            *(one.address for one in self.lock.programs),
        ]

    def _is_there(self, name: str) -> bool:
        """Whether there is nothing to do; what is wrong is told when its turn comes."""
        store = locked_store(self.app, self.folder)
        try:
            return not self.force and (
                any(store.has_plugin(one) for one in self.lock.plugins if one.name == name)
                or any(store.has_program(one) for one in self.lock.programs if one.address == name)
            )
        except InstallError:
            return False
