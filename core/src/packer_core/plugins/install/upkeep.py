"""Looking after a store: what is wrong with it, and what nobody needs any more.

Nothing here starts a plugin, and only `prune` changes anything.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core.plugins import trust

from .manifest import NAME, Manifest
from .receipts import read_receipt, read_receipts
from .store import RECEIPT, changing, sharing, slots
from .wheels import WheelCache, fits_here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .receipts import Receipt
    from .store import Slot


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
    links = [f"{shim} is gone" for shim in receipt.shims if not os.path.lexists(shim)]
    return [*links, *listing.differences(receipt.folder)]


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
    yield from unreadable(paths)
    for receipt in read_receipts(paths.receipts):
        yield from _examine_plugin(receipt, paths)


def unreadable(paths: Paths) -> Iterator[Finding]:
    """What is in the store though no receipt tells of it."""
    for slot in slots(paths):
        if read_receipt(slot.receipt_path) is None:
            yield _without_receipt(slot)


def _without_receipt(slot: Slot) -> Finding:
    anew = f"packer plugins install {slot.name}"
    if slot.receipt_path.exists():
        return Finding(
            slot.name,
            f"the receipt cannot be read, or somebody has changed it: {slot.receipt_path}",
            f"packer plugins remove {slot.name}, then install it again",
        )
    if slot.current in slot.complete():
        return Finding(slot.name, f"the link to its receipt is gone: {slot.receipt_path}", anew)
    if os.path.lexists(slot.pointer):
        return Finding(
            slot.name,
            f"the receipt is gone: {slot.generation(slot.current) / RECEIPT}",
            anew,
        )
    if slot.complete():
        return Finding(slot.name, f"the link to what counts is gone: {slot.pointer}", anew)
    return Finding(slot.name, "an installation that never ended", "packer plugins prune")


def _examine_plugin(receipt: Receipt, paths: Paths) -> Iterator[Finding]:
    name = receipt.distribution
    for folder in (receipt.folder.parent, receipt.folder):
        if folder.exists() and (objection := trust.objection_to_folder(folder)):
            yield Finding(name, f"{objection}: {folder}", f"chmod o-w {folder}, if you trust it")
    if not receipt.manifest:
        yield Finding(name, "it was installed by an older packer", f"packer plugins upgrade {name}")
    elif problem := _problem(receipt):
        yield Finding(name, problem, _remedy(receipt))
    if missing := WheelCache(paths.wheels).missing(receipt.wheels):
        names = ", ".join(wheel.filename for wheel in missing)
        yield Finding(
            name,
            f"without these wheels, gone or torn, it cannot be made again offline: {names}",
            f"packer plugins install -force {name}=={receipt.version}",
        )


def _remedy(receipt: Receipt) -> str:
    """Making it again, from wheels that are here; or fetching those for this Python."""
    if all(map(fits_here, receipt.wheels)):
        return f"packer plugins verify -repair {receipt.distribution}"
    return f"packer plugins install -force {receipt.distribution}=={receipt.version}"


def _problem(receipt: Receipt) -> str | None:
    """The first thing that is wrong with the files of a plugin."""
    if receipt.state == "interpreter missing":
        return f"its Python is gone: {receipt.interpreter}"
    if gone := [shim for shim in receipt.shims if not os.path.lexists(shim)]:
        return f"what starts it is gone: {gone[0]}"
    listing = read_listing(receipt)
    if listing is None:
        return f"{receipt.folder / NAME} is gone or was changed"
    return listing.changed(receipt.folder)
