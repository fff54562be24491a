"""Looking after a store: what is wrong with it, and what nobody needs any more.

Nothing here starts a plugin, and only `prune` changes anything.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core.plugins import trust

from .manifest import NAME, Manifest
from .receipts import read_receipt
from .store import RECEIPT, changing, sharing, slots
from .wheels import WheelCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .receipts import Receipt


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with the store.

    Attributes:
        plugin: Whose; empty if it concerns them all.
        problem: What.
        hint: What to type.
    """

    plugin: str
    problem: str
    hint: str


@dataclass(frozen=True, slots=True)
class Pruned:
    """What pruning has removed.

    Attributes:
        generations: Folders of environments that do not count.
        freed_bytes: Of the wheels that no receipt names any more.
        in_use: Folders that would have gone, but for builds that are using them.
    """

    generations: tuple[str, ...]
    freed_bytes: int
    in_use: tuple[str, ...] = ()


def verify(receipt: Receipt) -> list[str]:
    """Compare every file of a plugin with its hash; returns what is not as it was installed."""
    listing = read_listing(receipt)
    if listing is None:
        return [f"{receipt.folder / NAME} is gone or was changed"]
    return listing.differences(receipt.folder)


def read_listing(receipt: Receipt) -> Manifest | None:
    """The list of a plugin's files; None if it is not the one that its receipt knows."""
    try:
        content = (receipt.folder / NAME).read_bytes()
        if hashlib.sha256(content).hexdigest() != receipt.manifest:
            return None
        return Manifest.from_json(content)
    except (OSError, ValueError):
        return None


def prune(
    paths: Paths, say: Callable[[str], None], cancel: CancelToken, *, keep: int = 0
) -> Pruned:
    """Remove generations that do not count, and wheels that no receipt names.

    Args:
        paths: Where the store is.
        say: Told when another packer holds a lock.
        cancel: Ends waiting for it.
        keep: Earlier generations of each plugin to keep, the latest ones.

    Raises:
        InstallError: The store cannot be written.
    """
    gone: list[str] = []
    busy: list[str] = []
    for slot in slots(paths):
        with changing(slot, say, cancel):
            earlier = [number for number in slot.complete() if number < slot.current]
            kept = earlier[len(earlier) - keep :] if keep else []
            if slot.current:
                went, used = slot.keep_only(slot.current, *kept)
                gone += [str(slot.generation(number)) for number in went]
                busy += [str(slot.generation(number)) for number in used]
    with sharing(paths, say, cancel):
        freed = WheelCache(paths.wheels).prune(set(_named_wheels(paths)))
    return Pruned(tuple(gone), freed, tuple(busy))


def _named_wheels(paths: Paths) -> Iterator[str]:
    for slot in slots(paths):
        for number in slot.complete():
            if receipt := read_receipt(slot.generation(number) / RECEIPT):
                yield from (wheel.sha256 for wheel in receipt.wheels)


def examine(paths: Paths) -> Iterator[Finding]:
    """Everything that is wrong with the store, worst first; hashes are not looked at."""
    for folder in (paths.data_dir, paths.environments, paths.shims, paths.receipts, paths.wheels):
        if folder.exists() and (objection := trust.objection_to_folder(folder)):
            yield Finding("", f"{objection}: {folder}", f"chmod o-w {folder}, if you trust it")
    for slot in slots(paths):
        receipt = read_receipt(slot.receipt_path)
        if receipt is None:
            yield from _unreadable(slot.name, slot.receipt_path)
        else:
            yield from _examine_plugin(receipt, paths)


def _unreadable(name: str, path: Path) -> Iterator[Finding]:
    if path.exists():
        yield Finding(
            name,
            f"the receipt cannot be read, or somebody has changed it: {path}",
            f"packer plugins remove {name}, then install it again",
        )
    else:
        yield Finding(name, "an installation that never ended", "packer plugins prune")


def _examine_plugin(receipt: Receipt, paths: Paths) -> Iterator[Finding]:
    name = receipt.distribution
    again = f"packer plugins verify -repair {name}"
    if receipt.state != "ok":
        yield Finding(name, receipt.state, again)
    if not receipt.manifest:
        yield Finding(name, "it was installed by an older packer", f"packer plugins upgrade {name}")
        return
    listing = read_listing(receipt)
    if listing is None:
        yield Finding(name, f"{receipt.folder / NAME} is gone or was changed", again)
    elif changed := listing.changed(receipt.folder):
        yield Finding(name, changed, again)
    for wheel in WheelCache(paths.wheels).missing(receipt.wheels):
        yield Finding(
            name,
            f"the wheel is gone, the environment could not be made again offline: {wheel.filename}",
            f"packer plugins install -force {name}=={receipt.version}",
        )
