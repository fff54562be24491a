"""What the commands about plugins have in common."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from packer_core.cli.help import table
from packer_sdk.errors import PackerError
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packer_core.app import App
    from packer_core.plugins.binaries import Binaries
    from packer_core.plugins.install.installer import Installer


_POLL_S = 0.2

FORMAT = 1
"""Of what ``-json`` prints: `docs/reference/plugins-json.md`. Fields may be added within it."""


def installer(app: App, backend: str = "") -> Installer:
    """The store of plugins, as this run sees it.

    Args:
        app: This run.
        backend: ``pip`` or ``uv``; without it, what is configured.
    """
    from packer_core.plugins.install.installer import Installer  # noqa: PLC0415 - not for help

    return Installer(
        app.paths,
        app.ui.say,
        environ=app.environ,
        cancel=app.cancel,
        backend=backend,
        progress=progress(app),
    )


def progress(app: App) -> Callable[[str], None]:
    """Shows at a terminal what the installer is doing; a pipe gets the results only."""
    if app.machine_readable or not sys.stdout.isatty():
        return lambda _: None
    told = ("Collecting ", "Downloading ", "Building ", "Processing ", "Resolved ")

    def show(line: str) -> None:
        text = line.strip()
        if text.startswith(told):
            app.ui.say(f"  {text}")

    return show


def say_json(app: App, **content: object) -> None:
    """Print an object with its format."""
    app.ui.say(json.dumps({"format": FORMAT, **content}, indent=2))


def each(app: App, names: Sequence[str], work: Callable[[str], object]) -> int:
    """Do something to several plugins side by side; what fails does not stop the others.

    Returns:
        1 if anything failed, all of which is shown; else 0.
    """
    if len(names) == 1:
        work(names[0])
        return 0
    from packer_core.cli.failures import report  # noqa: PLC0415 - most commands show none

    failures: list[PackerError] = []

    def one(name: str) -> None:
        try:
            work(name)
        except PackerError as error:
            failures.append(error)

    threads = [spawn(f"plugin {name}", one, name) for name in dict.fromkeys(names)]
    for thread in threads:
        while thread.is_alive():
            thread.join(_POLL_S)  # so that the main thread goes on hearing interrupts
    app.cancel.check()
    for failure in failures:
        report(app, failure)
    return 1 if failures else 0


def table_of(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows in columns, from the left edge."""
    return "\n".join(line.removeprefix("  ") for line in table(rows))


def binaries(app: App) -> Binaries:
    """Plugins that HashiCorp's packer would find."""
    from packer_core.plugins.binaries import Binaries  # noqa: PLC0415 - not for help

    paths = app.paths
    return Binaries(paths.plugin_folders, paths.plugin_cache, app.environ)
