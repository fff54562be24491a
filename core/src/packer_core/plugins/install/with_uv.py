"""uv: the fast installer, for those who have it.

uv resolves (``uv pip compile``) and says where every wheel is; the wheels are fetched here, since
uv keeps them in a form of its own. What must be built, or needs a password, pip fetches. pip's
configuration counts for both: uv would not read it.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packer_core.errors import InstallError

from .children import clean_environment, run_streamed
from .environments import adopt
from .pip_settings import pip_settings
from .wheels import sha256_of
from .with_pip import PipBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .environments import Environment
    from .sources import Sources

_TIMEOUT_S = 60.0


class UvBackend:
    """See `backends.Backend`."""

    name = "uv"

    def __init__(
        self,
        program: str,
        paths: Paths,
        environ: Mapping[str, str],
        *,
        cancel: CancelToken | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._program = program
        self._paths = paths
        self._environ = environ
        self._cancel = cancel
        self._progress = progress
        self._pip = PipBackend(paths, environ, cancel=cancel, progress=progress)

    def make_environment(self, folder: Path) -> Environment:
        """See `backends.Backend`."""
        self._run(
            ["venv", "--no-project", "--no-config", "--python", sys.executable, str(folder)],
            what=f"an environment: {folder}",
        )
        return adopt(folder)

    def collect(self, requirements: Sequence[str], into: Path, sources: Sources) -> None:
        """See `backends.Backend`."""
        if any(" --hash=" in one for one in requirements):
            self._pip.collect(requirements, into, sources)
            return
        rest: list[str] = []
        for package in self._resolve(requirements, into, sources):
            self._token_check()
            if not self._fetch(package, into):
                rest.append(_as_requirement(package))
        if rest:
            self._pip.collect(rest, into, sources)

    def _token_check(self) -> None:
        if self._cancel is not None:
            self._cancel.check()

    def _resolve(
        self, requirements: Sequence[str], into: Path, sources: Sources
    ) -> list[dict[str, Any]]:
        asked, answer = into / "requirements.in", into / "pylock.toml"
        asked.write_text("\n".join(map(_for_uv, requirements)) + "\n", encoding="utf-8")
        self._run(
            [
                "pip",
                "compile",
                str(asked),
                "--format=pylock.toml",
                f"--output-file={answer}",
                f"--python={sys.executable}",
                "--no-config",
                "--no-header",
                "--quiet",
                *sources.flags(),
            ],
            what=requirements[0],
        )
        found: list[dict[str, Any]] = tomllib.loads(answer.read_text(encoding="utf-8"))["packages"]
        return found

    def _fetch(self, package: dict[str, Any], into: Path) -> bool:
        """Get the best wheel of a distribution; false if pip has to."""
        wheel = _best_wheel(package)
        if wheel is None:
            return False
        target = into / wheel_name(wheel)
        if not _copy_from(wheel, target, into):
            return False
        expected = wheel.get("hashes", {}).get("sha256")
        if expected and sha256_of(target) != expected:
            raise InstallError(
                f"the wheel is not what the index says it is: {target.name}: its SHA-256 is "
                f"{sha256_of(target)}, not {expected}",
                hint="somebody has replaced it, or it was torn on its way here: try again later, "
                "and tell who runs the index",
            )
        return True

    def _run(self, arguments: Sequence[str], *, what: str) -> str:
        finished = run_streamed(
            [self._program, *arguments],
            environ={**clean_environment(self._environ), **pip_settings(self._environ)},
            cancel=self._cancel,
            progress=self._progress,
        )
        if finished.status:
            raise _uv_failed(what, finished.output)
        return finished.output


def wheel_name(wheel: dict[str, Any]) -> str:
    """The file's name, which a lock leaves out if the URL has it."""
    place = wheel.get("name") or wheel.get("path") or urlsplit(wheel["url"]).path
    return unquote(str(place)).rpartition("/")[2]


def _best_wheel(package: dict[str, Any]) -> dict[str, Any] | None:
    from packaging.tags import sys_tags  # noqa: PLC0415
    from packaging.utils import InvalidWheelFilename, parse_wheel_filename  # noqa: PLC0415

    candidates = package.get("wheels", [])
    if "archive" in package:
        candidates = [package["archive"]]
    ranks = {tag: rank for rank, tag in enumerate(sys_tags())}
    ranked = []
    for index, wheel in enumerate(candidates):
        try:
            tags = parse_wheel_filename(wheel_name(wheel))[3]
        except InvalidWheelFilename:
            continue
        if fitting := [ranks[tag] for tag in tags if tag in ranks]:
            ranked.append((min(fitting), index))
    return candidates[min(ranked)[1]] if ranked else None


def _copy_from(wheel: dict[str, Any], target: Path, base: Path) -> bool:
    if "path" in wheel:
        shutil.copyfile(base / wheel["path"], target)
        return True
    url = wheel["url"]
    if urlsplit(url).scheme == "file":
        shutil.copyfile(unquote(urlsplit(url).path), target)
        return True
    from urllib.error import URLError  # noqa: PLC0415 - slow, and a folder needs none of it
    from urllib.request import urlopen  # noqa: PLC0415 - likewise

    try:
        with urlopen(url, timeout=_TIMEOUT_S) as answer, target.open("wb") as file:  # noqa: S310
            shutil.copyfileobj(answer, file)
    except (URLError, OSError):
        target.unlink(missing_ok=True)
        return False  # pip knows about keyrings, certificates and proxies
    return True


def _as_requirement(package: dict[str, Any]) -> str:
    for kind in ("directory", "archive", "vcs"):
        if place := package.get(kind):
            return str(place.get("path") or place["url"])
    return f"{package['name']}=={package['version']}"


def _for_uv(requirement: str) -> str:
    return Path(requirement).as_uri() if Path(requirement).is_absolute() else requirement


def _uv_failed(what: str, output: str) -> InstallError:
    lines = list(_statements(output))
    return InstallError(
        f"cannot install {what}: {lines[0] if lines else 'uv failed'}",
        output=output,
        hint="check the name, the version and where uv looks (PIP_INDEX_URL, PIP_FIND_LINKS)"
        if "no solution found" in output.lower()
        else None,
    )


def _statements(output: str) -> Iterator[str]:
    for line in output.splitlines():
        text = line.strip(" \u00d7╰─▶→│├").removeprefix("error:").strip()
        if text:
            yield text
