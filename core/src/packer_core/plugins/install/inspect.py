"""Reading an environment from outside: nothing of the plugin is run for it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packer_core.errors import InstallError
from packer_core.plugins.bundled import GROUPS
from packer_core.plugins.names import ComponentName, is_component_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from importlib_metadata import Distribution, EntryPoint

_AT_EVERY_START = ("sitecustomize", "usercustomize")
_REFERENCE = re.compile(r"[\w.]+:[\w.]+")
_API = re.compile(r"x(\d+)\.(\d+)")
_SUPPORTED = (5, 0)


@dataclass(frozen=True, slots=True, order=True)
class InstalledComponent:
    """One component of an installed plugin; ``reference`` is its class, ``module:Class``."""

    kind: str
    name: str
    reference: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @property
    def executable(self) -> str:
        """The name of its shim."""
        return ComponentName(self.kind, self.name).executable


@dataclass(frozen=True, slots=True, order=True)
class InstalledDistribution:
    """One distribution in an environment; ``record`` is the SHA-256 of its RECORD."""

    name: str
    version: str
    record: str


@dataclass(frozen=True, slots=True)
class Found:
    """What is in a plugin's environment.

    Attributes:
        version: The plugin's.
        components: Sorted.
        distributions: Every one, the plugin's own among them, sorted.
    """

    version: str
    components: tuple[InstalledComponent, ...]
    distributions: tuple[InstalledDistribution, ...]


def inspect_environment(site_packages: Iterable[Path], distribution: str) -> Found:
    """See what pip has installed, and whether it is a plugin that this core can run.

    Args:
        site_packages: The environment's folders of distributions.
        distribution: The plugin's normalised name.

    Raises:
        InstallError: It is no plugin, or its components cannot be used; the message says why.
    """
    import importlib_metadata as metadata  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    found = metadata.Distribution.discover(path=[str(folder) for folder in site_packages])
    by_name = {str(canonicalize_name(one.metadata["Name"])): one for one in found}
    plugin = by_name.get(distribution)
    if plugin is None:
        raise InstallError(
            f"what was installed is not {distribution}: {', '.join(sorted(by_name))}"
        )
    components = tuple(sorted(_components(distribution, plugin)))
    if "packer-sdk" not in by_name:
        raise InstallError(
            f"{distribution} cannot be started: it does not depend on packer-sdk",
            hint="if it is yours, add packer-sdk to its dependencies",
        )
    return Found(
        version=plugin.version,
        components=components,
        distributions=tuple(sorted(_summary(name, one) for name, one in by_name.items())),
    )


def refuse_code_at_every_start(site_packages: Iterable[Path]) -> None:
    """Look for files that Python would run whenever it starts in this environment.

    A plugin's code runs when a template asks for the plugin. A ``.pth`` file with an import runs
    before that, in whatever program of the environment, and nobody sees it.

    Raises:
        InstallError: There is one; the message names it.
    """
    for folder in site_packages:
        for path in sorted(folder.iterdir()):
            if path.stem in _AT_EVERY_START and path.suffix in {".py", ""}:
                raise _runs_always(path.name, "Python imports it whenever it starts")
            if path.suffix == ".pth" and (line := _code_in(path)):
                raise _runs_always(path.name, line)


def _code_in(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return next((line for line in lines if line.startswith(("import ", "import\t"))), "")


def _runs_always(name: str, why: str) -> InstallError:
    return InstallError(
        f"a file would run code at every start of Python: {name}: {why[:80]}",
        hint="no plugin needs that; tell its authors, and do not trust it until they explain",
    )


def check_description(distribution: str, answer: str) -> dict[str, object]:
    """Judge what a plugin answered to ``describe`` (protocol 1.5).

    All of it must be one JSON object: HashiCorp's packer reads it so, too.

    Raises:
        InstallError: It is no description, or speaks another version of the protocol.
    """
    try:
        description = json.loads(answer)
    except ValueError:
        description = None
    if not isinstance(description, dict):
        raise InstallError(
            f"{distribution} does not describe itself with a JSON object",
            output=answer,
            hint="if it is yours, let it print nothing of its own when it is asked to describe",
        )
    version = description.get("api_version")
    match = _API.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        raise InstallError(f"{distribution} does not say which plugin API it speaks: {version}")
    major, minor = int(match[1]), int(match[2])
    if major != _SUPPORTED[0] or minor > _SUPPORTED[1]:
        raise InstallError(
            f"{distribution} speaks another version of the plugin API: {version}, not x5.0",
            hint="install a version of it that was made with packer-sdk 0.1",
        )
    return description


def _components(distribution: str, plugin: Distribution) -> Iterable[InstalledComponent]:
    points = [point for point in plugin.entry_points if point.group in GROUPS]
    if not points:
        raise InstallError(
            f"not a plugin: {distribution} has no component", hint=_group_hint(plugin.entry_points)
        )
    for point in points:
        yield _component(distribution, GROUPS[point.group], point)


def _component(distribution: str, kind: str, point: EntryPoint) -> InstalledComponent:
    if not is_component_name(point.name):
        raise InstallError(
            f"{distribution} has a {kind} whose name cannot be used: {point.name}",
            hint="a name is made of letters, digits, - and _",
        )
    if not _REFERENCE.fullmatch(point.value):
        raise InstallError(
            f"{distribution} does not say which class its {kind} {point.name} is: {point.value}",
            hint="an entry point reads name = module:Class",
        )
    return InstalledComponent(kind, point.name, point.value)


def _group_hint(points: Iterable[EntryPoint]) -> str:
    """Name the groups; an author who misspelt one sees it beside the right ones."""
    near = sorted({point.group for point in points if point.group.startswith("packer")})
    seen = f"; it has {', '.join(near)}" if near else ""
    return f"a plugin has entry points in {', '.join(GROUPS)}{seen}"


def _summary(name: str, distribution: Distribution) -> InstalledDistribution:
    record = distribution.read_text("RECORD") or ""
    return InstalledDistribution(
        name, distribution.version, hashlib.sha256(record.encode()).hexdigest()
    )
