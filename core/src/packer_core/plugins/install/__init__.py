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

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .installer import Installer
    from .receipts import InstalledRow, Receipt, installed_rows, read_receipts
    from .sources import Sources
    from .wheels import StoredWheel, WheelCache

_HOME_OF = {
    "InstalledRow": "receipts",
    "Installer": "installer",
    "Receipt": "receipts",
    "Sources": "sources",
    "StoredWheel": "wheels",
    "WheelCache": "wheels",
    "installed_rows": "receipts",
    "read_receipts": "receipts",
}

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


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{home}", __name__), name)
