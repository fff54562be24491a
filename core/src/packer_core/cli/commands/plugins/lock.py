"""``packer plugins lock``: write down which plugins are used, to the last file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from packer_core.cli import options as flags
from packer_core.cli.command import Command
from packer_core.cli.errors import UsageError
from packer_core.cli.options import Switch, YesNo

from .install import SOURCES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from packer_core.app import App
    from packer_core.plugins.install.receipts import Receipt
    from packer_core.plugins.lock.locking import Request
    from packer_core.plugins.lock.model import Lock
    from packer_core.template.model import RequiredPlugin


@dataclass(frozen=True, slots=True)
class LockOptions:
    """Of ``packer plugins lock``."""

    template: str
    platforms: tuple[str, ...]
    pythons: tuple[str, ...]
    upgrade: str
    config_type: str
    index_url: str = ""
    extra_index_urls: tuple[str, ...] = ()
    find_links: tuple[str, ...] = ()


def lock(app: App, options: LockOptions) -> int:
    """Write a lock beside a template, or one of what is installed into the working folder."""
    from packer_core.cli.locks import locker, path_of  # noqa: PLC0415 - not for help
    from packer_core.plugins.lock.file import lock_text, read_lock, write_lock  # noqa: PLC0415
    from packer_core.plugins.lock.locking import targets_of  # noqa: PLC0415

    path = path_of(options.template)
    old = read_lock(path)
    targets = targets_of(options.platforms, options.pythons, old)
    with app.interruptible("locking"):
        if options.template:
            requests = _of_template(options)
        elif options.upgrade != "false":
            raise UsageError(
                "a lock of what is installed has no newer versions to choose",
                hint="packer plugins upgrade, then packer plugins lock",
            )
        else:
            requests = list(_of_installed(app))
        fresh = locker(app, path.parent).lock(requests, targets, old, _renewed(options, requests))
    if old and lock_text(old) == lock_text(fresh):
        app.ui.say(f"{path} is as it should be: {_count(fresh)}")
        return 0
    write_lock(path, fresh)
    app.ui.say(f"Wrote {path}: {_count(fresh)}")
    for line in _changes(old, fresh):
        app.ui.say(f"  {line}")
    return 0


def _of_template(options: LockOptions) -> list[Request]:
    from packer_core.plugins.lock.locking import Request  # noqa: PLC0415
    from packer_core.template.hcl_plugins import read_required_plugins  # noqa: PLC0415

    required = read_required_plugins(Path(options.template), options.config_type)
    if not required:
        raise UsageError(
            f"{options.template} requires no plugins: it has no required_plugins block",
            hint="packer plugins lock, without a template, locks what is installed",
        )
    return [_of_required(plugin, options, Request) for plugin in required]


def _of_required(plugin: RequiredPlugin, options: LockOptions, make: type[Request]) -> Request:
    from packer_core.plugin_sources import read_source  # noqa: PLC0415
    from packer_core.plugins.install.sources import Sources  # noqa: PLC0415

    name = read_source(plugin.source).distribution
    return make(
        source="" if name else plugin.source,
        name=name,
        constraints=plugin.constraints,
        sources=Sources(
            index_url=options.index_url,
            extra_index_urls=options.extra_index_urls,
            find_links=options.find_links,
        ).seen_from(Path()),
    )


def _of_installed(app: App) -> Iterator[Request]:
    from packer_core.constraints import Constraint  # noqa: PLC0415
    from packer_core.plugin_sources import read_source  # noqa: PLC0415
    from packer_core.plugins.install.receipts import read_receipts  # noqa: PLC0415
    from packer_core.plugins.lock.locking import Request  # noqa: PLC0415

    from .shared import binaries  # noqa: PLC0415

    receipts = read_receipts(app.paths.receipts)
    newest = [one.candidate for one in binaries(app).newest()]
    programs = [one for one in newest if read_source(one.address).is_release]
    for candidate in programs:
        yield Request(
            source=candidate.address,
            constraints=(Constraint("=", candidate.name.version.numbers),),
        )
    for receipt in receipts:
        if receipt.origin == "editable":
            app.ui.say(f"Left out: {receipt.distribution}, which is used in place")
        else:
            yield _of_receipt(app, receipt)
    if not receipts and not programs:
        raise UsageError(
            "no plugin is installed", hint="packer plugins lock TEMPLATE locks what that requires"
        )


def _of_receipt(app: App, receipt: Receipt) -> Request:
    from packer_core.plugins.install.wheels import WheelCache  # noqa: PLC0415
    from packer_core.plugins.lock.locking import Request  # noqa: PLC0415

    requirement = f"{receipt.distribution}=={receipt.version}"
    if receipt.origin != "index":
        own = next(one for one in receipt.wheels if one.name == receipt.distribution)
        place = WheelCache(app.paths.wheels).path(own)
        requirement = f"{receipt.distribution} @ {place.as_uri()}"
    return Request(
        name=receipt.distribution,
        requirement=requirement,
        pins={one.name: one.version for one in receipt.wheels},
        wheels=receipt.wheels,
        sources=receipt.sources,
    )


def _renewed(options: LockOptions, requests: Sequence[Request]) -> Callable[[str], bool]:
    if options.upgrade in {"true", "false"}:
        return lambda _: options.upgrade == "true"
    wanted = {name.strip() for name in options.upgrade.split(",")}
    known = {name for one in requests for name in _names(one.label)}
    if unknown := sorted(wanted - known):
        raise UsageError(
            f"not in the template: {', '.join(unknown)}",
            hint=f"-upgrade, or -upgrade={requests[0].label}",
        )
    return lambda label: not wanted.isdisjoint(_names(label))


def _names(label: str) -> set[str]:
    """What people call a plugin."""
    short = label.rpartition("/")[2]
    return {label, short, short.removeprefix("packer-plugin-")}


def _count(lock: Lock) -> str:
    number = len(lock.plugins) + len(lock.programs)
    what = "1 plugin" if number == 1 else f"{number} plugins"
    return f"{what} for {', '.join(map(str, lock.targets))}"


def _changes(old: Lock | None, new: Lock) -> list[str]:
    before = {*old.names()} if old else set()
    after = [*new.names()]
    gone = sorted(before.difference(after))
    return [f"+ {one}" for one in after if one not in before] + [f"- {one}" for one in gone]


class _YesNoOrNames(YesNo):
    """``true``, ``false``, or the names of some plugins."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ARG002
        """Leave it as it is."""
        return str(value).lower() if str(value).lower() in {"true", "false"} else value


