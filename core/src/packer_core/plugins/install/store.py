"""The store on disk: which files belong to a plugin, and how a change to them is all or nothing.

::

    DATA/environments/NAME        the environment; `packer-receipt.json` in it is a copy
    DATA/environments/.NAME.old   the one before, while another is being made
    DATA/receipts/NAME.json       the truth: written last, in one step
    DATA/bin/packer-KIND-NAME     shims
    DATA/locks/NAME.lock          who changes the above

There is one way back, for a failure, for Ctrl-C and for the next run after a crash: `settle`
makes everything agree with the receipt that is on disk.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

from .receipts import Receipt, read_receipt, write_atomically
from .shims import is_free, place_shims, remove_shims, stage_shims

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

_COPY = "packer-receipt.json"
_STAGE = "packer-shims"
_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one plugin in the store."""

    paths: Paths
    name: str

    @property
    def environment(self) -> Path:
        """Its environment."""
        return self.paths.environments / self.name

    @property
    def aside(self) -> Path:
        """The environment before, while it may still be needed."""
        return self.paths.environments / f".{self.name}.old"

    @property
    def receipt_path(self) -> Path:
        """Its receipt."""
        return self.paths.receipts / f"{self.name}.json"

    @property
    def stage(self) -> Path:
        """Where shims are made, to be moved when they are complete."""
        return self.environment / _STAGE

    def receipt(self) -> Receipt | None:
        """What is installed, if anything.

        Raises:
            InstallError: There is a receipt that cannot be read. Without it nobody knows what
                the rest is, so nothing is touched.
        """
        receipt = read_receipt(self.receipt_path)
        if receipt is None and self.receipt_path.exists():
            raise InstallError(
                f"cannot read the receipt of {self.name}: {self.receipt_path}",
                hint="remove that file, then install the plugin again",
            )
        return receipt

    def move_aside(self) -> None:
        """Make room for a new environment and keep the old one for the way back."""
        self.paths.environments.mkdir(parents=True, exist_ok=True)
        if self.environment.exists():
            self.environment.rename(self.aside)

    def commit(self, receipt: Receipt, staged: Iterable[Path]) -> None:
        """Put the new shims in place, then the receipt; from there on the new one counts."""
        text = receipt.to_json()
        write_atomically(self.environment / _COPY, text)
        placed = place_shims(staged, self.paths.shims, self.name)
        remove_shims(self.paths.shims, self.name, keep=placed)
        write_atomically(self.receipt_path, text)
        self._sweep()

    def clear(self) -> None:
        """Take the plugin away. The receipt goes before the bulk of the files."""
        remove_shims(self.paths.shims, self.name)
        self.move_aside()
        self.receipt_path.unlink(missing_ok=True)
        self._sweep()

    def settle(self) -> None:
        """Make everything agree with the receipt, whatever was going on before."""
        receipt = self.receipt()
        if receipt is None:
            shutil.rmtree(self.environment, ignore_errors=True)
        elif self.aside.exists() and not self._is_complete():
            shutil.rmtree(self.environment, ignore_errors=True)
            self.aside.rename(self.environment)
        self._sweep()
        self._settle_shims(receipt)

    def _is_complete(self) -> bool:
        """Whether the environment in place is the one that the receipt speaks of."""
        try:
            return (self.environment / _COPY).read_bytes() == self.receipt_path.read_bytes()
        except OSError:
            return False

    def _settle_shims(self, receipt: Receipt | None) -> None:
        if receipt is None:
            remove_shims(self.paths.shims, self.name)
        elif self.environment.exists():
            staged = stage_shims(
                self.stage, Path(receipt.interpreter), self.name, receipt.components
            )
            # What somebody else has put in the way is left to them, here as everywhere.
            free = [path for path in staged if is_free(self.paths.shims / path.name, self.name)]
            placed = place_shims(free, self.paths.shims, self.name)
            remove_shims(self.paths.shims, self.name, keep=placed)
            self._sweep()

    def _sweep(self) -> None:
        shutil.rmtree(self.aside, ignore_errors=True)
        shutil.rmtree(self.stage, ignore_errors=True)


@contextmanager
def changing(slot: Slot, say: Callable[[str], None], cancel: CancelToken) -> Iterator[None]:
    """Hold a plugin's lock; leave everything as it was when the change fails.

    Raises:
        InstallError: The store cannot be written.
        Cancelled: Somebody asked to stop while another process held the lock.
    """
    try:
        with _locked(slot, say, cancel):
            slot.settle()
            try:
                yield
            except BaseException:  # Ctrl-C as well: whoever stops us wants the old one to work
                slot.settle()
                raise
    except OSError as error:
        raise InstallError(
            f"cannot change the store of plugins: {error}",
            hint="PACKER_DATA_DIR puts it into another folder",
        ) from error


@contextmanager
def _locked(slot: Slot, say: Callable[[str], None], cancel: CancelToken) -> Iterator[None]:
    from filelock import FileLock, Timeout  # noqa: PLC0415

    slot.paths.locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(slot.paths.locks / f"{slot.name}.lock")
    told = False
    while not lock.is_locked:
        try:
            lock.acquire(timeout=_POLL_S)
        except Timeout:
            cancel.check()
            if not told:
                say(f"Waiting for another packer that works on {slot.name}…")
                told = True
    try:
        yield
    finally:
        lock.release()
