"""One virtual environment per plugin: made without pip, filled by core's own.

An environment holds nothing but the plugin and what it needs. The interpreter is core's; pip
runs from outside (``--python``), with the person's own configuration: index, credentials,
wheelhouse. Only what would make it install somewhere else is switched off.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packer_core.errors import InstallError

from .children import clean_environment, run_streamed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packer_sdk.cancel import CancelToken

# An empty value wins over pip's configuration files and counts as not given.
_ELSEWHERE = dict.fromkeys(("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_USER", "PIP_PYTHON"), "")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment on disk.

    Attributes:
        folder: Its root.
        python: Its interpreter.
        version: The interpreter's version, ``3.11.7``.
        site_packages: Where distributions are, one or two folders.
    """

    folder: Path
    python: Path
    version: str
    site_packages: tuple[Path, ...]

    def script(self, name: str) -> Path:
        """The path of a command in it, whether there is one or not."""
        return self.python.parent / (f"{name}.exe" if os.name == "nt" else name)


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
        session = virtualenv.cli_run(
            [*arguments, "--python", sys.executable, str(folder)], setup_logging=False, env=own
        )
    except (OSError, RuntimeError, SystemExit) as error:
        raise InstallError(f"cannot make a virtual environment: {folder}: {error}") from error
    creator = session.creator
    return Environment(
        folder=folder,
        python=Path(str(creator.exe)),
        version=session.interpreter.version_str,
        site_packages=tuple(
            dict.fromkeys((Path(str(creator.purelib)), Path(str(creator.platlib))))
        ),
    )


def fill_environment(
    environment: Environment,
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str],
    cancel: CancelToken | None = None,
) -> str:
    """Install into an environment; returns what pip printed.

    Args:
        environment: Where to.
        arguments: What to install, as pip takes it.
        environ: The environment; pip's settings in it count.
        cancel: Stops pip.

    Raises:
        InstallError: pip failed; the error holds its output.
        Cancelled: Somebody asked to stop.
    """
    command = [sys.executable, "-P", "-m", "pip", "--python", str(environment.python), "install"]
    command += ["--no-input", "--disable-pip-version-check", "--no-warn-script-location"]
    finished = run_streamed(
        [*command, *arguments], environ={**clean_environment(environ), **_ELSEWHERE}, cancel=cancel
    )
    if finished.status:
        raise _pip_failed(arguments[-1], finished.output)
    return finished.output


def _pip_failed(what: str, output: str) -> InstallError:
    errors = [line[6:].strip() for line in output.splitlines() if line.startswith("ERROR:")]
    cause = errors[-1] if errors else "pip failed"
    return InstallError(f"cannot install {what}: {cause}", output=output, hint=_hint(output))


def _hint(output: str) -> str | None:
    """What to do about the failures that people meet most."""
    lowered = output.lower()
    if "no matching distribution found" in lowered:
        return (
            "check the name, the version and where pip looks "
            "(pip config list; PIP_INDEX_URL, PIP_FIND_LINKS)"
        )
    if "requires a different python" in lowered:
        return f"this packer runs on Python {sys.version_info.major}.{sys.version_info.minor}"
    if "resolutionimpossible" in lowered:
        return "two requirements of the plugin contradict each other: tell its author"
    return None
