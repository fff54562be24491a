"""The store on disk: which files belong to a plugin, and how a change to them is one step.

::

    DATA/environments/NAME/3/                 a generation: an environment with shims and receipt
    DATA/environments/NAME/current -> 3       the pointer, the one thing that a change changes
    DATA/bin/packer-KIND-NAME -> ../environments/NAME/current/packer-shims/packer-KIND-NAME
    DATA/receipts/NAME.json -> ../environments/NAME/current/packer-receipt.json
    DATA/wheels/                              see `wheels`
    DATA/locks/NAME.lock                      who changes the above

Virtual environments cannot be moved, so a generation is made where it stays, under a number that
nothing leads to; its receipt comes last. Then the pointer is replaced in one step. Links in `bin`
and `receipts` go through it and stay the same; one that leads nowhere, before the first step and
after the last one, counts as not there. Whatever a crash leaves behind is therefore litter, never
damage, and `settle` sweeps it.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

from . import in_use, manifest
from .receipts import Receipt, read_receipt, write_atomically
from .shims import POINTER, is_free, link_shims, place_link, remove_shims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

RECEIPT = "packer-receipt.json"

_RETIRED = "packer-retired"
_POLL_S = 0.2
_EVERYBODY = "store"  # the lock for what plugins share; no plugin is called so


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one plugin in the store."""

    paths: Paths
    name: str

    @property
    def folder(self) -> Path:
        """Its generations."""
        return self.paths.environments / self.name

    @property
    def pointer(self) -> Path:
        """The link to the generation that counts."""
        return self.folder / POINTER

    @property
    def receipt_path(self) -> Path:
        """Its receipt, whichever generation counts."""
        return self.paths.receipts / f"{self.name}.json"

    @property
    def current(self) -> int:
        """The generation that counts; 0 if there is none."""
        try:
            target = os.readlink(self.pointer)  # noqa: PTH115 - a Path would lose nothing, and cost
        except OSError:
            return 0
        return int(target) if target.isdecimal() else 0

    def generation(self, number: int) -> Path:
        """The folder of a generation."""
        return self.folder / str(number)

    def complete(self) -> list[int]:
        """The generations that can be used, in their order."""
        return [
            number for number in self._numbers() if (self.generation(number) / RECEIPT).exists()
        ]

    def fresh(self) -> Path:
        """The folder for the next generation; it is not there."""
        return self.generation(max(self._numbers(), default=0) + 1)

    def receipt(self) -> Receipt | None:
        """What is installed, if anything.

        Raises:
            InstallError: There is a receipt that cannot be read. Without it nobody knows what
                the rest is, so nothing is touched.
        """
        return self._read(self.receipt_path)

    def receipt_of(self, number: int) -> Receipt | None:
        """The receipt of a generation, if it is complete.

        Raises:
            InstallError: It cannot be read.
        """
        return self._read(self.generation(number) / RECEIPT)

    def _read(self, path: Path) -> Receipt | None:
        receipt = read_receipt(path)
        if receipt is None and path.exists():
            raise InstallError(
                f"cannot read the receipt of {self.name}, or somebody has changed it: {path}",
                hint=f"packer plugins remove {self.name}, then install it again",
            )
        return receipt

    def finish(self, receipt: Receipt, listing: manifest.Manifest) -> None:
        """Write what makes a generation complete; the receipt is the last of it."""
        folder = Path(receipt.environment)
        write_atomically(folder / manifest.NAME, listing.to_json())
        write_atomically(folder / RECEIPT, receipt.to_json())

    def retire(self, number: int) -> None:
        """Note that a generation has counted: what is newer than the one that does is litter else.

        Builds that are going on may still use it, so rolling back leaves it where it is.
        """
        (self.generation(number) / _RETIRED).touch()

    def switch(self, number: int, receipt: Receipt) -> None:
        """Let a complete generation count from now on. One step, all before and after is harmless.

        Raises:
            InstallError: A file in the way of a shim; nothing has changed.
        """
        names = [Path(one).name for one in receipt.shims]
        if self._is_of_first_layout():  # its shims and its receipt are no links: they work until…
            place_link(self.pointer, str(number))
        links = link_shims(names, self.paths.shims, self.name)
        self._link_receipt()
        place_link(self.pointer, str(number))
        remove_shims(self.paths.shims, self.name, keep=links)

    def _is_of_first_layout(self) -> bool:
        return self.receipt_path.exists() and not self.receipt_path.is_symlink()

    def _link_receipt(self) -> None:
        self.paths.receipts.mkdir(parents=True, exist_ok=True)
        place_link(self.receipt_path, f"../environments/{self.name}/{POINTER}/{RECEIPT}")

    def clear(self) -> None:
        """Take the plugin away. What makes it count goes first, the bulk of the files last.

        What a build is just using is left as litter, for whoever sweeps next.
        """
        self.pointer.unlink(missing_ok=True)
        self.receipt_path.unlink(missing_ok=True)
        remove_shims(self.paths.shims, self.name)
        for number in self._numbers():
            (self.generation(number) / RECEIPT).unlink(missing_ok=True)
            self.drop(number)
        if not self._numbers():
            shutil.rmtree(self.folder, ignore_errors=True)

    def drop(self, number: int) -> bool:
        """Remove a generation, unless a build uses it; returns whether it went.

        Without its receipt it is litter, whatever comes in between.
        """
        with in_use.alone(self.generation(number)) as free:
            if not free:
                return False
            (self.generation(number) / RECEIPT).unlink(missing_ok=True)
            shutil.rmtree(self.generation(number), ignore_errors=True)
        with suppress(OSError):  # there are others
            self.folder.rmdir()
        return True

    def keep_only(self, *numbers: int) -> tuple[list[int], list[int]]:
        """Remove every generation but these; returns those that went, and those in use."""
        surplus = [number for number in self._numbers() if number not in numbers]
        gone = [number for number in surplus if self.drop(number)]
        return gone, [number for number in surplus if number not in gone]

    def settle(self) -> None:
        """Sweep what a change that was never finished has left; what counts stays as it is.

        Raises:
            InstallError: The receipt of what counts cannot be read.
        """
        if self.current:
            self._link_receipt()
        receipt = self.receipt()
        if receipt is None:
            self.clear()
        elif self.current:
            self.keep_only(self.current, *filter(self._has_counted, self.complete()))
            self._sweep_first_layout()
            free = [one for one in map(Path, receipt.shims) if is_free(one, self.name)]
            links = link_shims([one.name for one in free], self.paths.shims, self.name)
            remove_shims(self.paths.shims, self.name, keep=links)

    def _has_counted(self, number: int) -> bool:
        return number < self.current or (self.generation(number) / _RETIRED).exists()

    def _sweep_first_layout(self) -> None:
        """Stores of packer 0.1 had the environment itself in the folder of the plugin."""
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            if path == self.pointer or path.name.isdecimal():
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)

    def _numbers(self) -> list[int]:
        try:
            names = os.listdir(self.folder)  # noqa: PTH208 - names are all it takes
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(int(name) for name in names if name.isdecimal())


