"""Asking pip which distributions a plugin needs, for one target, without installing anything.

pip picks wheels by tags it is told, but follows the requirements that its own Python has
(``; sys_platform == "win32"``). So what it found is walked again with the markers of the target:
what is missing is asked for by name and pip starts over, what nobody needs there is dropped.
"""

from __future__ import annotations

import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packer_core.errors import InstallError
from packer_core.plugins.install.sources import bare
from packer_core.plugins.install.with_pip import run_pip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from packaging.requirements import Requirement

    from packer_core.plugins.install.sources import Sources
    from packer_sdk.cancel import CancelToken

    from .targets import Target

_ROUNDS = 10
_HASHES = re.compile(r"Expected sha256 (?P<expected>[0-9a-f]{64})\s+Got\s+(?P<got>[0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Resolved:
    """One distribution that pip chose.

    Attributes:
        name: Normalised.
        version: Of it.
        url: Of the wheel; without a password.
        sha256: Of the wheel.
        requires: Its requirements, as its metadata has them.
    """

    name: str
    version: str
    url: str
    sha256: str
    requires: tuple[str, ...]

    @property
    def filename(self) -> str:
        """Of the wheel."""
        return unquote(urlsplit(self.url).path).rpartition("/")[2]


class Resolver:
    """pip, as far as it resolves and fetches for other machines.

    Args:
        environ: The environment; pip's settings in it count.
        cancel: Stops it.
        progress: Told what pip prints, a line at a time.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        cancel: CancelToken,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._environ = environ
        self._cancel = cancel
        self._progress = progress

    def resolve(
        self,
        requirement: str,
        target: Target,
        sources: Sources,
        pins: Mapping[str, str],
    ) -> list[Resolved]:
        """Everything that a plugin needs on a target, by name.

        Args:
            requirement: Of the plugin, as pip takes it.
            target: Where it will run.
            sources: Where to look, beside what is configured.
            pins: Versions by name, for as long as they are possible.

        Raises:
            InstallError: There is no solution, or not of wheels alone.
            Cancelled: Somebody asked to stop.
        """
        asked = [requirement]
        for _ in range(_ROUNDS):
            found = {one.name: one for one in self._ask(asked, target, sources, pins)}
            needed, missing = _walk(requirement, found, target.environment())
            if not missing:
                return sorted((found[name] for name in needed), key=lambda one: one.name)
            asked += [text for text in missing if text not in asked]
        raise InstallError(
            f"cannot tell what {requirement} needs for {target}",
            hint=f"packer plugins lock on that machine, with {target}",
        )

    def fetch(
        self,
        requirements: Iterable[str],
        target: Target,
        sources: Sources,
        into: Path,
    ) -> None:
        """Fetch wheels for a target that is not here; pip compares the hashes.

        Args:
            requirements: ``name==version --hash=sha256:…``, one for each distribution.
            target: Which it is.
            sources: Where to look, beside what is configured.
            into: Where the wheels go.

        Raises:
            InstallError: One is not there, or has another hash.
            Cancelled: Somebody asked to stop.
        """
        listed = into / "requirements.txt"
        listed.write_text("\n".join(requirements) + "\n", encoding="utf-8")
        flags = ["--no-deps", "--require-hashes", *_flags(target, sources)]
        self._run(
            ["download", f"--dest={into}", *flags, f"--requirement={listed}"],
            what=f"wheels for {target}",
        )

    def _ask(
        self, asked: Sequence[str], target: Target, sources: Sources, pins: Mapping[str, str]
    ) -> list[Resolved]:
        with tempfile.TemporaryDirectory(prefix="packer-lock-") as folder:
            report, constraints = Path(folder, "report.json"), Path(folder, "constraints.txt")
            lines = [f"{name}=={version}\n" for name, version in pins.items()]
            constraints.write_text("".join(lines), encoding="utf-8")
            command = ["install", "--dry-run", "--ignore-installed", f"--report={report}"]
            command += [f"--target={folder}", f"--constraint={constraints}"]
            self._run([*command, *_flags(target, sources), "--", *asked], what=asked[0])
            content = json.loads(report.read_text(encoding="utf-8"))
        return [_resolved(one) for one in content["install"]]

    def _run(self, command: Sequence[str], *, what: str) -> None:
        try:
            run_pip(
                command,
                what=what,
                environ=self._environ,
                cancel=self._cancel,
                progress=self._progress,
            )
        except InstallError as error:
            raise name_both_hashes(error) from error


def name_both_hashes(error: InstallError) -> InstallError:
    """The same error; for a hash that is not as it should be, with both in its message."""
    match = _HASHES.search(error.output)
    if match is None:
        return error
    return InstallError(
        f"a wheel is not the one that the lock names: its SHA-256 is {match['got']}, "
        f"not {match['expected']}",
        output=error.output,
        hint="somebody has replaced it on the index: find out who, "
        "then packer plugins lock -upgrade",
    )


def _flags(target: Target, sources: Sources) -> list[str]:
    flags = [*sources.flags(), *target.pip_flags()]
    return (
        list(dict.fromkeys(flags)) if "--only-binary" in flags else [*flags, "--only-binary=:all:"]
    )


def _resolved(entry: Mapping[str, Any]) -> Resolved:
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    metadata, download = entry["metadata"], entry["download_info"]
    name = str(canonicalize_name(metadata["name"]))
    about = download.get("archive_info", {})
    older = str(about.get("hash", "")).removeprefix("sha256=")  # all there was before pip 23.1
    digest = about.get("hashes", {}).get("sha256", older)
    url = bare(str(download["url"])).partition("#")[0]
    if not digest or not urlsplit(url).path.endswith(".whl"):
        raise InstallError(
            f"only wheels can be locked, and this is none: {url}",
            hint=f"build a wheel of {name} once, and say where it is with -find-links FOLDER",
        )
    requires = tuple(metadata.get("requires_dist", ()))
    return Resolved(name, str(metadata["version"]), url, str(digest), requires)


def _walk(
    requirement: str, found: Mapping[str, Resolved], environment: dict[str, str]
) -> tuple[set[str], list[str]]:
    """The names that are needed in an environment, and the requirements that nothing answers."""
    from packaging.requirements import Requirement  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415

    needed: dict[str, set[str]] = {}
    missing: dict[str, None] = {}
    ahead = [Requirement(requirement)]
    while ahead:
        one = ahead.pop()
        name = str(canonicalize_name(one.name))
        if name not in found:
            one.marker = None
            missing[str(one)] = None
            continue
        extras = {"", *one.extras}
        if name in needed and extras <= needed[name]:
            continue
        needed.setdefault(name, set()).update(extras)
        ahead += [
            further
            for further in map(Requirement, found[name].requires)
            if _applies(further, needed[name], environment)
        ]
    return set(needed), list(missing)


def _applies(requirement: Requirement, extras: set[str], environment: dict[str, str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({**environment, "extra": one}) for one in extras)
