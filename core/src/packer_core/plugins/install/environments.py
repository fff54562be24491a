"""One virtual environment per plugin: what it is, whoever made it.

An environment holds nothing but the plugin and what it needs. The interpreter is core's.
"""

from __future__ import annotations

import os
import platform
import sysconfig
from dataclasses import dataclass
from pathlib import Path

_OF_ITS_MAKER = ("CACHEDIR.TAG", ".gitignore", ".lock")
_SHELLS = ("activate*", "deactivate*", "pydoc.bat")


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

    def scheme(self) -> dict[str, str]:
        """Where the parts of a wheel go."""
        return {
            "purelib": str(self.site_packages[0]),
            "platlib": str(self.site_packages[-1]),
            "scripts": str(self.python.parent),
            "data": str(self.folder),
            "headers": str(self.folder / "include"),
        }


def adopt(folder: Path) -> Environment:
    """The environment that was just made for the running interpreter, without its maker's extras.

    Scripts for shells are of no use here, and a ``.pth`` file that runs code is refused in
    whatever comes later: so none is left that was there before.
    """
    base = {"base": str(folder), "platbase": str(folder)}
    libraries = [Path(sysconfig.get_path(key, "venv", base)) for key in ("purelib", "platlib")]
    scripts = Path(sysconfig.get_path("scripts", "venv", base))
    extras = [folder / name for name in _OF_ITS_MAKER]
    extras += [path for pattern in _SHELLS for path in scripts.glob(pattern)]
    extras += [path for library in libraries for path in library.glob("_virtualenv.*")]
    extras += [path for path in (folder / "lib64",) if path.is_symlink()]
    for path in extras:
        path.unlink(missing_ok=True)
    return Environment(
        folder=folder,
        python=scripts / ("python.exe" if os.name == "nt" else "python"),
        version=platform.python_version(),
        site_packages=tuple(dict.fromkeys(libraries)),
    )
