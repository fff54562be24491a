"""Each plugin in a virtualenv of its own, every change to one a single step.

::

    Installer          install, upgrade, rollback, remove: locks, order, what is said
      Slot             a plugin's generations on disk, and the pointer to the one that counts
      Workshop         makes a generation: environment + wheels ► unpack ► describe ► receipt
        Backend        make_environment(folder) and collect(requirements, into, sources): pip or uv
        WheelCache     the wheels that were used, by content; environments are made again from it
      Manifest         every file with its hash; looked at when a component is started

An installer has two methods and does not know the store (`backends`). Who has a lock resolves
nothing: it gives `Installer.install` the wheels, which are then unpacked as they are. They get
into the cache with `WheelCache.incoming` and `WheelCache.keep`, best by `Backend.collect` with
requirements that have ``--hash``.
"""

from __future__ import annotations

from .installer import Installer
from .receipts import InstalledRow, Receipt, installed_rows, read_receipts
from .sources import Sources
from .wheels import StoredWheel, WheelCache

__all__ = [
    "InstalledRow",
    "Installer",
    "Receipt",
    "Sources",
    "StoredWheel",
    "WheelCache",
    "installed_rows",
    "read_receipts",
]
