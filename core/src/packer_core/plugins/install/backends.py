"""What makes environments and fetches wheels: pip, or uv. Two methods, and nothing else differs.

`make_environment` makes an empty virtual environment, `collect` turns requirements into wheels.
Both write where they are told and know nothing of the store. Unpacking is ours (`unpack`), the
same for both, so that both leave the same tree and the same receipt.
"""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING, Protocol

from packer_core.errors import InstallError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from packer_core.paths import Paths
    from packer_sdk.cancel import CancelToken

    from .environments import Environment
    from .sources import Sources

NAMES = ("pip", "uv")


class Backend(Protocol):
    """An installer.

    Attributes:
        name: ``pip`` or ``uv``.
    """

    @property
    def name(self) -> str:
        """``pip`` or ``uv``."""

    def make_environment(self, folder: Path) -> Environment:
        """Make a virtual environment for the running interpreter, with nothing in it.

        Args:
            folder: Must not exist.

        Raises:
            InstallError: It cannot be made.
        """

    def collect(self, requirements: Sequence[str], into: Path, sources: Sources) -> None:
        """Resolve requirements, and put a wheel of everything they need into a folder.

        Args:
            requirements: As pip takes them: names with versions, wheels, folders, URLs; also
                ``name==version --hash=sha256:…``, one for each distribution, which is checked.
            into: An empty folder.
            sources: Where to look, beside what is configured.

        Raises:
            InstallError: There is no solution, or it cannot be fetched; holds what was printed.
            Cancelled: Somebody asked to stop.
        """


def choose_backend(
    paths: Paths,
    environ: Mapping[str, str],
    *,
    wanted: str = "",
    cancel: CancelToken | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Backend:
    """The installer to use: the one asked for, else pip.

    Args:
        paths: Where what it caches goes.
        environ: The environment; ``PACKER_INSTALLER`` counts, and the settings of pip.
        wanted: Of the command line; wins.
        cancel: Stops it.
        progress: Told what it is doing, a line at a time.

    Raises:
        InstallError: There is no such installer here.
    """
    name = wanted or environ.get("PACKER_INSTALLER", "") or "pip"
    if name == "uv":
        from .with_uv import UvBackend  # noqa: PLC0415 - one of the two is imported

        return UvBackend(_find_uv(environ), paths, environ, cancel=cancel, progress=progress)
    if name == "pip":
        from .with_pip import PipBackend  # noqa: PLC0415

        return PipBackend(paths, environ, cancel=cancel, progress=progress)
    raise InstallError(f"no such installer: {name}", hint=f"one of {', '.join(NAMES)}")


def _find_uv(environ: Mapping[str, str]) -> str:
    try:
        from uv import find_uv_bin  # noqa: PLC0415 - an extra

        return str(find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv", path=environ.get("PATH"))
    if found is None:
        raise InstallError(
            "the installer uv is not here: it is neither on the PATH nor beside packer",
            hint=f"{sys.executable} -m pip install uv, or use pip: --installer pip",
        )
    return found
