"""``packer plugins install``.

A plugin is a Python distribution in an environment of its own, so this takes what pip takes: a
name with or without versions, a wheel, a folder; several of them are installed side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packer_core.cli.command import Command
from packer_core.cli.errors import UsageError
from packer_core.cli.options import Switch
from packer_core.plugin_sources import is_remote

from .shared import each_watched, installer

if TYPE_CHECKING:
    from collections.abc import Callable

    from packer_core.app import App
    from packer_core.plugins.install.sources import Sources


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """Of ``packer plugins install``."""

    requirements: tuple[str, ...]
    editable: bool
    force: bool
    path: str = ""
    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()
    allow_sdist: bool = False
    installer: str = ""


def install(app: App, options: InstallOptions) -> int:
    """Put a plugin into an environment of its own, or a binary where HashiCorp keeps them."""
    if options.path:
        return _place(app, options)
    if is_remote(options.requirements[0]) and not Path(options.requirements[0]).exists():
        return _install_release(app, options)
    where = sources(options)

    def one(requirement: str, told: Callable[[str], None]) -> None:
        installer(app, options.installer, told).install(
            requirement, editable=options.editable, upgrade=options.force, sources=where
        )

    with app.interruptible("installation"):
        return each_watched(app, options.requirements, "installing", one)


def sources(options: InstallOptions) -> Sources:
    """Where to look, as it was said on the command line."""
    from packer_core.plugins.install.sources import Sources  # noqa: PLC0415 - not for help

    return Sources(
        index_url=options.index_url,
        extra_index_urls=options.extra_index_urls,
        find_links=options.find_links,
        allow_sdist=options.allow_sdist,
    ).seen_from(Path())


def _install_release(app: App, options: InstallOptions) -> int:
    """The newest release that is allowed, with a constraint behind the address (PLC-001)."""
    from packer_core.cli.locks import release_store  # noqa: PLC0415 - most plugins are ours
    from packer_core.constraints import NoConstraint, parse_constraints  # noqa: PLC0415
    from packer_core.plugins.lock.targets import here  # noqa: PLC0415
    from packer_core.plugins.release_store import has_checksum  # noqa: PLC0415

    address, *rest = options.requirements
    if options.editable or len(rest) > 1:
        raise UsageError(
            f"an address stands alone, or with one constraint: {' '.join(options.requirements)}",
            hint=f'packer plugins install {address} ">= 1.0, < 2.0"',
        )
    try:
        constraints = parse_constraints(rest[0]) if rest else ()
    except NoConstraint as error:
        raise UsageError(str(error), hint='such as ">= 1.2, < 2.0"') from error
    with app.interruptible("installation"):
        store = release_store(app)
        archive = store.newest(address, constraints, here().platform)
        if not options.force and has_checksum(store.target(archive)):
            app.ui.say(f"Already installed: {address} {archive.version}")
        else:
            store.install(archive)
    return 0


def _place(app: App, options: InstallOptions) -> int:
    from packer_core.plugins import binary_store  # noqa: PLC0415 - for one flag

    if options.editable:
        raise UsageError("-path and -editable do not go together")
    if len(options.requirements) != 1:
        raise UsageError("-path is for one address: " + " ".join(options.requirements))
    [address] = options.requirements
    root = app.paths.plugin_folders[0]
    with app.interruptible("installation"):
        path = binary_store.place(
            Path(options.path),
            address,
            root,
            environ=app.environ,
            cancel=app.cancel,
        )
    app.ui.say(f"Installed {address} as {path}")
    return 0


SOURCES = (
    click.Option(
        ["-index-url", "index_url"],
        default="",
        metavar="URL",
        help="Look at this index, in place of the one that pip is configured for.",
    ),
    click.Option(
        ["-extra-index-url", "extra_index_urls"],
        multiple=True,
        metavar="URL",
        help="Look at this index as well; may be repeated.",
    ),
    click.Option(
        ["-find-links", "find_links"],
        multiple=True,
        metavar="FOLDER",
        help="Look for wheels in this folder, or on this page; may be repeated.",
    ),
    Switch(
        ["-allow-sdist", "allow_sdist"],
        help="Build what has no wheel; that runs code of whoever wrote it.",
    ),
    click.Option(
        ["-installer", "installer"],
        default="",
        metavar="NAME",
        help="pip or uv; PACKER_INSTALLER says it for every time.",
    ),
)

COMMAND = Command(
    "install",
    "Install a plugin into an environment of its own",
    description=(
        "REQUIREMENT is what pip takes: packer-plugin-NAME, with versions if it matters"
        " (packer-plugin-NAME==1.2), a wheel, or a folder."
        "\n\nAn address, such as github.com/OWNER/NAME, is that of a plugin in Go: its newest"
        " release is installed, or the newest that a constraint allows, such as '>= 1.2, < 2'."
        "\n\nWith -path, it is an address, such as github.com/OWNER/NAME: the program at PATH, in"
        " whatever language, is put where HashiCorp's packer would find it."
    ),
    parameters=(
        click.Argument(["requirements"], metavar="REQUIREMENT...", nargs=-1, required=True),
        Switch(
            ["-editable", "editable"],
            help="REQUIREMENT is the folder of a plugin you work on; use it in place.",
        ),
        click.Option(
            ["-path", "path"],
            default="",
            metavar="PATH",
            help="Install this program, under the address that stands in for REQUIREMENT.",
        ),
        Switch(["-force", "force"], help="Install anew even if it is there already."),
        *SOURCES,
    ),
    options=InstallOptions,
    run=install,
)
