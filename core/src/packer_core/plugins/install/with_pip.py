"""pip and virtualenv: the installer that is always there.

pip is core's own and runs from outside the environment, with the person's configuration: index,
credentials, keyring, wheelhouse. Only what would make it install somewhere else is switched off.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

from .children import clean_environment, run_streamed
from .environments import adopt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .environments import Environment
    from .sources import Sources

# An empty value wins over pip's configuration files and counts as not given.
_ELSEWHERE = dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON"), "")
_NO_VERSION = re.compile(
    r"satisfies the requirement (?P<name>\S.*?) \(from versions: (?P<versions>[^)]*)\)"
)
_WHERE = (
    "check the name, the version and where pip looks "
    "(pip config list; PIP_INDEX_URL, PIP_FIND_LINKS)"
)
_ONE_AT_A_TIME = threading.Lock()  # virtualenv keeps its log and its cache in globals


class PipBackend:
    """See `backends.Backend`."""

    name = "pip"

    def __init__(
        self,
        paths: Paths,
        environ: Mapping[str, str],
        *,
        cancel: CancelToken | None = None,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._paths = paths
        self._environ = environ
        self._cancel = cancel
        self._progress = progress

    def make_environment(self, folder: Path) -> Environment:
        """See `backends.Backend`."""
        with _ONE_AT_A_TIME:
            return create_environment(
                folder, app_data=self._paths.cache_dir / "virtualenv", environ=self._environ
            )

    def collect(self, requirements: Sequence[str], into: Path, sources: Sources) -> None:
        """See `backends.Backend`."""
        command = ["wheel", "--wheel-dir", str(into), *sources.flags()]
        if any(" --hash=" in one for one in requirements):
            listed = into / "requirements.txt"
            listed.write_text("\n".join(requirements) + "\n", encoding="utf-8")
            command += ["--require-hashes", "--no-deps", "--requirement", str(listed)]
        else:
            command += ["--", *requirements]
        run_pip(
            command,
            what=requirements[0],
            environ=self._environ,
            cancel=self._cancel,
            progress=self._progress,
        )


def create_environment(folder: Path, *, app_data: Path, environ: Mapping[str, str]) -> Environment:
    """Make an environment for the running interpreter, with nothing in it.

    Args:
        folder: Must not exist.
        app_data: Where virtualenv keeps what it knows about interpreters.
        environ: The environment; settings of virtualenv in it are not for this.

    Raises:
        InstallError: It cannot be made.
    """
    import virtualenv  # noqa: PLC0415

    arguments = ["--no-seed", "--no-vcs-ignore", "--activators", "", "--app-data", str(app_data)]
    own = {name: value for name, value in environ.items() if not name.startswith("VIRTUALENV_")}
    own["VIRTUALENV_CONFIG_FILE"] = os.devnull
    try:
        virtualenv.cli_run(
            [*arguments, "--python", sys.executable, str(folder)], setup_logging=False, env=own
        )
    except (OSError, RuntimeError, SystemExit) as error:
        raise InstallError(f"cannot make a virtual environment: {folder}: {error}") from error
    return adopt(folder)


def install_editable(
    environment: Environment,
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    cancel: CancelToken | None = None,
) -> str:
    """Install into an environment by pip, which alone can do so in place; returns what it printed.

    Args:
        environment: Where to.
        arguments: What to install, as pip takes it.
        environ: The environment; pip's settings in it count.
        cancel: Stops pip.

    Raises:
        InstallError: pip failed; the error holds its output.
        Cancelled: Somebody asked to stop.
    """
    command = ["--python", str(environment.python), "install", "--no-warn-script-location"]
    return run_pip([*command, *arguments], what=arguments[-1], environ=environ, cancel=cancel)


def run_pip(
    arguments: Sequence[str],
    *,
    what: str,
    environ: Mapping[str, str],
    cancel: CancelToken | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> str:
    """Run core's pip; returns what it printed.

    Args:
        arguments: Of pip.
        what: What is being installed, for the message when it fails.
        environ: The environment; pip's settings in it count.
        cancel: Stops pip.
        progress: Told each line.

    Raises:
        InstallError: pip failed; the error holds its output.
        Cancelled: Somebody asked to stop.
    """
    command = [sys.executable, "-P", "-m", "pip", "--no-input", "--disable-pip-version-check"]
    finished = run_streamed(
        [*command, *arguments],
        environ={**clean_environment(environ), **_ELSEWHERE},
        cancel=cancel,
        progress=progress,
    )
    if finished.status:
        raise _pip_failed(what, finished.output)
    return finished.output


def _pip_failed(what: str, output: str) -> InstallError:
    errors = [line[6:].strip() for line in output.splitlines() if line.startswith("ERROR:")]
    cause = errors[-1] if errors else "pip failed"
    return InstallError(f"cannot install {what}: {cause}", output=output, hint=_hint(output))


def _hint(output: str) -> str | None:
    """What to do about the failures that people meet most."""
    lowered = output.lower()
    if "a different python" in lowered:
        return f"this packer runs on Python {sys.version_info.major}.{sys.version_info.minor}"
    if "resolutionimpossible" in lowered:
        return "two requirements of the plugin contradict each other: tell its author"
    if found := _NO_VERSION.search(output):
        return _which_versions(found["name"], found["versions"])
    if "no matching distribution found" in lowered:
        return f"{_WHERE}; only wheels are taken, -allow-sdist builds what has none"
    return None


def _which_versions(requirement: str, versions: str) -> str:
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    if versions == "none":
        return f"{_WHERE}; only wheels are taken, -allow-sdist builds what has none"
    newest = versions.rpartition(", ")[2]
    return f'packer plugins install "{name}=={newest}", or another of those that exist: {versions}'
