"""Plugins come and go: install, upgrade, roll back, remove. Each change is one step (`store`)."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.nearest import did_you_mean
from packer_sdk.cancel import CancelToken

from .receipts import InstalledRow, Receipt, installed_rows, read_receipts
from .requirement import Wanted, read_requirement
from .sources import Sources
from .store import Slot, changing, sharing, store_failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from packer_core.paths import Paths

    from .backends import Backend
    from .making import Workshop
    from .wheels import StoredWheel

_PREFIX = "packer-plugin-"


class Installer:
    """Puts plugins into the store and takes them out again.

    Args:
        paths: Where the store is.
        say: Told what is being done, a line at a time.
        environ: The environment that installers run in, usually `os.environ`.
        cancel: Stops what is going on; the store is then as it was.
        backend: ``pip`` or ``uv``; without it, what `backends.choose_backend` says.
        progress: Told what the installer prints, a line at a time.
    """

    def __init__(
        self,
        paths: Paths,
        say: Callable[[str], None],
        *,
        environ: Mapping[str, str] | None = None,
        cancel: CancelToken | None = None,
        backend: str = "",
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._paths = paths
        self._say = say
        self._environ = os.environ if environ is None else environ
        self._cancel = cancel or CancelToken()
        self._backend_name = backend
        self._progress = progress

    def install(
        self,
        requirement: str,
        *,
        editable: bool = False,
        upgrade: bool = False,
        sources: Sources | None = None,
        wheels: Sequence[StoredWheel] = (),
    ) -> Receipt:
        """Install a plugin, or leave it as it is if it already answers the requirement.

        Args:
            requirement: A name on an index, with or without versions; a wheel; a folder.
            editable: The requirement is a folder, to be used in place.
            upgrade: Install anew even if what is there would do.
            sources: Where to look, beside what is configured.
            wheels: Exactly what to install, from the cache: nothing is resolved or fetched.

        Raises:
            InstallError: It cannot be installed; the store is as it was.
            Cancelled: Somebody asked to stop; the store is as it was.
        """
        wanted = read_requirement(requirement, editable=editable)
        slot = Slot(self._paths, wanted.name)
        with changing(slot, self._say, self._cancel):
            present = slot.receipt()
            if present and not upgrade and self._is_met(wanted, present, wheels):
                self._say(f"Already installed: {wanted.name} {present.version}")
                return present
            self._say(f"Installing {wanted.requirement} into an environment of its own…")
            receipt = self._replace(slot, wanted, sources or Sources(), wheels)
        components = ", ".join(map(str, receipt.components))
        self._say(f"Installed {slot.name} {receipt.version}: {components}")
        return receipt

    def upgrade(self, name: str, *, sources: Sources | None = None) -> Receipt:
        """Install a plugin anew, from the requirement that it was installed with.

        A plugin that is as new as can be stays as it is.

        Raises:
            InstallError: It is not installed, or cannot be; the store is as it was.
        """
        slot = Slot(self._paths, self._known(name).distribution)
        with changing(slot, self._say, self._cancel):
            present = self._known(slot.name)
            wanted = read_requirement(present.requirement, editable=present.origin == "editable")
            where = sources or present.sources
            wheels: tuple[StoredWheel, ...] = ()
            if wanted.origin != "editable":
                wheels = self._workshop().collect(wanted, where)
                if wheels == present.wheels and present.state == "ok":
                    self._say(f"Already the newest: {slot.name} {present.version}")
                    return present
            receipt = self._replace(slot, wanted, where, wheels)
        self._say(f"Upgraded {slot.name} from {present.version} to {receipt.version}")
        return receipt

    def rebuild(self, name: str) -> Receipt:
        """Make a plugin's environment again, from the wheels that its receipt names, offline.

        Raises:
            InstallError: It is not installed, or its wheels are gone; the store is as it was.
        """
        slot = Slot(self._paths, self._known(name).distribution)
        with changing(slot, self._say, self._cancel):
            present = self._known(slot.name)
            return self._rebuild(slot, present)

    def rollback(self, name: str) -> Receipt:
        """Let the generation before count again; a rename, nothing is made.

        Raises:
            InstallError: It is not installed, or there is none before.
        """
        slot = Slot(self._paths, self._known(name).distribution)
        with changing(slot, self._say, self._cancel):
            present = self._known(slot.name)
            earlier = [number for number in slot.complete() if number < slot.current]
            if not earlier:
                raise InstallError(
                    f"there is nothing before {slot.name} {present.version} to go back to",
                    hint=f'packer plugins install "{slot.name}<{present.version}"',
                )
            receipt = slot.receipt_of(earlier[-1])
            assert receipt is not None  # it is complete
            with sharing(self._paths, self._say, self._cancel):
                self._refuse_collisions(receipt)
                slot.retire(slot.current)
                slot.switch(earlier[-1], receipt)
        self._say(f"Rolled back {slot.name} from {present.version} to {receipt.version}")
        return receipt

    def remove(self, name: str) -> str:
        """Take a plugin out of the store; returns its name.

        Args:
            name: ``packer-plugin-note``, or ``note`` for short.

        Raises:
            InstallError: It is not installed.
        """
        slot = Slot(self._paths, self._occupied(name))
        with changing(slot, self._say, self._cancel, settled=False):
            version = next(
                (one.version for one in self.installed() if one.distribution == slot.name), ""
            )
            slot.clear()
        self._say(f"Removed {slot.name} {version}".rstrip())
        return slot.name

    def installed(self) -> list[Receipt]:
        """Every installed plugin, by name. Reads receipts and starts nothing."""
        return read_receipts(self._paths.receipts)

    def rows(self) -> list[InstalledRow]:
        """Every installed component, for a list."""
        return installed_rows(self.installed())

    def known(self, name: str) -> Receipt:
        """The receipt of an installed plugin.

        Args:
            name: ``packer-plugin-note``, or ``note`` for short.

        Raises:
            InstallError: It is not installed, and the message names the nearest that is; or its
            receipt cannot be read.
        """
        return self._known(name)

    def _known(self, name: str) -> Receipt:
        full = self._occupied(name)
        receipt = Slot(self._paths, full).receipt()
        if receipt is None:
            raise InstallError(
                f"not installed: {full}", hint="packer plugins prune sweeps its rest"
            )
        return receipt

    def _occupied(self, name: str) -> str:
        """The name of what is in the store, even if its receipt cannot be read."""
        folder = self._paths.receipts
        try:
            names = [path.stem for path in sorted(folder.glob("[!.]*.json"))]
        except OSError as error:
            raise store_failed(error) from error
        return _find(name, names)

    def _is_met(self, wanted: Wanted, present: Receipt, wheels: Sequence[StoredWheel]) -> bool:
        from .making import fingerprint  # noqa: PLC0415 - lists need none of it

        if present.state != "ok":
            return False
        if wheels:
            return tuple(sorted(wheels)) == tuple(sorted(present.wheels))
        if wanted.digest:
            return present.fingerprint == fingerprint(wanted)
        return wanted.is_met_by(present.version, present.requirement)

    def _replace(
        self,
        slot: Slot,
        wanted: Wanted,
        sources: Sources,
        wheels: Sequence[StoredWheel],
        *,
        keep: bool = True,
    ) -> Receipt:
        """Make a generation, let it count, and keep the one before for the way back."""
        before = slot.current
        workshop = self._workshop()
        earlier = [one for one in slot.complete() if one < before]
        try:
            receipt = workshop.make(slot, wanted, sources, wheels)
        except InstallError as error:
            raise self._with_near_name(error, wanted) from error
        number = int(receipt.folder.name)
        try:
            with sharing(self._paths, self._say, self._cancel):
                self._refuse_collisions(receipt)
                self._cancel.check()
                slot.switch(number, receipt)
        except BaseException:  # Ctrl-C as well
            if slot.current != number:
                slot.drop(number)
                slot.settle()
            raise
        slot.keep_only(number, *([before] if keep else earlier))
        slot.settle()
        return receipt

    def _with_near_name(self, error: InstallError, wanted: Wanted) -> InstallError:
        """The same error; for a name that no index has, with those it may be a slip of."""
        if "No matching distribution" not in error.message or wanted.origin != "index":
            return error
        known = {receipt.distribution for receipt in self.installed()}
        known |= {wheel.partition("-")[0].replace("_", "-") for wheel in self._kept()}
        if wanted.name in known or not (near := did_you_mean(wanted.name, sorted(known))):
            return error
        return InstallError(error.message, output=error.output, hint=f"{near} If not: {error.hint}")

    def _kept(self) -> list[str]:
        return [path.name for path in self._paths.wheels.glob("*/*.whl")]

    def _rebuild(self, slot: Slot, present: Receipt) -> Receipt:
        from .wheels import WheelCache, fits_here  # noqa: PLC0415 - lists need none of it

        if strange := [one for one in present.wheels if not fits_here(one)]:
            raise InstallError(
                f"cannot make the environment of {slot.name} again: the wheel is for another "
                f"Python: {strange[0].filename}",
                hint=f"packer plugins install -force {slot.name}=={present.version}",
            )
        if missing := WheelCache(self._paths.wheels).missing(present.wheels):
            raise InstallError(
                f"cannot make the environment of {slot.name} again: the wheel is gone or torn: "
                f"{missing[0].filename}",
                hint=f"packer plugins install -force {slot.name}=={present.version}",
            )
        if not present.wheels and present.origin != "editable":
            raise InstallError(
                f"cannot make the environment of {slot.name} again: nothing was kept of it",
                hint=f"packer plugins install -force {slot.name}=={present.version}",
            )
        wanted = Wanted(
            name=slot.name,
            requirement=present.requirement,
            origin=present.origin,
            arguments=("--editable", present.requirement),
        )
        return self._replace(slot, wanted, present.sources, present.wheels, keep=False)

    def _workshop(self) -> Workshop:
        from .making import Workshop  # noqa: PLC0415 - lists need none of it
        from .wheels import WheelCache  # noqa: PLC0415

        cache = WheelCache(self._paths.wheels)
        return Workshop(self.backend(), cache, self._environ, self._cancel)

    def backend(self) -> Backend:
        """What makes environments and fetches wheels.

        Raises:
            InstallError: The one that is asked for is not here.
        """
        from .backends import choose_backend  # noqa: PLC0415 - lists need none of it

        return choose_backend(
            self._paths,
            self._environ,
            wanted=self._backend_name,
            cancel=self._cancel,
            progress=self._progress,
        )

    def _refuse_collisions(self, receipt: Receipt) -> None:
        from .making import collisions  # noqa: PLC0415 - lists need none of it

        collisions(receipt, receipt.distribution, self.installed())


def _find(name: str, known: Sequence[str] | Mapping[str, object]) -> str:
    """The full name of a plugin that is there."""
    normal = re.sub(r"[-_.]+", "-", name).lower()
    for candidate in (normal, f"{_PREFIX}{normal}"):
        if candidate in known:
            return candidate
    near = did_you_mean(normal, [*known, *(one.removeprefix(_PREFIX) for one in known)])
    raise InstallError(
        f"not installed: {name}",
        hint=near or (f"installed are {', '.join(known)}" if known else None),
    )
