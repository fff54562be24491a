"""The text of a lock: TOML, in which each plugin in Python has a table in the form of PEP 751.

``docs/reference/lock-format.md`` says what is in it.
"""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.plugins.install.receipts import write_atomically
from packer_core.plugins.install.sources import Sources
from packer_core.plugins.releases import Archive, platform_of
from packer_core.plugins.semver import Version

from .model import Lock, LockedArchive, LockedPackage, LockedPlugin, LockedProgram, LockedWheel
from .reading import NotALock, Table
from .targets import read_target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = 1
_PYLOCK = "1.0"
_HEAD = """\
# Which plugins, to the last file. Written by `packer plugins lock`, checked by `packer init` and
# `packer plugins sync`; keep it beside the template, under version control.
"""


def read_lock(path: Path) -> Lock | None:
    """Read a lock; None if there is no such file.

    Raises:
        InstallError: It cannot be read, is none, or is of a newer packer.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InstallError(
            f"cannot read {path}: {(error.strerror or str(error)).lower()}"
        ) from error
    return parse_lock(data, str(path))


def parse_lock(data: bytes, where: str) -> Lock:
    """Read the content of a lock.

    Args:
        data: The file.
        where: What it is called in messages.

    Raises:
        InstallError: It is none, or is of a newer packer.
    """
    try:
        table = Table(tomllib.loads(data.decode("utf-8")))
        version = table.number("format")
        if version > FORMAT:
            raise InstallError(
                f"{where} was written by a newer packer: it is of format {version}, "
                f"and this one knows {FORMAT}",
                hint="upgrade packer, or write it anew: packer plugins lock TEMPLATE",
            )
        if version != FORMAT:
            raise NotALock(f"there is no format {version}")
        return _lock(table)
    except (NotALock, ValueError) as error:
        raise InstallError(
            f"not a lock that can be read: {where}: {error}",
            hint="take it from version control, or write it anew: packer plugins lock TEMPLATE",
        ) from error


def write_lock(path: Path, lock: Lock) -> None:
    """Write a lock, whole or not at all.

    Raises:
        InstallError: It cannot be written.
    """
    try:
        write_atomically(path, lock_text(lock))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InstallError(f"cannot write {path}: {reason}") from error


def lock_text(lock: Lock) -> str:
    """The content of a lock's file; the same for equal locks."""
    return "\n".join(_lines(lock)) + "\n"


def _lock(table: Table) -> Lock:
    targets = tuple(
        read_target(one.text("platform"), one.text("python")) for one in table.tables("targets")
    )
    return Lock(
        targets=targets,
        plugins=tuple(map(_plugin, table.tables("plugin"))),
        programs=tuple(map(_program, table.tables("program"))),
    )


def _plugin(table: Table) -> LockedPlugin:
    pylock = table.table("pylock")
    if (version := pylock.text("lock-version")) != _PYLOCK:
        raise NotALock(f"there is no lock-version {version}")
    where = table.table("sources")
    name = table.name("name")
    return LockedPlugin(
        name=name,
        version=table.text("version"),
        requirement=_requirement(table.text("requirement"), name),
        sources=Sources(
            index_url=where.text("index-url", ""),
            extra_index_urls=where.texts("extra-index-urls"),
            find_links=where.texts("find-links"),
        ),
        packages=tuple(map(_package, pylock.tables("packages"))),
    )


def _requirement(text: str, name: str) -> str:
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise NotALock(f"not a requirement: {text}") from error
    if canonicalize_name(requirement.name) != name or requirement.url:
        raise NotALock(f"not a requirement of {name}: {text}")
    return text


def _package(table: Table) -> LockedPackage:
    return LockedPackage(
        name=table.name("name"),
        version=table.text("version"),
        marker=table.text("marker", ""),
        index=table.text("index", ""),
        wheels=tuple(
            LockedWheel(
                name=one.file_name("name"),
                sha256=one.table("hashes").digest("sha256"),
                url=one.text("url", ""),
                path=one.text("path", ""),
            )
            for one in table.tables("wheels")
        ),
    )


def _program(table: Table) -> LockedProgram:
    address = table.text("source")
    archives = []
    for one in table.tables("archives"):
        archive = Archive(
            address=address,
            platform=one.file_name("platform"),
            name=one.file_name("name"),
            url=one.text("url"),
            sha256=one.table("hashes").digest("sha256"),
        )
        if platform_of(archive.name, address, _version(table)) != archive.platform:
            raise NotALock(f"no release of {address} for {archive.platform}: {archive.name}")
        archives.append(LockedArchive(archive, one.table("program-hashes").digest("sha256")))
    return LockedProgram(address=address, version=table.text("version"), archives=tuple(archives))


def _version(table: Table) -> Version:
    return Version.read(table.text("version"))


def _lines(lock: Lock) -> Iterator[str]:
    yield _HEAD
    yield f"format = {FORMAT}"
    yield "targets = ["
    for target in lock.targets:
        yield f"  {{platform = {_text(target.platform)}, python = {_text(target.python)}}},"
    yield "]"
    for program in lock.programs:
        yield from ("", "[[program]]")
        yield f"source = {_text(program.address)}"
        yield f"version = {_text(program.version)}"
        for archive in program.archives:
            yield from _archive_lines(archive)
    environments = [target.marker for target in lock.targets]
    for plugin in lock.plugins:
        yield from _plugin_lines(plugin, environments)


def _archive_lines(locked: LockedArchive) -> Iterator[str]:
    archive = locked.archive
    yield from ("", "[[program.archives]]")
    yield f"platform = {_text(archive.platform)}"
    yield f"name = {_text(archive.name)}"
    yield f"url = {_text(archive.url)}"
    yield f"hashes = {{sha256 = {_text(archive.sha256)}}}"
    yield f"program-hashes = {{sha256 = {_text(locked.program_sha256)}}}"


def _plugin_lines(plugin: LockedPlugin, environments: list[str]) -> Iterator[str]:
    yield from ("", "[[plugin]]")
    yield f"name = {_text(plugin.name)}"
    yield f"version = {_text(plugin.version)}"
    yield f"requirement = {_text(plugin.requirement)}"
    yield f"sources = {{{', '.join(_source_items(plugin.sources))}}}"
    yield from ("", "[plugin.pylock]")
    yield f"lock-version = {_text(_PYLOCK)}"
    yield 'created-by = "packer"'
    yield f"environments = {_texts(environments)}"
    for package in plugin.packages:
        yield from _package_lines(package)


def _package_lines(package: LockedPackage) -> Iterator[str]:
    yield from ("", "[[plugin.pylock.packages]]")
    yield f"name = {_text(package.name)}"
    yield f"version = {_text(package.version)}"
    if package.marker:
        yield f"marker = {_text(package.marker)}"
    if package.index:
        yield f"index = {_text(package.index)}"
    yield "wheels = ["
    for wheel in package.wheels:
        key, place = ("url", wheel.url) if wheel.url else ("path", wheel.path)
        hashes = f"hashes = {{sha256 = {_text(wheel.sha256)}}}"
        yield f"  {{name = {_text(wheel.name)}, {key} = {_text(place)}, {hashes}}},"
    yield "]"


def _source_items(sources: Sources) -> Iterator[str]:
    if sources.index_url:
        yield f"index-url = {_text(sources.index_url)}"
    if sources.extra_index_urls:
        yield f"extra-index-urls = {_texts(list(sources.extra_index_urls))}"
    if sources.find_links:
        yield f"find-links = {_texts(list(sources.find_links))}"


def _texts(texts: list[str]) -> str:
    return f"[{', '.join(map(_text, texts))}]"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
