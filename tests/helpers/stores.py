"""A store with one small plugin in it, put there without any installer."""

from __future__ import annotations

import hashlib
import platform
import sys
from typing import TYPE_CHECKING

from packer_core.plugins.install.inspect import InstalledComponent
from packer_core.plugins.install.manifest import take_stock
from packer_core.plugins.install.receipts import Receipt
from packer_core.plugins.install.shims import FOLDER, stage_shims
from packer_core.plugins.install.store import Slot

if TYPE_CHECKING:
    from typing import Any

    from packer_core.paths import Paths

NAME = "packer-plugin-note"
NOTE = InstalledComponent("builder", "note", "packer_plugin_note:Note")


def put_plugin(paths: Paths, **fields: Any) -> Receipt:
    """One generation, complete and counting; any field of its receipt replaced."""
    slot = Slot(paths, NAME)
    folder = slot.fresh()
    library = folder / "lib"
    library.mkdir(parents=True)
    (library / "packer_plugin_note.py").write_text("class Note: pass\n")
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    shims = stage_shims(folder / FOLDER, python, NAME, [NOTE])
    listing = take_stock(folder, (library,), sys.executable)
    usual: dict[str, Any] = {
        "distribution": NAME,
        "version": "0.2.0",
        "requirement": NAME,
        "origin": "index",
        "environment": str(folder),
        "interpreter": str(python),
        "interpreter_version": platform.python_version(),
        "components": (NOTE,),
        "shims": tuple(str(paths.shims / path.name) for path in shims),
        "distributions": (),
        "description": {},
        "fingerprint": "",
        "installed_at": "2026-01-02T03:04:05+00:00",
        "manifest": hashlib.sha256(listing.to_json().encode()).hexdigest(),
    }
    receipt = Receipt(**{**usual, **fields})
    slot.finish(receipt, listing)
    slot.switch(int(folder.name), receipt)
    return receipt
