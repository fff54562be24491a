"""Which plugin a component belongs to, for messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.version import VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from .catalog import Component


def distribution_of(component: Component, receipts: Path) -> str:
    """Name and version of the distribution, as ``packer-plugin-note 1.2``; empty if not known."""
    if component.source == "bundled":
        return f"packer-plugin-bundled {VERSION}"  # pinned by core to its own version
    if component.source != "installed":
        return ""
    from .install.receipts import read_receipts  # noqa: PLC0415 - for the rare day of a crash

    for receipt in read_receipts(receipts):
        if str(component.path) in receipt.shims:
            return f"{receipt.distribution} {receipt.version}"
    return ""
