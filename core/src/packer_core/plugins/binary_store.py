"""Putting plugin binaries where HashiCorp's packer finds them, and taking them away.

A binary (PLC-002, PLC-004) lies under the address it was installed by,
``github.com/hashicorp/docker``, under a name that says everything (`binary_names`), with its
checksum beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.constraints import NoConstraint, parse_constraints
from packer_core.errors import InstallError
from packer_sdk.errors import PackerError

from .binaries import DEPTH_MAX
from .binary_names import API, CHECKSUM_SUFFIX, PREFIX, BinaryName, platform_suffix
from .described import Description, ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packer_sdk.cancel import CancelToken

    from .binaries import Binaries
    from .semver import Version

_PARTS_MIN = 3
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PLUGIN_API = re.compile(r"x(\d+)\.(\d+)")


def read_address(text: str) -> tuple[str, ...]:
    """The parts of a plugin's address, ``github.com/hashicorp/docker`` (PLG-008).

    Raises:
        InstallError: It is none.
    """
    parts = tuple(text.split("/"))
    name = parts[-1]
    if name.startswith("packer-") and _LABEL.fullmatch(name):
        better = "/".join((*parts[:-1], name.removeprefix(PREFIX).removeprefix("packer-")))
        raise InstallError(
            f"the name in an address does not begin with packer-: {text}", hint=f"use {better}"
        )
    is_address = _PARTS_MIN <= len(parts) <= DEPTH_MAX and all(map(_PART.fullmatch, parts))
    if not is_address or not _LABEL.fullmatch(name):
        raise InstallError(
            f"not the address of a plugin: {text}",
            hint="host, owner and name, such as github.com/hashicorp/docker",
        )
    return parts


def place(
    file: Path,
    address: str,
    root: Path,
    *,
    environ: Mapping[str, str],
    cancel: CancelToken | None = None,
    version: Version | None = None,
) -> Path:
    """Copy a plugin's binary to where it is found, with its checksum; one that is there goes.

    Args:
        file: The binary, under whatever name.
        address: What templates require it by, ``github.com/hashicorp/docker``.
        root: The plugin folder; it is made if need be.
        environ: What it describes itself in.
        cancel: Stops that.
        version: What it must say of itself; None if any will do.

    Returns:
        Where it is now.

    Raises:
        InstallError: It is no plugin, or cannot be copied.
        Cancelled: Somebody asked to stop.
    """
    parts = read_address(address)
    name = _name_of(parts[-1], file, environ, cancel)
    if version is not None and name.version.plain != version.plain:
        raise InstallError(
            f"{address} {version} says that it is {name.version}: {file.name}",
            hint="choose another version, or tell its maker",
        )
    target = root.joinpath(*parts, name.file_name(platform_suffix()))
    try:
        make_folders(target.parent)
        digest = copy_executable(file, target)
        write_checksum(target, digest)
    except OSError as error:
        raise InstallError(f"cannot install {file}: {error}") from error
    return target


def copy_executable(file: Path, target: Path) -> str:
    """Copy an executable in one step, as one that only its owner may change.

    Returns:
        Its SHA-256.

    Raises:
        OSError: It cannot be copied.
    """
    digest = hashlib.sha256()
    number, name = tempfile.mkstemp(prefix=".", dir=target.parent)
    try:
        with open(number, "wb") as copy, file.open("rb") as source:  # noqa: PTH123 - it is open
            while chunk := source.read(1 << 20):
                digest.update(chunk)
                copy.write(chunk)
        Path(name).chmod(0o755)
        os.replace(name, target)  # noqa: PTH105 - two texts
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return digest.hexdigest()


def write_checksum(binary: Path, digest: str) -> Path:
    """Write what HashiCorp's packer wants to see beside a binary.

    Raises:
        OSError: It cannot be written.
    """
    path = binary.with_name(binary.name + CHECKSUM_SUFFIX)
    path.write_text(digest, encoding="ascii")
    path.chmod(0o644)
    return path


def remove(binaries: Binaries, what: str, constraint: str, roots: tuple[Path, ...]) -> list[Path]:
    """Remove binaries and their checksums.

    Args:
        binaries: What there is.
        what: An address, or the absolute path of one binary.
        constraint: Which versions of that address; empty for all.
        roots: The plugin folders.

    Returns:
        What was removed.

    Raises:
        InstallError: There is no such plugin.
    """
    paths = (
        [_one_of(Path(what), constraint, roots)]
        if Path(what).is_absolute()
        else _those_at(binaries, what, constraint)
    )
    try:
        for path in paths:
            path.unlink()
            path.with_name(path.name + CHECKSUM_SUFFIX).unlink(missing_ok=True)
            _tidy(path.parent, roots)
    except OSError as error:
        raise InstallError(f"cannot remove a plugin: {error}") from error
    return paths


def _name_of(
    plugin: str, file: Path, environ: Mapping[str, str], cancel: CancelToken | None
) -> BinaryName:
    """What the binary will be called."""
    if not file.is_file():
        raise InstallError(f"there is no such file: {file}")
    try:
        description = Description.read(ask(file.absolute(), environ, cancel))
    except ValueError as error:
        raise InstallError(
            f"not a plugin that can be installed: {file}: {error}",
            hint="a plugin answers to `describe` with a JSON object, see protocol and SDK",
        ) from error
    version, api = description.version, _PLUGIN_API.fullmatch(description.api_version)
    if version.pre not in {"", "dev"}:
        raise InstallError(
            f"a pre-release that cannot be installed: {version.plain}",
            hint="build a release, or a -dev version",
        )
    if api is None or int(api[1]) != API[0] or int(api[2]) > API[1]:
        raise InstallError(
            f"{file} speaks another version of the plugin API: {description.api_version}, not x5.0"
        )
    return BinaryName(plugin, version, (int(api[1]), int(api[2])))


def make_folders(folder: Path) -> None:
    """Make a folder and those above it, which nobody else may write to, whatever the umask.

    Raises:
        OSError: One of them cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o755, exist_ok=True)


def _one_of(path: Path, constraint: str, roots: tuple[Path, ...]) -> Path:
    if constraint:
        raise InstallError(f"a path names one version already: {path}")
    if not any(path.is_relative_to(root) for root in roots):
        raise InstallError(
            f"not in a folder of plugins: {path}",
            hint=f"plugins are in {' and '.join(map(str, roots))}",
        )
    is_plugin = path.name.startswith(PREFIX) and not path.name.endswith(CHECKSUM_SUFFIX)
    if not is_plugin or not path.is_file():
        raise InstallError(f"there is no such plugin: {path}", hint="packer plugins installed")
    return path


def _those_at(binaries: Binaries, address: str, constraint: str) -> list[Path]:
    parts = read_address(address)
    try:
        constraints = parse_constraints(constraint) if constraint else ()
    except NoConstraint as error:
        raise PackerError(str(error), hint='such as ">= 1.2, < 2.0"') from error
    found = binaries.installed("/".join(parts), constraints, any_api=True)
    if not found:
        which = f" {constraint}" if constraint else ""
        raise InstallError(
            f"there is no such plugin: {address}{which}", hint="packer plugins installed"
        )
    return [one.candidate.path for one in found]


def _tidy(folder: Path, roots: tuple[Path, ...]) -> None:
    """Remove folders that have become empty, up to the plugin folder."""
    with contextlib.suppress(OSError):
        while any(root in folder.parents for root in roots):
            folder.rmdir()
            folder = folder.parent
