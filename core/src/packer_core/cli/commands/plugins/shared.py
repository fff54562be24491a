"""What the commands about plugins have in common."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packer_core.cli.help import table
from packer_sdk.errors import Cancelled, PackerError
from packer_sdk.threads import spawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from packer_core.app import App
    from packer_core.plugins.binaries import Binaries
    from packer_core.plugins.install.installer import Installer


_POLL_S = 0.2

FORMAT = 1
"""Of what ``-json`` prints: `docs/reference/plugins-json.md`. Fields may be added within it."""


def installer(
    app: App, backend: str = "", told: Callable[[str], None] = lambda _: None
) -> Installer:
    """The store of plugins, as this run sees it.

    Args:
        app: This run.
        backend: ``pip`` or ``uv``; without it, what is configured.
        told: What the installer says while it is at work, a line at a time.
    """
    from packer_core.plugins.install.installer import Installer  # noqa: PLC0415 - not for help

    return Installer(
        app.paths,
        app.ui.say,
        environ=app.environ,
        cancel=app.cancel,
        backend=backend,
        progress=told,
    )


def each_watched(
    app: App, names: Sequence[str], doing: str, work: Callable[[str, Callable[[str], None]], object]
) -> int:
    """As `each`, with a live line per plugin on a terminal that has a view below its output.

    Args:
        app: This run.
        names: Of the plugins, or what else stands for them.
        doing: What is done to each: ``installing``.
        work: Gets a name, and whom to tell what is going on.

    Raises:
        Cancelled: Somebody asked to stop.
    """
    try:
        return _each_watched(app, names, doing, work)
    except Cancelled as error:
        raise Cancelled("Cancelled; what was not finished is as it was before") from error


def _each_watched(
    app: App, names: Sequence[str], doing: str, work: Callable[[str, Callable[[str], None]], object]
) -> int:
    live = app.live
    if live is None:
        return each(app, names, lambda name: work(name, lambda _: None))

    def one(name: str) -> None:
        live.start(name, doing)
        how = "failed"
        try:
            work(name, lambda line: live.said(name, line))
            how = "finished"
        finally:
            live.end(name, how)

    with live:
        live.plan(dict.fromkeys(names))
        return each(app, names, one)


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
