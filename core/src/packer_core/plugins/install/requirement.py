"""What a person may ask to install, and the name of the plugin it is, before anything is run."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from typing import Literal

    Origin = Literal["index", "url", "wheel", "archive", "folder", "editable"]

_PLAIN = re.compile(r"[A-Za-z0-9]([\w.-]*[A-Za-z0-9])?", re.ASCII)
_PREFIX = "packer-plugin-"
_ARCHIVES = (".tar.gz", ".zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One thing to install.

    Attributes:
        name: The plugin's normalised distribution name, ``packer-plugin-note``.
        requirement: As a receipt keeps it; a path is absolute.
        origin: What kind of requirement it is.
        arguments: The same for pip.
        digest: SHA-256 of the file, where it is one.
    """

    name: str
    requirement: str
    origin: Origin
    arguments: tuple[str, ...]
    digest: str = ""

    def is_met_by(self, version: str, requirement: str) -> bool:
        """Whether an installation answers it, so that there is nothing to do.

        Only names on an index are compared: a file or a folder may hold something new.
        """
        if self.origin != "index":
            return False
        if _PLAIN.fullmatch(self.requirement):
            return True
        from packaging.requirements import Requirement  # noqa: PLC0415 - see `_from_name`

        wanted = Requirement(self.requirement)
        if wanted.extras:
            return requirement == self.requirement
        return wanted.specifier.contains(version, prereleases=True)


def read_requirement(text: str, *, editable: bool = False) -> Wanted:
    """Understand a requirement: a name on an index, a wheel, an archive or a folder.

    Raises:
        InstallError: It is none of them, or not that of a plugin.
    """
    if editable or _looks_like_a_path(text):
        return _from_path(text, Path(text).absolute(), editable=editable)
    return _from_name(text)


def _looks_like_a_path(text: str) -> bool:
    if " @ " in text or "://" in text:
        return False
    return (
        "/" in text or "\\" in text or text.startswith(".") or text.endswith((".whl", *_ARCHIVES))
    )


def _from_name(text: str) -> Wanted:
    if _PLAIN.fullmatch(text):  # most are, and reading the others takes longer than to install
        return Wanted(name=_plugin_name(text), requirement=text, origin="index", arguments=(text,))
    from packaging.requirements import InvalidRequirement, Requirement  # noqa: PLC0415

    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise InstallError(
            f"not a requirement: {text}",
            hint="packer plugins install packer-plugin-NAME, or a path, "
            'or "packer-plugin-NAME @ URL"',
        ) from error
    return Wanted(
        name=_plugin_name(requirement.name),
        requirement=str(requirement),
        origin="url" if requirement.url else "index",
        arguments=(str(requirement),),
    )


def _from_path(text: str, path: Path, *, editable: bool) -> Wanted:
    if not path.exists():
        raise InstallError(f"no such file or folder: {text}", hint=_go_hint(text))
    if path.is_dir():
        return Wanted(
            name=_plugin_name(_name_of_project(path)),
            requirement=str(path),
            origin="editable" if editable else "folder",
            arguments=("--editable", str(path)) if editable else (str(path),),
        )
    if editable:
        raise InstallError(f"only a folder can be installed editable: {text}")
    return Wanted(
        name=_plugin_name(_name_of_file(path)),
        requirement=str(path),
        origin="wheel" if path.suffix == ".whl" else "archive",
        arguments=(str(path),),
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _name_of_file(path: Path) -> str:
    from packaging import utils  # noqa: PLC0415

    try:
        if path.suffix == ".whl":
            return utils.parse_wheel_filename(path.name)[0]
        return utils.parse_sdist_filename(path.name)[0]
    except (utils.InvalidWheelFilename, utils.InvalidSdistFilename) as error:
        raise InstallError(
            f"neither a wheel nor a source archive: {path}",
            hint="files are named like packer_plugin_note-0.1.0-py3-none-any.whl",
        ) from error


def _name_of_project(folder: Path) -> str:
    import tomllib  # noqa: PLC0415

    project = folder / "pyproject.toml"
    try:
        name = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["name"]
    except FileNotFoundError as error:
        raise InstallError(f"not a project, it has no pyproject.toml: {folder}") from error
    except tomllib.TOMLDecodeError as error:
        raise InstallError(f"not TOML: {project}: {error}") from error
    except (KeyError, TypeError) as error:
        raise InstallError(
            f"the project has no name: {project}",
            hint='add [project] with name = "packer-plugin-NAME"',
        ) from error
    return str(name)


def _plugin_name(name: str) -> str:
    """The normalised name. Whether it is a plugin its entry points say, once it is here.

    Fetching runs nothing of what is fetched: only wheels are, unless the person allows more.
    """
    return re.sub(r"[-_.]+", "-", name).lower()  # as PEP 503 says


def _nearest(name: str) -> str:
    core = re.sub(
        r"^packer-?((plugin|builder|provisioner|post-processor|datasource)(-|$))?", "", name
    )
    return f"{_PREFIX}{core or 'NAME'}"


def _go_hint(text: str) -> str | None:
    """For one who pastes the source address of a plugin written in Go."""
    if re.fullmatch(r"[\w.-]+\.[a-z]+/[\w./-]+", text):
        return f"packer plugins install {_nearest(text.rpartition('/')[2].lower())}"
    return None
