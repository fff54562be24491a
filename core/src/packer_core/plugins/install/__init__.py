"""Each plugin in a virtualenv of its own."""

from __future__ import annotations

from .installer import Installer
from .receipts import InstalledRow, Receipt, installed_rows, read_receipts

__all__ = ["InstalledRow", "Installer", "Receipt", "installed_rows", "read_receipts"]