class _Upgrade(Switch):
    """On or off, or for some plugins only: ``-upgrade`` or ``-upgrade=NAME,NAME``."""

    def __init__(self) -> None:
        super().__init__(
            ["-upgrade", "upgrade"],
            help="Choose the newest versions that are allowed; -upgrade=NAME,… for some plugins.",
        )
        self.type = _YesNoOrNames()


TARGETS = (
    click.Option(
        ["-platform", "platforms"],
        multiple=True,
        metavar="OS_ARCH",
        help="A platform, such as linux_amd64 or darwin_arm64; may be repeated.",
    ),
    click.Option(
        ["-python", "pythons"],
        multiple=True,
        metavar="VERSION",
        help="A version of Python, such as 3.12, that packer runs on there; may be repeated.",
    ),
)

COMMAND = Command(
    "lock",
    "Write down which plugins are used, to the last file",
    description=(
        "Writes packer.lock beside TEMPLATE: for every plugin that it requires the version, and"
        " every file with its hash, for each platform and version of Python. Without TEMPLATE,"
        " what is installed is written down, into the working folder."
        "\n\nWhat is in the lock already stays as it is, unless the template does not allow it any"
        " more or -upgrade is given. Without -platform and -python, the lock stays what it was"
        " for, or is for this machine."
    ),
    parameters=(
        *TARGETS,
        _Upgrade(),
        *[one for one in SOURCES if one.name in {"index_url", "extra_index_urls", "find_links"}],
        flags.CONFIG_TYPE,
        click.Argument(["template"], metavar="[TEMPLATE]", required=False, default=""),
    ),
    options=LockOptions,
    run=lock,
)
