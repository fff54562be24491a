"""Which of the locked wheels a target needs (PEP 751)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.tags import Tag

    from .model import Lock, LockedPackage, LockedPlugin, LockedWheel
    from .targets import Target


def chosen(plugin: LockedPlugin, target: Target) -> list[tuple[LockedPackage, LockedWheel]]:
    """The wheel of every distribution that a plugin needs on a target.

    Raises:
        InstallError: One has no wheel for it.
    """
    ranks = {tag: rank for rank, tag in enumerate(target.tags())}
    return [(one, _best(one, ranks, target)) for one in _needed(plugin, target)]


def for_target(lock: Lock, target: Target) -> None:
    """Refuse a target that a lock is not for.

    Raises:
        InstallError: It is not; the message says what it is for.
    """
    platforms = {one.platform for one in lock.targets}
    if target not in lock.targets if lock.plugins else target.platform not in platforms:
        raise InstallError(
            f"the lock is not for {target}, but for {', '.join(map(str, lock.targets))}",
            hint=f"packer plugins lock {_flags_with(lock, target)}",
        )


def _flags_with(lock: Lock, target: Target) -> str:
    everything = sorted({*lock.targets, target})
    platforms = dict.fromkeys(one.platform for one in everything)
    pythons = dict.fromkeys(one.python for one in everything)
    flags = [f"-platform {one}" for one in platforms] + [f"-python {one}" for one in pythons]
    return " ".join(flags)


def _needed(plugin: LockedPlugin, target: Target) -> Iterator[LockedPackage]:
    from packaging.markers import InvalidMarker, Marker  # noqa: PLC0415

    environment = target.environment()
    for package in plugin.packages:
        try:
            if not package.marker or Marker(package.marker).evaluate(environment):
                yield package
        except InvalidMarker as error:
            raise InstallError(
                f"not a marker in the lock: {package.marker}",
                hint="write the lock anew: packer plugins lock TEMPLATE",
            ) from error


def _best(package: LockedPackage, ranks: Mapping[Tag, int], target: Target) -> LockedWheel:
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415

    fitting: list[tuple[int, LockedWheel]] = []
    for wheel in package.wheels:
        try:
            tags = parse_wheel_filename(wheel.name)[3]
        except InvalidWheelFilename:
            continue
        if usable := [ranks[tag] for tag in tags if tag in ranks]:
            fitting.append((min(usable), wheel))
    if not fitting:
        raise InstallError(
            f"the lock has no wheel of {package.name} {package.version} for {target}",
            hint=f"packer plugins lock -platform {target.platform} -python {target.python}, "
            "on that machine if need be",
        )
    return min(fitting, key=lambda one: one[0])[1]