def slots(paths: Paths) -> list[Slot]:
    """Every plugin that has anything in the store, installed or not."""
    if not paths.environments.is_dir():
        return []
    return [
        Slot(paths, path.name)
        for path in sorted(paths.environments.iterdir())
        if path.is_dir() and not path.name.startswith(".")
    ]


@contextmanager
def changing(
    slot: Slot, say: Callable[[str], None], cancel: CancelToken, *, settled: bool = True
) -> Iterator[None]:
    """Hold a plugin's lock; leave everything as it was when the change fails.

    Args:
        slot: Whose lock.
        say: Told when it takes a while.
        cancel: Ends waiting.
        settled: Whether the receipt must be fit to be read, and litter is swept.

    Raises:
        InstallError: The store cannot be written.
        Cancelled: Somebody asked to stop while another process held the lock.
    """
    try:
        with locked(slot.paths, slot.name, say, cancel):
            if settled:
                slot.settle()
            yield
    except OSError as error:
        raise store_failed(error) from error


def store_failed(error: OSError) -> InstallError:
    """What to tell somebody whose store cannot be changed."""
    what = error.strerror or str(error)
    where = f": {error.filename}" if error.filename else ""
    return InstallError(
        f"cannot change the store of plugins: {what.lower()}{where}",
        hint="PACKER_DATA_DIR puts it into another folder",
    )


@contextmanager
def locked(
    paths: Paths, name: str, say: Callable[[str], None], cancel: CancelToken
) -> Iterator[None]:
    """Hold the lock of a plugin, and say so if that takes a while."""
    from filelock import FileLock, Timeout  # noqa: PLC0415

    paths.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(paths.locks / f"{name}.lock", thread_local=False)
    told = False
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_POLL_S)
        except Timeout:
            cancel.check()
            if not told:
                say(f"Waiting for another packer that works on {name}…")
                told = True
    try:
        yield
    finally:
        lock.release()


@contextmanager
def sharing(paths: Paths, say: Callable[[str], None], cancel: CancelToken) -> Iterator[None]:
    """Hold the lock for what plugins share: names of components, and the cache of wheels."""
    with locked(paths, _EVERYBODY, say, cancel):
        yield
