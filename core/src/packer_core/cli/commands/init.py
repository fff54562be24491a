"""``packer init``: install the plugins that a template requires (INI-001, INI-002).

With a lock beside the template, exactly what that names, and nobody is asked for what is there.
Without one, the newest release that the template allows; both go the same way, since the second
only makes a lock of its own first, which nobody sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.errors import UsageError
from packer_core.cli.options import Switch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from packer_core.app import App
    from packer_core.plugins.lock.model import Lock
    from packer_core.template.model import RequiredPlugin


@dataclass(frozen=True, slots=True)
class InitOptions:
    """Of ``packer init``."""

    template: str
    upgrade: bool
    force: bool
    from_: str
    config_type: str


def run(app: App, options: InitOptions) -> int:
    """Install what a template requires; silent if it is there."""
    from packer_core.template.hcl_plugins import read_required_plugins  # noqa: PLC0415

    if not options.template and not options.from_:
        raise UsageError("which template?", hint="packer init TEMPLATE, or packer init .")
    required: Sequence[RequiredPlugin] = ()
    if options.template:
        required = read_required_plugins(Path(options.template), options.config_type)
    if options.template and not required:
        app.ui.say(f"{options.template} requires no plugins: it has no required_plugins block.")
        return 0
    with app.interruptible("installation"):
        if options.from_:
            return _from_bundle(app, options, required)
        return _from_network(app, options, required)


def _from_network(app: App, options: InitOptions, required: Sequence[RequiredPlugin]) -> int:
    from packer_core.cli.locks import Bringing, path_of  # noqa: PLC0415
    from packer_core.plugins.lock.file import read_lock  # noqa: PLC0415

    path = path_of(options.template)
    lock = read_lock(path)
    if lock is None:
        return _without_lock(app, options, required, path.parent)
    if options.upgrade:
        raise UsageError(
            f"-upgrade does not go together with a lock: {path}",
            hint=f"packer plugins lock -upgrade {options.template}, then packer init",
        )
    _refuse_misfit(lock, required, options.template)
    part = _part(lock, required)
    return Bringing(app=app, lock=part, folder=path.parent, force=options.force).everything()


def _from_bundle(app: App, options: InitOptions, required: Sequence[RequiredPlugin]) -> int:
    from packer_core.cli.locks import Bringing, path_of  # noqa: PLC0415
    from packer_core.plugins.lock.bundle import Bundle  # noqa: PLC0415
    from packer_core.plugins.lock.file import read_lock  # noqa: PLC0415

    bundle = Bundle.open(Path(options.from_))
    path = path_of(options.template)
    lock = (read_lock(path) if options.template else None) or bundle.lock
    if required:
        _refuse_misfit(lock, required, options.template)
    return Bringing(
        app=app, lock=lock, folder=path.parent, bundle=bundle, force=options.force
    ).everything()


def _without_lock(
    app: App, options: InitOptions, required: Sequence[RequiredPlugin], folder: Path
) -> int:
    from packer_core.cli.commands.plugins.shared import each_watched  # noqa: PLC0415
    from packer_core.cli.locks import Bringing, locker  # noqa: PLC0415
    from packer_core.cli.needs import Needs  # noqa: PLC0415
    from packer_core.plugins.lock.targets import here  # noqa: PLC0415

    needs = Needs(app)
    ahead = {
        request.label: request
        for plugin in required
        if (request := needs.request(plugin, upgrade=options.upgrade, force=options.force))
    }

    def one(label: str, told: Callable[[str], None]) -> None:
        lock = locker(app, folder, told).lock([ahead[label]], [here()])
        Bringing(app=app, lock=lock, folder=folder, strict=False, force=options.force).one(
            label, told
        )

    return each_watched(app, list(ahead), "installing", one) if ahead else 0


def _refuse_misfit(lock: Lock, required: Sequence[RequiredPlugin], template: str) -> None:
    from packer_core.cli.needs import refuse_misfit  # noqa: PLC0415

    refuse_misfit(lock, required, template)


def _part(lock: Lock, required: Sequence[RequiredPlugin]) -> Lock:
    """What one template needs of a lock that may be for several."""
    from dataclasses import replace  # noqa: PLC0415

    from packer_core.plugin_sources import read_source  # noqa: PLC0415

    names = {read_source(one.source).distribution or one.source for one in required}
    return replace(
        lock,
        plugins=tuple(one for one in lock.plugins if one.name in names),
        programs=tuple(one for one in lock.programs if one.address in names),
    )


COMMAND = Command(
    "init",
    "Install the plugins that a template requires",
    description=(
        "Reads the required_plugins of an HCL2 template, a file or a folder. What is there already"
        " is left as it is. If packer.lock lies beside the template, exactly what it names is"
        " installed; otherwise the newest release that the template allows."
    ),
    parameters=(
        flags.CONFIG_TYPE,
        Switch(["-force", "force"], help="Install anew even what is there already."),
        click.Option(
            ["-from", "from_"],
            default="",
            metavar="BUNDLE",
            help="Take the files from this bundle and ask no network; TEMPLATE may be left out.",
        ),
        Switch(["-upgrade", "upgrade"], help="Install the newest release that is allowed."),
        click.Argument(["template"], metavar="[TEMPLATE]", required=False, default=""),
    ),
    options=InitOptions,
    run=run,
)
